"""What a register's verdicts lead to is the affair of `followup`: it hears what was found on each record, and of a taking back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from keng.base.errors import InputError
from keng.desk.fraud.followup import actions as followup
from keng.desk.fraud.followup.actions import Finding
from keng.desk.fraud.registers import refusals
from keng.desk.fraud.registers.models import Record, Register
from keng.desk.ground.people.models import Officer

ROWS = 5_000
COLUMNS = ("record", "subject", "verdict", "reasons", "band", "person")


def findings(register: Register) -> Iterator[Finding]:
    """Every record that says which number or account it is, in the order of the file; the right ones too, since they close what an
    earlier register opened. The probability is the lower end of its band, so it passes no bound that the engine's did not.

    Memory: that of the people who hold several records.
    """
    from keng.engines.cleanse import fields_to_correct

    rows = Record.objects.filter(register=register, run=register.run)
    held = dict(rows.exclude(person="").values_list("person").order_by().annotate(n=Count("pk")).filter(n__gt=1))
    for _number, record, subject, verdict, told, band, person in _pages(rows.exclude(subject="")):
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


def _pages(rows: QuerySet[Record]) -> Iterator[Any]:
    """The rows in the order of the file, each page asked for by itself: whoever takes them writes meanwhile, and on SQLite a
    connection with a query half read cannot begin to write once somebody else has written.
    """
    last = -1
    while page := list(rows.filter(number__gt=last).order_by("number").values_list("number", *COLUMNS)[:ROWS]):
        yield from page
        last = page[-1][0]


def begin(officer: Officer, register: Register, now: datetime) -> int:
    """Tell what was found; how many cases stand. In transactions of its own; killed, it is called again and goes on.

    Raises InputError `no_organisation`, and what `followup.begin` raises.
    """
    submitter = register.partner.organisation
    if submitter is None:
        raise InputError("no_organisation", refusals.NO_ORGANISATION)
    return followup.begin(officer, register.pk, submitter, register.kind, findings(register), now)


def roll_back(officer: Officer, register_id: UUID, reason: str, now: datetime) -> None:
    """Tell that it is taken back, in the caller's transaction."""
    followup.roll_back(officer, register_id, reason, now)
