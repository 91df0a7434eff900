"""Reading reports for others. What is sealed is opened only for the holder of the receipt, or by the action `look`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q

from keng.base import sealing
from keng.base.errors import Said
from keng.desk.fraud.reports.actions import PURPOSES, report_of
from keng.desk.fraud.reports.models import Indicator, Loss, Report
from keng.desk.fraud.reports.sealed import SealedReport, label, unlock
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import banks

QUEUE_HORIZON = timedelta(hours=72)
QUEUE_MOST = 1000
READ_MOST = 100


@dataclass(frozen=True, slots=True)
class LossFacts:
    """The loss of a report as a measure needs it. `accounts` are those that the reporter named, the told one first."""

    report_id: UUID
    code: str
    channel: str
    received_at: datetime
    amount: int
    to_account: str
    accounts: tuple[str, ...]
    sent_at: datetime
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Named:
    """What a measure needs to know of a report. `objects`: what it names, as (kind, value), the told account first."""

    report_id: UUID
    code: str
    received_at: datetime
    engine: str
    is_closed: bool
    objects: tuple[tuple[str, str], ...]
    loss: LossFacts | None


@dataclass(frozen=True, slots=True)
class PlainFacts:
    """A report that waits to be read. `amount` and `sent_at` are None where it tells of no loss."""

    report_id: UUID
    code: str
    channel: str
    received_at: datetime
    account: str
    amount: int | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the talk with the reporter."""

    from_reporter: bool
    who: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at the report: who (a post, not a name), in which unit, for what. `actor` tells two apart, unshown."""

    at: datetime
    actor: str
    who: str
    unit: str
    purpose: Said


@dataclass(frozen=True, slots=True)
class Evidence:
    """Whether the object stands in the report's text, how sure extract is (None: sure), how many other reports name it."""

    in_text: bool
    p: float | None
    other_reports: int


@dataclass(frozen=True, slots=True)
class Told:
    """A report as its own reporter may see it."""

    report: Report
    loss: Loss | None
    own_account: str
    lines: list[Line]
    looks: list[Look]


def loss_facts(report_id: UUID) -> LossFacts | None:
    """The loss of a report; None if it tells of none."""
    loss = Loss.objects.filter(pk=report_id).select_related("report").first()
    return _facts([loss])[0] if loss else None


def named_by(report_id: UUID, *, lock: bool = False) -> Named | None:
    """What the report names, and its loss if it tells of one; None if there is no such report.

    `lock` keeps the report's row to the end of the transaction: two measures for one loss are then decided one after the other.
    """
    rows = Report.objects.select_for_update(no_key=True) if lock else Report.objects.all()
    report = rows.filter(pk=report_id).first()
    if report is None:
        return None
    loss = loss_facts(report_id)
    told = [("account", loss.to_account)] if loss and loss.to_account else []
    found = report.indicators.order_by("pk").values_list("kind", "value")
    return Named(
        report_id=report.pk,
        code=report.code,
        received_at=report.received_at,
        engine=report.engine,
        is_closed=report.closed_at is not None,
        objects=tuple(dict.fromkeys([*told, *found])),
        loss=loss,
    )


def open_losses(*, now: datetime) -> list[LossFacts]:
    """Losses of open reports within the last 72 hours, newest first: those whose money may still be somewhere."""
    rows = Loss.objects.filter(report__closed_at=None, sent_at__gte=now - QUEUE_HORIZON).select_related("report")
    return _facts(list(rows.order_by("-sent_at")[:QUEUE_MOST]))


def open_to_read(*, now: datetime) -> list[PlainFacts]:
    """Open reports without a loss, or whose loss is too old for the queue of holds; the newest first."""
    old = Q(loss=None) | Q(loss__sent_at__lt=now - QUEUE_HORIZON)
    rows = list(Report.objects.filter(old, closed_at=None).select_related("loss").order_by("-received_at")[:READ_MOST])
    named = _named_accounts([row.pk for row in rows])
    return [_plain(row, named.get(row.pk, [])) for row in rows]


def find_by_code(officer: Officer, code: str) -> Report | None:
    """The report of that code."""
    rights.require(officer, "reports.list")
    return Report.objects.filter(code=code.upper()).first()


def indicators_of(report: Report) -> list[Indicator]:
    """What was found in the report's text, in order of place."""
    return list(report.indicators.order_by("start", "end", "kind"))


def lines_of(opened: SealedReport) -> list[Line]:
    """The talk with the reporter, oldest first. Officers are named by unit, never by name, to the reporter and here alike."""
    rows = opened.report.messages.select_related("officer").order_by("at", "pk")
    return [
        Line(row.officer is None, row.officer.unit_name if row.officer else "", opened.message(row), row.at)
        for row in rows
    ]


