"""What the holder is told, in both languages, whenever something changes: what is wrong, what to bring, by when, where to object.

Made from the case's own facts: codes, days, the number's last digits. Never a value of the population register, never a name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from django.conf import settings

from keng.base.errors import Said
from keng.base.times import shown
from keng.desk.fraud.followup.models import Batch, Case, Level
from keng.desk.fraud.followup.standing import Standing, State, ladder_of, standing
from keng.engines.cleanse import reasons
from keng.vietnam.rules.followups import Ladder

SHOWN_DIGITS = 3
NOT_OF_THE_RECORD = frozenset({"not_mine", "device_change"})


class Cause(StrEnum):
    """Why the holder is told something."""

    WINDOW = "window"
    DECIDED = "decided"
    NOT_CORRECTED = "not_corrected"
    REJECTED = "rejected"
    NOT_MINE = "not_mine"
    OUT = "restrict_out"
    BOTH = "restrict_both"
    END = "end"
    CORRECTED = "corrected"
    GRANTED = "granted"
    LET_GO = "let_go"
    EXEMPT = "exempt"
    TAKEN_BACK = "taken_back"


OVER = frozenset({Cause.CORRECTED, Cause.GRANTED, Cause.LET_GO, Cause.EXEMPT, Cause.TAKEN_BACK})

THING = {
    "sim": Said("Số điện thoại có đuôi {end}", "The phone number ending in {end}"),
    "account": Said("Tài khoản có đuôi {end}", "The account ending in {end}"),
}
OPENING = {
    "bad_data": Said(
        "{thing}: thông tin đăng ký chưa khớp với cơ sở dữ liệu dân cư.",
        "{thing}: its registration does not agree with the population register.",
    ),
    "old_id": Said(
        "{thing}: còn đăng ký bằng số chứng minh nhân dân cũ.",
        "{thing}: it is still registered with an old identity number.",
    ),
    "over_limit": Said(
        "{thing}: từ số thứ tư của một người trong một mạng cần ký hợp đồng.",
        "{thing}: from a person's fourth number in a network on a contract is needed.",
    ),
    "not_mine": Said(
        "{thing}: người đứng tên nói số này không phải của mình. Nếu bạn đang dùng số này, hãy đăng ký tên của bạn.",
        "{thing}: its registered holder says that it is not theirs. If you use it, please register it in your own name.",
    ),
    "device_change": Said(
        "{thing}: số này vừa được dùng trên một máy khác. Hãy xác nhận đó là bạn.",
        "{thing}: it was just used in another device. Please confirm that this is you.",
    ),
    "papers": Said(
        "{thing}: giấy tờ của tài khoản chưa khớp với cơ sở dữ liệu dân cư.",
        "{thing}: the papers of the account do not agree with the population register.",
    ),
}
TAKES = {
    ("sim", Level.OUT): Said("không gọi đi và nhắn đi được", "no calls and messages can be sent"),
    ("sim", Level.BOTH): Said(
        "không gọi đi, nhắn đi và dùng mạng được, chỉ còn nhận cuộc gọi và mã dùng một lần",
        "no calls, messages and data can be used; only calls and one-time codes come in",
    ),
    ("sim", Level.END): Said("hợp đồng chấm dứt", "the contract ends"),
    ("account", Level.OUT): Said(
        "không giao dịch điện tử được, vẫn giao dịch tại quầy", "no electronic transactions; the counter stays open"
    ),
}
SINCE = Said("Từ bây giờ: {takes}.", "From now on: {takes}.")
UNTIL = Said("Nếu chưa sửa, từ {when}: {takes}.", "Unless it is corrected, from {when} (Vietnam time): {takes}.")
A_PERSON_FIRST = Said(
    "Không hạn chế gì trước khi có người xem và quyết định.",
    "Nothing is restricted before a person has looked and decided.",
)
AFTER_A_CALL = Said(
    "Hợp đồng không chấm dứt trước khi có người gọi được cho bạn, hoặc đã gọi nhiều ngày.",
    "The contract does not end before somebody reached you, or tried on several days.",
)
NOTHING_FOLLOWS = Said("Không có hạn chế nào thêm đi theo.", "No further restriction follows.")
STANDS_STILL = Said("Thời hạn đang dừng cho đến khi có trả lời.", "The time limit stands still until you are answered.")
ALWAYS = {
    "sim": Said(
        "Dù bị hạn chế, vẫn gọi được {numbers}, vẫn nhận cuộc gọi và mã dùng một lần.",
        "Though restricted, you can call {numbers} and receive calls and one-time codes.",
    ),
    "account": Said(
        "Tiền vẫn vào tài khoản, và bạn vẫn rút được tại quầy.",
        "Money still comes in, and you can still draw it at the counter.",
    ),
}
EMERGENCY = ("111", "112", "113", "114", "115")
CHANGED = {
    Cause.DECIDED: Said("Một người đã xem và quyết định cho đi tiếp.", "A person looked and decided that it goes on."),
    Cause.NOT_CORRECTED: Said(
        "Bạn báo đã sửa, nhưng nơi quản lý chưa thấy thông tin mới. Thời hạn chạy tiếp.",
        "You said that it is corrected, but the new data were not found yet. The time limit runs on.",
    ),
    Cause.REJECTED: Said(
        "Khiếu nại không được chấp nhận; lý do ở địa chỉ dưới. Thời hạn chạy tiếp.",
        "The appeal was not granted; the reason stands at the address below. The time limit runs on.",
    ),
}
CLOSING = {
    Cause.CORRECTED: Said(
        "Thông tin đã đúng. Không còn phải làm gì.", "The data are right now. Nothing more needs to be done."
    ),
    Cause.GRANTED: Said("Khiếu nại của bạn được chấp nhận.", "Your appeal was granted."),
    Cause.LET_GO: Said("Một người đã xem: bạn không phải làm gì.", "A person has looked: you need to do nothing."),
    Cause.EXEMPT: Said("Số này được miễn. Bạn không phải làm gì.", "This number is exempt. You need to do nothing."),
    Cause.TAKEN_BACK: Said(
        "Đợt đối chiếu này đã được rút lại. Bạn không phải làm gì.",
        "This comparison was taken back. You need to do nothing.",
    ),
}
OPENED_AGAIN = Said("Mọi hạn chế đã được gỡ.", "Every restriction is lifted.")
REDRESS = Said(
    "Xem, báo đã sửa, hoặc khiếu nại không mất phí: {url}. Khiếu nại thì thời hạn dừng lại; người khác quyết định.",
    "See, tell that it is corrected, or appeal free of charge: {url}. An appeal stops the time limit; another person decides.",
)
BASIS = Said("Căn cứ: {rule}.", "Basis: {rule}.")
UNCONFIRMED = Said(
    "Nguồn của căn cứ chưa được xác nhận: đây chỉ là diễn tập.",
    "The source of this basis is not confirmed: this is a rehearsal only.",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a text is made from, so that it can be made again, word for word: an order keeps these and the text's hash."""

    kind: str
    value: str
    reasons: str
    ladder: Ladder
    cause: Cause
    stands: Standing
    restored: bool


