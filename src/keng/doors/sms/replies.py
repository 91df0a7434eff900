"""The words of replies by SMS: bare letters, at most two segments, plain reasons, what to do. They never call a message safe.

Vietnamese, or English to who begins with `EN`. What matters most stands first, for what does not fit is left out from the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from keng.base.errors import Said
from keng.doors.public.judging import FEWEST_WORDS, SURE
from keng.doors.public.reading import holds_one_time_code
from keng.doors.sms.gsm import MOST_LETTERS, bare
from keng.engines.classify import LINE, Verdict, classify, reasons, tricks

MOST_REASONS = 2
ENGLISH = re.compile(r"\s*EN[\s:]+", re.I)
_WORD = re.compile(r"[^\W\d_]{2,}")
_LINK = re.compile(r"\S*[./@]\S*")

LIKE_A_TRICK = Said("Tin này rất giống thủ đoạn: {name}.", "This looks very much like a known trick: {name}.")
PARTLY = Said("Tin này có chỗ giống thủ đoạn: {name}.", "Parts of this look like a known trick: {name}.")
BECAUSE = Said("Vì: {reasons}.", "Because it: {reasons}.")
CODE = Said(
    "Trong tin có mã dùng một lần: không đọc, không gửi mã cho ai, kể cả người xưng là ngân hàng, công an.",
    "It holds a one-time code: give it to nobody, not even to who says they are your bank or the police.",
)
ADVERT = Said(
    "Tin này giống quảng cáo. Không cần thì đừng trả lời; đừng chuyển tiền trước cho người chưa quen.",
    "This looks like advertising. You need not answer; pay nobody in advance whom you do not know.",
)
NOTHING_KNOWN = Said(
    "Máy không thấy thủ đoạn quen nào. Như vậy chưa phải là tin thật. Còn ngờ thì gọi hỏi, bằng số bạn đã có từ trước.",
    "The machine sees no trick that it knows. That does not make it genuine. In doubt call, by a number that you had before.",
)
MAY_ERR = Said("Máy đọc, có thể sai.", "Read by a machine; it can be wrong.")
TO_REPORT = Said(
    "Báo lừa đảo: soạn LD (số gọi hay nhắn) (nội dung) gửi {number}.",
    "To report: send LD (their number) (their words) to {number}.",
)
HOW = Said(
    "Chuyển tiếp tin bạn ngờ tới {number}, Kẻng trả lời tin giống thủ đoạn nào. "
    "Báo lừa đảo: LD (số gọi hay nhắn) (nội dung); tin rác: S (số) (nội dung); cuộc gọi rác: V (số) (nội dung).",
    "Forward a message that you doubt to {number}: the answer says which trick it is like. "
    "To report: LD (their number) (their words); spam message: S (number) (words); spam call: V (number) (words).",
)
TAKEN = Said(
    "Kẻng đã nhận báo cáo {code}. Mã biên nhận {receipt}: giữ kín, xem tại {address}.",
    "Kẻng has your report {code}. Receipt {receipt}: keep it to yourself, follow it at {address}.",
)
LOST_MONEY = Said("Nếu đã chuyển tiền, gọi ngay ngân hàng của bạn.", "If you have sent money, call your bank at once.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came: its words, without the `EN` in front, and the language of the answer."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Resembling:
    """What a message resembles: `trick` (by its code), `advert`, `nothing` or `too_little`, and what is to be said of it."""

    kind: Literal["trick", "advert", "nothing", "too_little"]
    trick: str | None
    said: tuple[Said, ...]


def read_question(text: str) -> Asked:
    """What somebody asks, and in which language they want the answer."""
    found = ENGLISH.match(text)
    return Asked(text[found.end() :], "en") if found else Asked(text, "vi")


def answer(asked: Asked, number: str) -> str:
    """What a forwarded message resembles, why, and what to do; how this number is used if there is too little to judge."""
    found = resembling(asked.text)
    said = [*found.said, *([TO_REPORT.filled(number=number)] if found.kind in ("trick", "nothing") else [])]
    return fitted(one.in_language(asked.language) for one in said or [HOW.filled(number=number)])


def resembling(text: str) -> Resembling:
    """What a message resembles, in sentences that any door can say. What is certain (a one-time code) stands first."""
    verdict, code = classify(text), holds_one_time_code(text)
    if verdict.trick:
        return Resembling("trick", verdict.trick, (*_alarm(code), *_trick(verdict), MAY_ERR))
    if verdict.spam >= LINE:
        return Resembling("advert", None, (*_alarm(code), ADVERT, MAY_ERR))
    if code or len(_WORD.findall(_LINK.sub(" ", text))) >= FEWEST_WORDS:
        return Resembling("nothing", None, (*_alarm(code), NOTHING_KNOWN))
    return Resembling("too_little", None, ())


def confirmation(code: str, receipt: str, address: str, complained_of: str) -> str:
    """That a report was taken, how to follow it, and what the complained-of words resemble."""
    verdict = classify(complained_of)
    said = [TAKEN.filled(code=code, receipt=receipt, address=address), LOST_MONEY]
    if verdict.trick:
        said += _trick(verdict, with_reasons=False)
    return fitted(one.in_language("vi") for one in said)


def fitted(sentences: Iterable[str]) -> str:
    """The sentences in bare letters, as many from the start as two segments hold; a sentence is told whole or not at all."""
    found = ""
    for sentence in map(bare, sentences):
        longer = f"{found} {sentence}".strip()
        if len(longer) <= MOST_LETTERS:
            found = longer
    return found[:MOST_LETTERS]


def _alarm(code: bool) -> list[Said]:
    return [CODE] if code else []


def _trick(verdict: Verdict, *, with_reasons: bool = True) -> list[Said]:
    """Its name, what to do, and why: the advice before the reasons, for who reads only the first segment."""
    trick = next(one for one in tricks() if one.code == verdict.trick)
    like = LIKE_A_TRICK if verdict.scam >= SURE else PARTLY
    said = [
        Said(like.vi.format(name=trick.name_vi), like.en.format(name=trick.name_en)),
        Said(trick.advice_vi, trick.advice_en),
    ]
    why = [_known_reasons()[code] for code in dict.fromkeys(one.reason for one in verdict.why)][:MOST_REASONS]
    if with_reasons and why:
        vi, en = "; ".join(one.vi for one in why), "; ".join(one.en for one in why)
        said.append(Said(BECAUSE.vi.format(reasons=vi), BECAUSE.en.format(reasons=en)))
    return said


@cache
def _known_reasons() -> dict[str, Said]:
    return {one.code: Said(one.vi, one.en) for one in reasons()}
