"""Judging a report's text. Nothing is asked of the database but which model is live."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from keng.desk.fraud.verdicts import live
from keng.desk.fraud.verdicts.models import Verdict
from keng.engines.classify import Model, Why, classify
from keng.vietnam.sms156 import read_sms


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict that belongs to no row yet: see `models.Verdict`. `why` as the engine gives it, places in the report's text."""

    model: str
    called: str
    scam: float
    spam: float
    why: tuple[Why, ...]


def judge(text: str, sender: str = "", *, is_sms: bool = False, model: Model | None = None) -> Judged | None:
    """What the live model (or `model`) calls a report of this text; None if it holds no word.

    Of an SMS by the 156/5656 grammar the complained-of text is judged, as one that came from the number that it names.
    About 0.3 ms for an ordinary message, linear in its length.
    """
    model = model or live.model()
    sms = read_sms(text) if is_sms else None
    start, inner = (text.index(sms.text, sms.end), sms.text) if sms else (0, text)
    verdict = classify(inner, sender=(sms.number if sms else sender) or None, model=model)
    if verdict.is_nothing:
        return None
    why = tuple(_moved(one, start) for one in verdict.why)
    return Judged(model.version, verdict.called, verdict.scam, verdict.spam, why)


def as_row(report_id: UUID, judged: Judged) -> Verdict:
    """The row of a report's verdict, not saved."""
    places = [[one.start, one.end, one.reason] for one in judged.why]
    return Verdict(
        report_id=report_id,
        model=judged.model,
        called=judged.called,
        scam=judged.scam,
        spam=judged.spam,
        why=places,
    )


def as_judged(row: Verdict) -> Judged:
    """What a row says."""
    why = tuple(Why(start, end, reason) for start, end, reason in row.why)
    return Judged(row.model, row.called, row.scam, row.spam, why)


def _moved(why: Why, by: int) -> Why:
    if why.start is None or why.end is None or not by:
        return why
    return Why(why.start + by, why.end + by, why.reason)
