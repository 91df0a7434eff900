"""What a pasted message resembles: a known trick, advertising, or nothing that the machine knows. Never that it is true.

The machine's word is evidence with reasons. It stands below what is certain (the alarm over a one-time code) and above what
was found; the words never say that a message is false or that nothing can happen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keng.doors.reasons import Reason, reasons_of
from keng.engines.classify import LINE, Verdict, classify, tricks

SURE = 0.8  # from here on the words are plain; below, down to the engine's line, they hold back
FEWEST_WORDS = 5  # of a message; a bare number or link says nothing that could be judged
_WORD = re.compile(r"[^\W\d_]{2,}")
_LINK = re.compile(r"\S*[./@]\S*")

LIKE_A_TRICK: str | Promise = _("Tin này rất giống một thủ đoạn lừa tiền")
PARTLY: str | Promise = _("Tin này có chỗ giống một thủ đoạn lừa tiền")
ADVERT: str | Promise = _("Tin này giống quảng cáo")
NOTHING_KNOWN: str | Promise = _("Máy không thấy thủ đoạn quen nào")
DO_ON_ADVERT: str | Promise = _(
    "Không cần thì đừng trả lời. Quảng cáo cũng có khi giả: đừng chuyển tiền trước cho người chưa quen."
)
DO_ON_NOTHING: str | Promise = _(
    "Như vậy chưa phải là tin thật: thủ đoạn mới thì máy chưa biết. Còn ngờ thì gọi hỏi, bằng số bạn đã có từ trước."
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a message resembles: `kind` is `trick`, `advert` or `nothing`; `name` is the trick's; what to do; and why."""

    kind: str
    headline: str | Promise
    name: str
    advice: str | Promise
    reasons: tuple[Reason, ...]


def judgement_of(text: str) -> Judgement | None:
    """What the message resembles, in the reader's language; None if it is too little to judge, and nothing speaks from it."""
    verdict = classify(text)
    if verdict.trick:
        return _like_a_trick(text, verdict, verdict.trick)
    if verdict.spam >= LINE:
        return Judgement("advert", ADVERT, "", DO_ON_ADVERT, reasons_of(text, verdict.why))
    if len(_WORD.findall(_LINK.sub(" ", text))) < FEWEST_WORDS:
        return None
    return Judgement("nothing", NOTHING_KNOWN, "", DO_ON_NOTHING, ())


def _like_a_trick(text: str, verdict: Verdict, code: str) -> Judgement:
    trick = next(one for one in tricks() if one.code == code)
    is_english = get_language() == "en"
    name, advice = (trick.name_en, trick.advice_en) if is_english else (trick.name_vi, trick.advice_vi)
    return Judgement(
        "trick", LIKE_A_TRICK if verdict.scam >= SURE else PARTLY, name, advice, reasons_of(text, verdict.why)
    )
