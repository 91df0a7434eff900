"""Reading registers for others: lists, results by province and reason, rows for exports, who asked about a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models import Sum as Total

from keng.desk.fraud.registers import scope
from keng.desk.fraud.registers.models import Asked, Guessing, Record, Register, RegisterState, Sum
from keng.desk.ground.citizens import persons
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.looks.queries import withheld_entries
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

LISTED = 100
EXPORT_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Counts:
    """The results of a finished run as sums: {province: {verdict: records}} and {(verdict, reason): records}."""

    by_verdict: dict[str, int]
    by_province: dict[str, dict[str, int]]
    reasons: dict[tuple[str, str], int]

    @property
    def total(self) -> int:
        return sum(self.by_verdict.values())


@dataclass(frozen=True, slots=True)
class Row:
    """A record as officers and its submitter see it: never a value of the population register."""

    number: int
    record: str
    subject: str
    province: str
    verdict: str
    reasons: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """That a submitter (`who`) asked about a person, or an officer looked at their record (`who` empty): when, for what purpose."""

    at: datetime
    who: str
    verb: str
    purpose: str
    answer: str


def for_officer(officer: Officer, *, now: datetime) -> list[Register]:
    """The newest registers, of all submitters."""
    scope.require(officer, "registers.list", now=now)
    return list(Register.objects.select_related("partner").order_by("-opened_at")[:LISTED])


def get_for_officer(officer: Officer, code: str, *, now: datetime) -> Register:
    """One of them. Raises InputError `no_register`."""
    return scope.get_for_officer(officer, "registers.list", code, now=now)


def of_partners(own: list[Partner]) -> list[Register]:
    """The newest registers of these partners; who they are is checked by the caller."""
    return list(Register.objects.select_related("partner").filter(partner__in=own).order_by("-opened_at")[:LISTED])


def list_of_partner(partner: Partner, *, after: UUID | None, limit: int) -> list[Register]:
    """A partner's registers, oldest first, for its machine."""
    rows = Register.objects.filter(partner=partner).order_by("pk")
    return list((rows.filter(pk__gt=after) if after else rows)[:limit])


def counts_of(register: Register) -> Counts:
    """The sums of the finished run. Two queries. Raises ConflictError `not_cleansed`, `erased`."""
    scope.check_cleansed(register)
    rows = Sum.objects.filter(register=register, run=register.run)
    by_province: dict[str, dict[str, int]] = {}
    by_verdict: dict[str, int] = {}
    for province, verdict, records in rows.filter(reason="").values_list("province", "verdict", "records"):
        by_province.setdefault(province, {})[verdict] = records
        by_verdict[verdict] = by_verdict.get(verdict, 0) + records
    by_reason = (
        rows.exclude(reason="")
        .values_list("verdict", "reason")
        .order_by("verdict", "reason")
        .annotate(n=Total("records"))
    )
    return Counts(by_verdict, by_province, {(verdict, reason): n for verdict, reason, n in by_reason})


def reasons_in(register: Register, province: str) -> dict[tuple[str, str], int]:
    """The reasons of one province."""
    rows = Sum.objects.filter(register=register, run=register.run, province=province).exclude(reason="")
    return {(verdict, reason): n for verdict, reason, n in rows.values_list("verdict", "reason", "records")}


def rows_of(
    register: Register,
    *,
    verdict: str = "",
    province: str | None = None,
    reason: str = "",
    after: int = 0,
    most: int = 0,
) -> Iterator[Row]:
    """The records of the finished run in the order of the file, narrowed if asked, from behind the number `after`."""
    scope.check_cleansed(register)
    rows: QuerySet[Record] = Record.objects.filter(register=register, run=register.run, number__gt=after)
    if verdict:
        rows = rows.filter(verdict=verdict)
    if province is not None:
        rows = rows.filter(province=province)
    if reason:
        rows = rows.filter(_has(reason))
    fields = ("number", "record", "subject", "province", "verdict", "reasons")
    found = rows.order_by("number").values_list(*fields)
    return map(_row, found[:most] if most else found.iterator(EXPORT_ROWS))


def open_guessing(officer: Officer) -> QuerySet[Guessing] | None:
    """What waits for an officer who leads; None for others."""
    if not rights.leads(officer, "registers.settle"):
        return None
    return Guessing.objects.filter(settled_at=None)


def guessing(officer: Officer, *, now: datetime) -> list[Guessing]:
    """Open items first, then the newest settled ones."""
    scope.require(officer, "registers.list", now=now)
    rows = Guessing.objects.select_related("partner", "settled_by")
    return list(rows.order_by(F("settled_at").desc(nulls_first=True), "-raised_at")[:LISTED])


def asked_today(own: list[Partner], since: datetime) -> dict[str, int]:
    """How many questions each of these partners asked since then, by their codes."""
    from django.db.models import Count

    rows = (
        Asked.objects.filter(partner__in=own, at__gte=since).values_list("partner").order_by().annotate(n=Count("pk"))
    )
    return dict(rows)


def under_way(own: list[Partner]) -> list[Register]:
    """Hand-ins that can be gone on with."""
    return list(Register.objects.filter(partner__in=own, state=RegisterState.RECEIVING).order_by("-opened_at"))


def told_to_person(person: str, *, now: datetime) -> list[Looked]:
    """Who asked about a person (by their pseudonym) and who read their record, newest first; what is withheld now is left out.

    Who may know is the caller's affair: the person themself, by a sign-in that vouches for their number.
    """
    hidden = withheld_entries(persons.about(person), now)
    entries = [one for one in ledger.entries_about(persons.about(person)) if one.id not in hidden]
    names = partners.names_of({one.subject.removeprefix("partner:") for one in entries if one.verb == "registers.ask"})
    return [_looked(one, names) for one in entries if one.verb in ("registers.ask", "registers.look")]


def _looked(entry: ledger.LedgerEntry, names: dict[str, str]) -> Looked:
    facts = entry.facts
    who = names.get(entry.subject.removeprefix("partner:"), "") if entry.verb == "registers.ask" else ""
    return Looked(entry.at_utc, who, entry.verb, str(facts.get("rule", "")), str(facts.get("answer", "")))


def _has(reason: str) -> Q:
    """Among the reasons, which are joined by commas; no code is part of another between commas."""
    return (
        Q(reasons=reason)
        | Q(reasons__startswith=f"{reason},")
        | Q(reasons__endswith=f",{reason}")
        | Q(reasons__contains=f",{reason},")
    )


def _row(values: tuple[Any, ...]) -> Row:
    from keng.engines.cleanse import fields_to_correct

    number, record, subject, province, verdict, told = values
    reasons = tuple(told.split(",")) if told else ()
    return Row(number, record, subject, province, verdict, reasons, tuple(fields_to_correct(list(reasons))))
