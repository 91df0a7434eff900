"""What a citizen fills in. The fields take what people write (`4.800.000`, `4tr8`); the report keeps it as written."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keng.base import clock
from keng.base.errors import InputError
from keng.base.times import NOT_YET, VIETNAM, in_utc
from keng.desk.fraud.reports import submission
from keng.doors.money_field import read_money
from keng.vietnam import places
from keng.vietnam.banks import banks
from keng.vietnam.order import order_key
from keng.vietnam.places import Level

MAX_MESSAGE = 4000
BAD_ACCOUNT = _(
    "Số tài khoản không đọc được. Chỉ gõ chữ số (hoặc chữ cái không dấu) của tài khoản, như trong tin chuyển tiền."
)
BAD_AMOUNT = _("Số tiền này không đọc được, bằng 0 hoặc quá lớn. Hãy gõ bằng số, ví dụ 4.800.000.")
PLAINER = {"bad_account": BAD_ACCOUNT, "bad_amount": BAD_AMOUNT}
"""Instead of the report's own words, which speak to machines of a bank's code and of limits."""


def bank_choices() -> list[tuple[str, Any]]:
    """Banks and wallets by name, for a select; the empty one first."""
    rows = sorted(banks(), key=lambda bank: bank.known_as.casefold())
    return [("", _("Không biết / không thấy")), *((bank.bin, bank.known_as) for bank in rows)]


def province_choices() -> list[tuple[str, Any]]:
    """The provinces standing today by name, for a select; the empty one first."""
    return [("", _("Không muốn nói")), *_provinces_on(clock.now().astimezone(VIETNAM).date())]


class StartForm(forms.Form):
    """The first screen: what was received."""

    text = forms.CharField(
        max_length=submission.MAX_TEXT,
        strip=False,
        error_messages={
            "required": _("Hãy dán tin nhắn, hoặc viết một câu về chuyện đã xảy ra."),
            "max_length": _("Nội dung quá dài: nhiều nhất 20.000 ký tự."),
        },
    )
    sent = forms.ChoiceField(choices=[("yes", ""), ("no", "")], required=False)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        return text


class MoneyForm(forms.Form):
    """The second screen: where the money went."""

    text = forms.CharField(widget=forms.HiddenInput, required=False, strip=False, max_length=submission.MAX_TEXT)
    sent = forms.ChoiceField(widget=forms.HiddenInput, choices=[("yes", ""), ("no", "")])
    nonce = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=128)
    to_account = forms.CharField(
        label=_("Số tài khoản đã nhận tiền"),
        required=False,
        max_length=40,
        help_text=_("Chép từ tin chuyển tiền của ngân hàng."),
    )
    to_bank = forms.ChoiceField(label=_("Ngân hàng của tài khoản đó"), choices=bank_choices, required=False)
    amount = forms.CharField(label=_("Số tiền"), required=False, max_length=40, help_text=_("Ví dụ: 4.800.000"))
    day = forms.DateField(
        label=_("Ngày chuyển"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False
    )
    time = forms.TimeField(
        label=_("Lúc mấy giờ"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), required=False
    )
    from_bank = forms.ChoiceField(label=_("Ngân hàng của bạn"), choices=bank_choices, required=False)
    from_account = forms.CharField(label=_("Số tài khoản của bạn"), required=False, max_length=40)
    place = forms.ChoiceField(
        label=_("Bạn ở tỉnh, thành phố nào?"),
        choices=province_choices,
        required=False,
        help_text=_("Để báo cáo đến ngay công an nơi đó."),
    )

    def __init__(self, *arguments: Any, now: datetime, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.now = now

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("sent") == "yes":
            self._clean_loss(data)
        return data

    def _clean_loss(self, data: dict[str, Any]) -> None:
        amount = read_money(data.get("amount") or "")
        for name, check in (
            ("amount", lambda: submission.check_amount(amount, "amount")),
            ("to_account", lambda: submission.check_account(self.account_of("to"), "to_account")),
            ("from_account", lambda: submission.check_account(self.account_of("from"), "from_account")),
        ):
            try:
                data[f"{name}_read"] = check()
            except InputError as error:
                self.add_error(name, PLAINER.get(error.code) or error.said.in_language(get_language() or "vi"))
        data["sent_at"] = self._sent_at(data)

    def account_of(self, side: str) -> str:
        """`BIN:number` of the side `to` or `from`; empty if no number was given."""
        number = re.sub(r"[\s.\-]", "", self.cleaned_data.get(f"{side}_account") or "").upper()
        return f"{self.cleaned_data.get(f'{side}_bank') or '?'}:{number}" if number else ""

    def _sent_at(self, data: dict[str, Any]) -> datetime | None:
        local = self.now.astimezone(VIETNAM)
        day = data.get("day") or local.date()
        hour = data.get("time")
        if hour is None:
            return (
                self.now if day == local.date() else in_utc(datetime.combine(day, datetime.min.time(), tzinfo=VIETNAM))
            )
        moment = in_utc(datetime.combine(day, hour, tzinfo=VIETNAM))
        if moment > self.now:
            self.add_error("time", NOT_YET.in_language(get_language() or "vi"))
        return moment


class MessageForm(forms.Form):
    """A line to the desk."""

    text = forms.CharField(
        max_length=MAX_MESSAGE, error_messages={"required": _("Bạn chưa viết gì.")}, widget=forms.Textarea
    )


class ReceiptForm(forms.Form):
    """The receipt code as typed."""

    code = forms.CharField(max_length=40, error_messages={"required": _("Hãy gõ mã biên nhận.")})


def new_nonce() -> str:
    """Names one filling-in of the form, so that sending it twice is one report."""
    return secrets.token_urlsafe(18)


@lru_cache(maxsize=2)
def _provinces_on(day: date) -> tuple[tuple[str, str], ...]:
    rows = sorted(places.units(Level.PROVINCE, day), key=lambda one: order_key(one.name))
    return tuple((one.code, one.name) for one in rows)
