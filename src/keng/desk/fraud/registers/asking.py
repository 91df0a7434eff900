"""One question at opening time: is this the holder? Yes, no, or partly with the names of the fields that differ; never a value.

The number must be exactly somebody's. Whether it is nobody's, or somebody's with another name and another birth date, is the same
`no`: so nobody learns by asking which numbers are somebody's. Every question is kept, counted by its submitter, in the ledger,
and on the page of the person whose number it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.base.text import bare
from keng.base.times import VIETNAM, day_in_vietnam
from keng.base.together import Together
from keng.desk.fraud.registers import counting, population, refusals, scope
from keng.desk.fraud.registers.models import Asked, Guessing
from keng.desk.fraud.registers.population import Person
from keng.desk.ground.citizens import persons
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners import actions as partner_actions
from keng.desk.ground.partners.models import Partner, PartnerKind
from keng.desk.ground.people.models import Officer
from keng.desk.ground.plainly import Statement, adding, run_all, run_alone
from keng.vietnam.rules import purposes

if TYPE_CHECKING:
    from keng.engines.cleanse import Model

USES = {PartnerKind.CARRIER.value: "sim_question", PartnerKind.BANK.value: "account_question"}
BOUND = 0.99
PEOPLE = 100_000_000  # of the country: what chance a neighbour stands near a number by
LONGEST = 200
TAKEN_FOR = "holder_ask"
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


def ask(
    partner: Partner, question: Question, keys: KeyStore, *, actor: str, now: datetime, message: str = ""
) -> Answer:
    """Put one question; `message` is the id of the signed message that brought it.

    Raises InputError `bad_question`, `no_purpose`; RefusedError `not_a_submitter`, `too_many_questions`, `looks_like_guessing`;
    UnavailableError `population_away`, `no_population`; ConflictError `webhook_id_seen`. What was refused or could not be asked
    tells nothing of anybody, and its message may come again.
    """
    use = USES.get(partner.kind)
    if use is None:
        raise RefusedError("not_a_submitter", refusals.NOT_A_SUBMITTER)
    _check(question, use, now)
    key, number = persons.pseudonym_key(keys, now), _number(question)
    person = persons.pseudonym(key, number)
    who = persons.pseudonym(key, f"{bare(question.full_name)}\0{question.date_of_birth.strip()}")
    counting.check(partner, person, who, now, message)
    found = answer_of(question, population.for_questions().find(number), now)  # outside of any transaction
    row = Asked(
        partner=partner, by=actor, at=now, purpose=question.purpose, person=person, who=who, answer=found.answer,
        fields=",".join(found.fields),
    )  # fmt: skip
    put = _Put(row, message)
    if not connection.in_atomic_block:
        _gathered().ask(put)
    elif refused := _keep([put])[0]:
        raise refused
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
    if purposes.find(question.purpose, use, day_in_vietnam(now)) is None:
        raise InputError("no_purpose", refusals.NO_PURPOSE, field="purpose")


@dataclass(frozen=True, slots=True)
class _Put:
    """A question with its answer, to be kept. `message` empty: it came by the desk."""

    row: Asked
    message: str

    @property
    def mark(self) -> partner_actions.Message:
        return str(self.row.partner_id), self.message

    @property
    def happening(self) -> ledger.Happening:
        row = self.row
        data: dict[str, object] = {"rule": row.purpose, "answer": row.answer}
        subject, about = f"partner:{row.partner_id}", persons.about(row.person)
        return ledger.Happening(row.by, "registers.ask", subject, data, row.at, about)


@cache
def _gathered() -> Together[_Put, None]:
    """Those of this process that wait. Why: docs/decisions/0020-those-who-wait-share-a-transaction.md."""
    return Together(_keep_together)


def _keep_together(some: list[_Put]) -> list[BaseException | None]:
    """Keep them all at once; if a message among them was taken meanwhile, what else there is."""
    signed = _signed(some)
    taking = [partner_actions.taking_all(signed, TAKEN_FOR, now=some[0].row.at)] if signed else []
    try:
        run_alone([*taking, *_keeping(some)])
    except IntegrityError:
        with transaction.atomic():
            return _keep(some)
    return [None] * len(some)


def _keep(some: list[_Put]) -> list[BaseException | None]:
    """Keep each question with its ledger entry; one whose message was taken meanwhile is told so."""
    signed = _signed(some)
    new = partner_actions.take_each_once(signed, TAKEN_FOR, now=some[0].row.at) if signed else set()
    outcomes: list[BaseException | None] = []
    kept = []
    for one in some:
        is_new = not one.message or one.mark in new
        new.discard(one.mark)
        outcomes.append(None if is_new else partner_actions.id_seen())
        kept += [one] if is_new else []
    run_all(_keeping(kept))
    return outcomes


def _signed(some: list[_Put]) -> list[partner_actions.Message]:
    return [one.mark for one in some if one.message]


def _keeping(some: list[_Put]) -> list[Statement]:
    return [*adding([one.row for one in some]), *ledger.recording([one.happening for one in some])]


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
