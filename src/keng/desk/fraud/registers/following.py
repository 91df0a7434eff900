"""What a register's verdicts lead to is another app's affair: it hears what was found, and that a register was taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from keng.desk.fraud.registers.beside.sampling import HARMLESS
from keng.desk.fraud.registers.models import Record, Register
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people.models import Officer

ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Finding:
    """A record with consequences. `person`: a pseudonym, empty if nobody was accepted; `sims`: records of that person here.

    `probability` is the lower end of its band, so no bound is passed that the engine did not pass.
    """

    record: str
    subject: str
    verdict: str
    reasons: tuple[str, ...]
    fields: tuple[str, ...]
    probability: float | None
    person: str
    sims: int


def findings(register: Register) -> Iterator[Finding]:
    """Everything but `verified` and `not_covered`, in the order of the file. Memory: that of those who hold several records."""
    from keng.engines.cleanse import fields_to_correct

    rows = Record.objects.filter(register=register, run=register.run)
    held = dict(
        rows.exclude(person="").values_list("person").order_by().annotate(n=Count("pk")).filter(n__gt=1)
    )
    fields = ("record", "subject", "verdict", "reasons", "band", "person")
    for record, subject, verdict, told, band, person in (
        rows.exclude(verdict__in=HARMLESS).order_by("number").values_list(*fields).iterator(ROWS)
    ):
        reasons = tuple(told.split(",")) if told else ()
        yield Finding(
            record,
            subject,
            verdict,
            reasons,
            tuple(fields_to_correct(list(reasons))),
            None if band is None else band / 1000,
            person,
            held.get(person, 1) if person else 0,
        )


Begin = Callable[[Officer, Register, Organisation | None, Iterator[Finding], datetime], None]
RollBack = Callable[[Officer, UUID, str, datetime], None]

_FOLLOWERS: list[tuple[Begin, RollBack]] = []


def follow(begin: Begin, roll_back: RollBack) -> None:
    """Let somebody hear of registers that take effect and are taken back, in the transaction in which they do."""
    if (begin, roll_back) not in _FOLLOWERS:
        _FOLLOWERS.append((begin, roll_back))


def begin(officer: Officer, register: Register, now: datetime) -> None:
    """Tell what was found."""
    for tell, _ in _FOLLOWERS:
        tell(officer, register, register.partner.organisation, findings(register), now)


def roll_back(officer: Officer, register: Register, reason: str, now: datetime) -> None:
    """Tell that it is taken back."""
    for _, tell in _FOLLOWERS:
        tell(officer, register.pk, reason, now)
