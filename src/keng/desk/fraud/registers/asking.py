"""One question at opening time: is this the holder? Yes, no, or partly with the names of the fields that differ; never a value.

The number must be exactly somebody's. Whether it is nobody's, or somebody's with another name and another birth date, is the same
`no`: so nobody learns by asking which numbers are somebody's. Every question is kept, counted by its submitter, in the ledger,
and on the page of the person whose number it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.base.text import bare
from keng.base.times import VIETNAM
from keng.desk.fraud.registers import population, refusals, scope
from keng.desk.fraud.registers.models import Asked, Guessing
from keng.desk.fraud.registers.population import Person
from keng.desk.ground.citizens import persons
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners.models import Partner, PartnerKind
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules
from keng.vietnam.rules import purposes

if TYPE_CHECKING:
    from keng.engines.cleanse import Model

USES = {PartnerKind.CARRIER.value: "sim_question", PartnerKind.BANK.value: "account_question"}
BOUND = 0.99
PEOPLE = 100_000_000  # of the country: what chance a neighbour stands near a number by
LONGEST = 200
YES, PARTLY, NO = "yes", "partly", "no"
SAID_FIELDS = ("holder_id", "full_name", "date_of_birth", "sex")


@dataclass(frozen=True, slots=True)
class Question:
    """What the customer says at the counter. Nothing of it is kept but keyed digests."""

    purpose: str
    holder_id: str
    full_name: str
    date_of_birth: str
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`answer`: yes, partly, no; `fields`: names of the fields that differ, with `partly` alone."""

    answer: str
    fields: tuple[str, ...]


def ask(partner: Partner, question: Question, keys: KeyStore, *, actor: str, now: datetime) -> Answer:
    """Put one question.

    Raises InputError `bad_question`, `no_purpose`; RefusedError `not_a_submitter`, `too_many_questions`, `looks_like_guessing`;
    UnavailableError `population_away`, `no_population`. What was refused or could not be asked tells nothing of anybody.
    """
    use = USES.get(partner.kind)
    if use is None:
        raise RefusedError("not_a_submitter", refusals.NOT_A_SUBMITTER)
    _check(question, use, now)
    key = persons.pseudonym_key(keys, now)
    person = persons.pseudonym(key, _number(question))
    who = persons.pseudonym(key, f"{bare(question.full_name)}\0{question.date_of_birth.strip()}")
    _check_limits(partner, person, who, now)
    found = answer_of(question, population.for_questions().find(_number(question)), now)  # outside of any transaction
    with transaction.atomic():
        Asked.objects.create(
            partner=partner, by=actor, at=now, purpose=question.purpose, person=person, who=who, answer=found.answer,
            fields=",".join(found.fields),
        )  # fmt: skip
        ledger.record(
            actor=actor, verb="registers.ask", subject=f"partner:{partner.pk}", about=persons.about(person),
            data={"rule": question.purpose, "answer": found.answer}, at=now,
        )  # fmt: skip
    return found


def answer_of(question: Question, people: list[Person], now: datetime) -> Answer:
    """What the engine makes of it, as far as a submitter may know. Nothing is read or written.

    What the engine's exact pass would settle is settled without the model, in a hundredth of the time: nearly every question.
    """
    if any(_is_plainly(question, one) for one in people):
        return Answer(YES, ())
    from keng.engines.cleanse import fields_to_correct, judge_one

    day = now.astimezone(VIETNAM).date()
    record = {
        "record_id": "question", "holder_id": _number(question), "full_name": question.full_name,
        "date_of_birth": question.date_of_birth, "sex": question.sex, "opened": day,
    }  # fmt: skip
    told = judge_one(record, [one.as_row() for one in people], _model(), _options(day))
    if told.verdict == "verified":
        return Answer(YES, ())
    if told.verdict not in ("mismatch", "minor"):
        return Answer(NO, ())
    reasons = [code for code in told.reasons if code != "minor"]
    fields = tuple(field for field in fields_to_correct(reasons) if field in SAID_FIELDS)
    return Answer(PARTLY, fields) if fields else Answer(YES, ())