def facts_now(case: Case, batch: Batch, cause: Cause, now: datetime) -> Facts:
    """What is told now, the case and its batch standing as they do after what is told."""
    return Facts(
        kind=batch.kind,
        value=case.value,
        reasons=case.reasons,
        ladder=ladder_of(case),
        cause=cause,
        stands=standing(case, batch, now),
        restored=cause in OVER and bool(case.ordered),
    )


def compose(facts: Facts, code: str) -> Said:
    """The whole text. `code` is the holder's code."""
    thing = thing_of(facts.kind, facts.value)
    if facts.cause in OVER:
        restored = [OPENED_AGAIN] if facts.restored else []
        return _together([Said(f"{thing.vi}:", f"{thing.en}:"), CLOSING[facts.cause], *restored])
    row = facts.ladder
    parts = [_opening(row.why, thing)]
    parts += [CHANGED[facts.cause]] if facts.cause in CHANGED else []
    parts += what_is_wrong(row, facts.reasons)
    parts += _what_follows(facts.kind, facts.stands)
    parts += [always(facts.kind)]
    parts += [
        REDRESS.filled(url=address(code)),
        Said(BASIS.vi.format(rule=row.said.vi), BASIS.en.format(rule=row.said.en)),
    ]
    return _together([*parts, *([] if row.confirmed_by else [UNCONFIRMED])])


def what_is_wrong(row: Ladder, codes: str) -> list[Said]:
    """A sentence for each reason: the field, and what to bring. Unknown codes say nothing.

    Nothing where the reader is not the holder: whoever uses a number that is not theirs, or whose device changed, is not told
    what stands in the record.
    """
    if row.why in NOT_OF_THE_RECORD:
        return []
    return [_sentences()[code] for code in codes.split() if code in _sentences()]


def thing_of(kind: str, value: str) -> Said:
    """The number or account by its last digits."""
    return THING[kind].filled(end=value[-SHOWN_DIGITS:])


def takes(kind: str, level: Level) -> Said:
    """What a level takes away, as part of a sentence."""
    return TAKES[(kind, level)]


def always(kind: str) -> Said:
    """What nothing takes away."""
    return ALWAYS[kind].filled(numbers=f"{EMERGENCY[0]}-{EMERGENCY[-1]}")


def what_comes(kind: str, stands: Standing) -> Said:
    """What follows next, and when, in one sentence."""
    if stands.state is State.STOPPED:
        return STANDS_STILL
    if stands.step is None:
        return NOTHING_FOLLOWS
    if stands.state is State.PERSON:
        return A_PERSON_FIRST
    if stands.step_at is None:
        return AFTER_A_CALL
    took = takes(kind, Level(stands.step.does))
    when = shown(stands.step_at)
    return Said(UNTIL.vi.format(when=when, takes=took.vi), UNTIL.en.format(when=when, takes=took.en))


def address(code: str) -> str:
    """The page of the case."""
    return f"{settings.KENG_ADDRESS}/sua/{code}/"


def digest(said: Said) -> bytes:
    """The SHA-256 that stands in the order: Vietnamese, a newline, English; UTF-8."""
    return hashlib.sha256(f"{said.vi}\n{said.en}".encode()).digest()


def _what_follows(kind: str, stands: Standing) -> list[Said]:
    if stands.level is Level.NONE:
        return [what_comes(kind, stands)]
    took = takes(kind, stands.level)
    now_on = Said(SINCE.vi.format(takes=took.vi), SINCE.en.format(takes=took.en))
    return [now_on] if stands.step is None else [now_on, what_comes(kind, stands)]


def _opening(why: str, thing: Said) -> Said:
    return Said(OPENING[why].vi.format(thing=thing.vi), OPENING[why].en.format(thing=thing.en))


def _together(parts: list[Said]) -> Said:
    return Said("\n".join(part.vi for part in parts), "\n".join(part.en for part in parts))


@cache
def _sentences() -> dict[str, Said]:
    return {reason.code: Said(reason.vi, reason.en) for reason in reasons()}
