"""What `extract` finds in a submission, as rows, and what `classify` calls it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from keng.desk.fraud.reports.models import Channel
from keng.desk.fraud.reports.submission import Submission
from keng.desk.fraud.verdicts import judging
from keng.engines.classify import Model
from keng.engines.extract import extract
from keng.vietnam.sms156 import read_sms

MAX_VALUE = 2000
SLOT_SECONDS = 600
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Found:
    """One indicator: canonical kind and value, where it stands, and how sure if it could be something else."""

    kind: str
    value: str
    start: int | None
    end: int | None
    p: float | None


def slot_of(moment: datetime) -> int:
    """Which ten minutes since 1970 a moment lies in."""
    return int(moment.timestamp()) // SLOT_SECONDS


def day_of(moment: datetime) -> int:
    """Which day since 1970 (UTC) a moment lies in."""
    return int(moment.timestamp()) // DAY_SECONDS


def read_indicators(submission: Submission, now: datetime) -> list[Found]:
    """The indicators of the text, the account that the money went to, and of an SMS the number that it complains of."""
    extraction = extract(submission.text, sender=submission.sender or None, at=submission.written_at or now)
    found = [Found(str(one.kind), one.value[:MAX_VALUE], one.start, one.end, one.p) for one in extraction.indicators]
    if submission.loss and submission.loss.to_account:
        found.append(Found("account", submission.loss.to_account, None, None, None))
    if submission.channel is Channel.SMS:
        found = _by_the_grammar(submission.text, found)
    return found


def judge(submission: Submission, *, model: Model | None = None) -> judging.Judged | None:
    """What the live model (or `model`) calls what was sent; None if it holds no word."""
    return judging.judge(submission.text, submission.sender, is_sms=submission.channel is Channel.SMS, model=model)


def _by_the_grammar(text: str, found: list[Found]) -> list[Found]:
    """With the number that the SMS complains of as what the grammar says it is, whatever the words around it suggest.

    `LD (0912345678) (VCB: TK bi khoa ...)` names a telephone, and no account of that bank.
    """
    sms = read_sms(text)
    if sms is None:
        return found
    others = [one for one in found if one.start is None or sms.end <= one.start or (one.end or 0) <= sms.start]
    number = extract(f"sđt {sms.number}").indicators
    if number:
        return [Found(str(number[0].kind), number[0].value, sms.start, sms.end, number[0].p), *others]
    return [Found("sender", sms.number.upper()[:40], sms.start, sms.end, None), *others]
