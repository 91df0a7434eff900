"""The reviewed sample: one record after the other, the people that stand behind it asked for anew, a word, and the sums of words.

Each look is in the ledger and on the page of the person whose number it is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from keng.base.errors import ConflictError, InputError
from keng.base.times import day_in_vietnam
from keng.desk.fraud.registers import estimating, population, refusals, sealed
from keng.desk.fraud.registers.beside.sampling import HARMLESS
from keng.desk.fraud.registers.models import Effect, Judgement, Register, Sample, Sum
from keng.desk.fraud.registers.population import Person
from keng.desk.fraud.registers.scope import check_cleansed, get_for_officer
from keng.desk.ground.citizens import persons
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

GROUPS = ("province", "sex", "age_band", "name_group")


@dataclass(frozen=True, slots=True)
class Opened:
    """A sampled record as its reviewer reads it. `told`: what the record says; `people`: whom the population register names now."""

    sample: Sample
    told: dict[str, Any]
    people: list[Person]
    accepted: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class Review:
    """How far the review is and what it says. `grave`: of verdicts that bring somebody something; None before the first word."""

    drawn: int
    right: int
    wrong: int
    grave: estimating.Rate | None
    by_verdict: dict[str, estimating.Rate]
    most_wrong: float
    slice_times: int
    worse: list[estimating.Slice]

    @property
    def left(self) -> int:
        return self.drawn - self.right - self.wrong

    @property
    def is_within(self) -> bool:
        """Whether the upper end of the interval lies within the rule."""
        return self.grave is not None and self.grave.high <= self.most_wrong


def look(officer: Officer, code: str, number: int, keys: KeyStore, *, now: datetime) -> Opened:
    """Open one sampled record. Raises InputError `no_register`, `no_sample`; ConflictError `not_cleansed`, `erased`;
    UnavailableError `population_away`.
    """
    register = get_for_officer(officer, "registers.review", code, now=now)
    sample = _sample(register, number)
    plain = json.loads(sealed.open_evidence(register, sealed.key_of(register, keys), number, bytes(sample.evidence)))
    asked = [one for one in (plain["person_id"], plain["told"]["holder_id"]) if one]
    people = _find(asked[:1])  # outside of any transaction
    with transaction.atomic():
        data: dict[str, object] = {"number": number, "rule": register.purpose}
        ledger.record(
            actor=officer.actor, verb="registers.look", subject=register.subject, about=persons.about(sample.person), data=data,
            at=now,
        )  # fmt: skip
    return Opened(sample, plain["told"], people, plain["person_id"] or "", plain["probability"])


@transaction.atomic
def judge(officer: Officer, code: str, number: int, is_right: bool | None, *, now: datetime) -> Judgement:
    """Say whether the verdict is right; None takes the word back. A later word counts.

    Raises InputError `no_register`, `no_sample`; ConflictError `not_cleansed`, `erased`, `not_at_that_step` once it is proposed.
    """
    register = get_for_officer(officer, "registers.review", code, now=now, locked=True)
    sample = _sample(register, number)
    if register.effect != Effect.NONE:
        raise ConflictError("not_at_that_step", refusals.ALREADY_THERE)
    made = Judgement.objects.create(sample=sample, is_right=is_right, officer=officer, at=now)
    said = "back" if is_right is None else "right" if is_right else "wrong"
    data: dict[str, object] = {"number": number, "said": said}
    ledger.record(actor=officer.actor, verb="registers.judge", subject=register.subject, data=data, at=now)
    return made


def next_number(register: Register, *, after: int = 0) -> int | None:
    """The next sampled record that nobody reviewed, in the order of review; from the start where none follows."""
    waiting = [one.number for one in samples_of(register) if one.said is None]  # type: ignore[attr-defined]
    return next((number for number in waiting if number > after), waiting[0] if waiting else None)


def samples_of(register: Register) -> Sequence[Sample]:
    """The sample of the finished run in the order of review, each with `said`: the word that counts, or None. One query."""
    newest = Judgement.objects.filter(sample=OuterRef("pk")).order_by("-pk").values("is_right")[:1]
    rows = Sample.objects.filter(register=register, run=register.run).defer("evidence")
    return list(rows.annotate(said=Subquery(newest)).order_by("number"))


def review_of(register: Register, *, now: datetime) -> Review:
    """How far the review is, and how wrong the register is by it. Two queries."""
    samples = samples_of(register)
    reviewed = [_reviewed(one) for one in samples if one.said is not None]  # type: ignore[attr-defined]
    grave = [one for one in reviewed if one.verdict not in HARMLESS]
    counts = dict(
        Sum.objects.filter(register=register, run=register.run, reason="")
        .values_list("verdict")
        .order_by()
        .annotate(n=_total())
    )
    times = rules.limit("registers.slice_times", day_in_vietnam(now)).value
    wrong = sum(not one.is_right for one in reviewed)
    judged = grave or reviewed
    return Review(
        drawn=len(samples),
        right=len(reviewed) - wrong,
        wrong=wrong,
        grave=estimating.rate(judged, counts) if judged else None,
        by_verdict=estimating.rates_by_verdict(reviewed),
        most_wrong=rules.limit("registers.most_wrong", day_in_vietnam(now)).value / 1000,
        slice_times=times,
        worse=estimating.worse_slices(judged, times),
    )


def _total() -> Any:
    from django.db.models import Sum as Total

    return Total("records")


def _reviewed(sample: Sample) -> estimating.Reviewed:
    groups = {group: getattr(sample, group) for group in GROUPS}
    return estimating.Reviewed(sample.verdict, bool(sample.said), groups)  # type: ignore[attr-defined]


def _sample(register: Register, number: int) -> Sample:
    check_cleansed(register)
    sample = Sample.objects.filter(register=register, run=register.run, number=number).first()
    if sample is None:
        raise InputError("no_sample", refusals.NO_SAMPLE)
    return sample


def _find(numbers: list[str]) -> list[Person]:
    found = population.for_questions() if numbers else None
    return [person for number in numbers for person in found.find(number)] if found else []