@transaction.atomic
def settle(officer: Officer, ident: UUID, reason: str, *, now: datetime) -> Guessing:
    """Close an item of guessing with a reason: questions around it count anew. Raises InputError `no_guessing`, `no_reason`."""
    scope.require(officer, "registers.settle", now=now)
    words = reason.strip()[:500]
    if not words:
        raise InputError("no_reason", refusals.NO_REASON, field="reason")
    row = Guessing.objects.select_for_update(no_key=True).filter(pk=ident).first()
    if row is None:
        raise InputError("no_guessing", refusals.NO_GUESSING)
    if row.settled_at is not None:
        raise ConflictError("not_at_that_step", refusals.ALREADY_THERE)
    row.settled_at, row.settled_by, row.reason = now, officer, words
    row.save(update_fields=["settled_at", "settled_by", "reason"])
    data: dict[str, object] = {"refused": row.refused}
    ledger.record(actor=officer.actor, verb="registers.settle_guessing", subject=row.subject, data=data, at=now)
    return row


def _check(question: Question, use: str, now: datetime) -> None:
    told = (question.holder_id, question.full_name, question.date_of_birth)
    if not all(text.strip() and len(text) <= LONGEST for text in told):
        raise InputError("bad_question", refusals.BAD_QUESTION)
    if purposes.find(question.purpose, use, now.date()) is None:
        raise InputError("no_purpose", refusals.NO_PURPOSE, field="purpose")


def _check_limits(partner: Partner, person: str, who: str, now: datetime) -> None:
    """Return if the submitter may ask now. Raises RefusedError; what looks like guessing is raised for an officer first."""
    today = now.astimezone(VIETNAM).date()
    most = rules.limit("registers.questions", today).value
    begun = datetime.combine(today, datetime.min.time(), VIETNAM)
    if Asked.objects.filter(partner=partner, at__gte=begun).count() >= most:
        raise RefusedError("too_many_questions", refusals.TOO_MANY_QUESTIONS.filled(most=most))
    for around, digest in (("number", person), ("who", who)):
        if _is_guessing(partner, around, digest, now):
            raise RefusedError("looks_like_guessing", refusals.LOOKS_LIKE_GUESSING)


def _is_guessing(partner: Partner, around: str, digest: str, now: datetime) -> bool:
    open_ones = Guessing.objects.filter(partner=partner, around=around, digest=digest)
    if open_ones.filter(settled_at=None).update(refused=F("refused") + 1):
        return True
    window: timedelta = rules.limit("registers.guess_window", now.date()).time
    since = max([now - window, *open_ones.order_by("-settled_at").values_list("settled_at", flat=True)[:1]])
    rows = Asked.objects.filter(partner=partner, at__gt=since).exclude(answer=YES)
    count = rows.filter(**{"person" if around == "number" else "who": digest}).count()
    if count < rules.limit("registers.guesses", now.date()).value:
        return False
    _raise(partner, around, digest, count, now)
    return True


def _raise(partner: Partner, around: str, digest: str, count: int, now: datetime) -> None:
    try:
        with transaction.atomic():
            row = Guessing.objects.create(partner=partner, around=around, digest=digest, questions=count, raised_at=now)
            data: dict[str, object] = {"around": around, "questions": count}
            ledger.record(
                actor="system:worker", verb="registers.raise_guessing", subject=row.subject, data=data, at=now
            )
    except IntegrityError:
        return  # another question raised it a moment ago


def _is_plainly(question: Question, person: Person) -> bool:
    """The number, the name but for its marks, the birth date, and the sex as far as it is told: of somebody who lives."""
    from keng.engines.cleanse import dates, names

    return (
        person.citizen_id == _number(question)
        and person.status == "living"
        and names.compare(question.full_name, person.full_name) <= names.Name.BARE
        and dates.compare(dates.read(question.date_of_birth), dates.read(person.date_of_birth)) is dates.Birth.EQUAL
        and (question.sex is None or person.sex is None or question.sex == person.sex)
    )


def _number(question: Question) -> str:
    from keng.engines.cleanse.numbers import read

    return read(question.holder_id.strip()).text


@cache
def _model() -> Model:
    from keng.engines.cleanse import Model

    return Model(people=PEOPLE)


def _options(day: date):
    from keng.engines.cleanse import Options

    return Options(as_of=day, minor_age=0, limit=None, bound=BOUND)
