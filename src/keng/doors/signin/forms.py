"""What an officer types to come in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

DIGITS = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9 ]*"})
PLAIN = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


class DigitsForm(forms.Form):
    """The six digits that an authenticator shows."""

    digits = forms.CharField(
        label=_("Mã 6 số trong ứng dụng"),
        max_length=12,
        widget=DIGITS,
        error_messages={"required": _("Hãy gõ mã 6 số.")},
    )


class CodesForm(forms.Form):
    """Name, digits and a one-use code."""

    name = forms.CharField(
        label=_("Tên nội bộ"),
        max_length=64,
        widget=forms.TextInput(attrs={**PLAIN, "autocomplete": "username"}),
        error_messages={"required": _("Hãy gõ tên nội bộ của bạn.")},
    )
    digits = DigitsForm.base_fields["digits"]
    code = forms.CharField(
        label=_("Mã dùng một lần"),
        help_text=_("Một mã trong tờ mã của bạn, hoặc mã của lời mời. Mỗi mã dùng được một lần."),
        max_length=40,
        widget=forms.TextInput(attrs={**PLAIN, "autocapitalize": "characters"}),
        error_messages={"required": _("Hãy gõ một mã dùng một lần.")},
    )


class NewKeyForm(forms.Form):
    """What the officer calls a new key."""

    key_name = forms.CharField(
        label=_("Đặt tên cho khoá"), help_text=_("Ví dụ: điện thoại, khoá USB màu xanh."), max_length=60
    )