def seen_elsewhere(report: Report, indicators: Iterable[Indicator]) -> dict[tuple[str, str], int]:
    """In how many other reports each indicator, by (kind, value), was found. One query."""
    wanted = {(one.kind, one.value) for one in indicators}
    rows = Indicator.objects.filter(value__in={value for _kind, value in wanted}).exclude(report=report)
    counted = rows.values_list("kind", "value").annotate(reports=Count("report", distinct=True))
    found = {(kind, value): reports for kind, value, reports in counted}
    return {one: found.get(one, 0) for one in wanted}


def codes_of(subjects: Iterable[str]) -> dict[str, str]:
    """Codes of reports by how the ledger names them (`report:...`); other subjects are passed over. One query."""
    ids = {one.removeprefix("report:") for one in subjects if one.startswith("report:")}
    return (
        {report.subject: report.code for report in Report.objects.filter(pk__in=ids).only("pk", "code")} if ids else {}
    )


def evidence_for(report_id: UUID, value: str, kind: str = "account") -> Evidence:
    """What the reports say of an object, for and against."""
    own = Indicator.objects.filter(report_id=report_id, kind=kind, value=value).first()
    others = Indicator.objects.filter(kind=kind, value=value).exclude(report_id=report_id)
    naming = {*others.values_list("report_id", flat=True)[:1000]}
    if kind == "account":
        naming |= {*Loss.objects.filter(to_account=value).exclude(pk=report_id).values_list("pk", flat=True)[:1000]}
    return Evidence(in_text=own is not None, p=own.p if own else None, other_reports=len(naming))


def looks_of(report: Report) -> list[Look]:
    """Who looked at the report, newest first, from the ledger."""
    entries = ledger.entries_about(report.subject, verb="reports.look")
    officers = people.officers_of(entry.actor for entry in entries)
    looks = [_look(entry, officers.get(entry.actor)) for entry in entries]
    return sorted(looks, key=lambda look: look.at, reverse=True)


def own_account(opened: SealedReport) -> str:
    """The reporter's own account; empty if not told."""
    loss = Loss.objects.filter(pk=opened.report.pk).first()
    if loss is None or loss.from_account is None:
        return ""
    return sealing.unseal(opened.key, label(opened.report, "from_account"), bytes(loss.from_account)).decode()


def track(receipt: str, keys: KeyStore) -> Told:
    """What the holder of a receipt may see. Raises InputError `no_receipt`."""
    report = report_of(receipt)
    opened = unlock(report, keys)
    loss = Loss.objects.filter(pk=report.pk).first()
    return Told(report, loss, own_account(opened), lines_of(opened), looks_of(report))


def _look(entry: ledger.LedgerEntry, officer: Officer | None) -> Look:
    who, unit = (officer.get_role_display(), officer.unit_name) if officer else ("", "")
    return Look(entry.at_utc, entry.actor, who, unit, PURPOSES[entry.facts["purpose"]])


def _facts(losses: list[Loss]) -> list[LossFacts]:
    named = _named_accounts([loss.pk for loss in losses])
    return [_one_fact(loss, named.get(loss.pk, [])) for loss in losses]


def _named_accounts(report_ids: list[UUID]) -> dict[UUID, list[str]]:
    """The accounts found in the texts of reports, in order of place."""
    named: dict[UUID, list[str]] = {}
    rows = Indicator.objects.filter(report__in=report_ids, kind="account").order_by("pk")
    for report_id, value in rows.values_list("report_id", "value"):
        named.setdefault(report_id, []).append(value)
    return named


def _plain(report: Report, named: list[str]) -> PlainFacts:
    loss = getattr(report, "loss", None)
    return PlainFacts(
        report_id=report.pk,
        code=report.code,
        channel=report.channel,
        received_at=report.received_at,
        account=(loss.to_account if loss else "") or (named[0] if named else ""),
        amount=loss.amount if loss else None,
        sent_at=loss.sent_at if loss else None,
    )


def _one_fact(loss: Loss, named: list[str]) -> LossFacts:
    accounts = dict.fromkeys(account for account in [loss.to_account, *named] if account)
    report = loss.report
    return LossFacts(
        report_id=report.pk,
        code=report.code,
        channel=report.channel,
        received_at=report.received_at,
        amount=loss.amount,
        to_account=loss.to_account or next(iter(accounts), ""),
        accounts=tuple(accounts),
        sent_at=loss.sent_at,
        is_closed=report.closed_at is not None,
    )


def bank_name(account: str) -> str:
    """The name that people know the bank of `BIN:number` by; empty if not known."""
    bank = banks.find_bank(account.partition(":")[0])
    return bank.known_as if bank else ""
