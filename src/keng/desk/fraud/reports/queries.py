"""Reading reports for others. What is sealed is opened only for the holder of the receipt, or by the action `look`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, prefetch_related_objects
from django.utils.translation import gettext as _

from keng.base import sealing
from keng.base.errors import InputError, Said
from keng.desk.fraud.reports import sightings
from keng.desk.fraud.reports.actions import NO_REPORT, PURPOSES, report_of
from keng.desk.fraud.reports.models import Channel, Indicator, Loss, Message, Picture, Report, ReportKey
from keng.desk.fraud.reports.scope import within
from keng.desk.fraud.reports.sealed import SealedReport, label, unlock
from keng.desk.fraud.verdicts import judging
from keng.desk.fraud.verdicts import queries as verdicts
from keng.desk.ground.ahead import Question
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.looks import queries as looks
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.plainly import keep_related, question, rows_with
from keng.engines.classify import Model
from keng.vietnam import banks


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
    lane: int
    source: bytes | None


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
    owner_id: int | None = None


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
    lane: int
    source: bytes | None


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
    """Whether the object stands in the report's text, how sure extract is (None: sure), and how many others name it."""

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
    pictures: list[PictureFacts]


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """A picture as anybody may know of it who may know of the report: never its bytes."""

    number: int
    state: str
    kind: str
    width: int | None
    height: int | None
    size: int
    sha256: str
    received_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Alike:
    """How many reports of the same day share something with a report, itself included; 0 if it was not marked.

    `source`: the same caller's address (one household, or a whole village behind one); `wave`: the same words;
    `copies`: the same bytes, kept once.
    """

    source: int
    wave: int
    copies: int


def loss_facts(report_id: UUID, *, locked: bool = False) -> LossFacts | None:
    """The loss of a report; None if it tells of none. `locked`: nobody closes the report before the caller's transaction ends."""
    if locked:
        lock(report_id)
    loss = Loss.objects.filter(pk=report_id).select_related("report").first()
    return _facts([loss])[0] if loss else None


def lock(report_id: UUID) -> None:
    """Let no other action on this report go on before the caller's transaction ends: the first lock of every action."""
    Report.objects.select_for_update(no_key=True).filter(pk=report_id).values_list("pk").first()


def named_by(report_id: UUID, *, locked: bool = False) -> Named | None:
    """What the report names, and its loss if it tells of one; None if there is no such report. `locked`: as `lock` does."""
    if locked:
        lock(report_id)
    report = Report.objects.filter(pk=report_id).select_related("loss").defer("original").first()
    return named_of(report) if report else None


def named_of(report: Report) -> Named:
    """What a report names, that was read with its loss. One query."""
    found = list(report.indicators.order_by("pk").values_list("kind", "value"))
    row = getattr(report, "loss", None)
    loss = _one_fact(row, [value for kind, value in found if kind == "account"]) if row else None
    told = [("account", loss.to_account)] if loss and loss.to_account else []
    return Named(
        report_id=report.pk,
        code=report.code,
        received_at=report.received_at,
        engine=report.engine,
        is_closed=report.closed_at is not None,
        objects=tuple(dict.fromkeys([*told, *found])),
        loss=loss,
        owner_id=report.owner_id,
    )


def losses_of(report_ids: Collection[UUID]) -> dict[UUID, LossFacts]:
    """The losses of these reports. Two queries."""
    rows = Loss.objects.filter(pk__in=report_ids).select_related("report").defer("report__original")
    return {one.report_id: one for one in _facts(list(rows))}


def plain_facts(report_ids: Collection[UUID]) -> dict[UUID, PlainFacts]:
    """These reports as they wait to be read. Two queries."""
    rows = Report.objects.filter(pk__in=report_ids).select_related("loss").defer("original")
    named = _named_accounts(report_ids)
    return {row.pk: _plain(row, named.get(row.pk, [])) for row in rows}


def find_by_code(officer: Officer, code: str) -> Report | None:
    """The report of that code."""
    rights.require_to_read(officer, "reports.list")
    return Report.objects.filter(within(officer, "reports.list"), code=code.upper()).first()


def get_by_code(officer: Officer, verb: str, code: str) -> Report:
    """The report of that code, if the officer may do `verb` to it. Raises InputError `no_report`, as `get_report_for` does."""
    rights.require_to_read(officer, verb)
    rows = Report.objects.filter(within(officer, verb), code=code.upper()).select_related("owner", "loss")
    report = rows.defer("original").first()
    if report is None:
        raise InputError("no_report", NO_REPORT)
    return report


def indicators_of(report: Report) -> list[Indicator]:
    """What was found in the report's text, in order of place. Copies of one original share what was found in the first."""
    found = _in_order_of_place(report)
    if found or report.shared_id is None:
        return found
    first = Report.objects.filter(shared=report.shared_id, indicators__isnull=False).order_by("received_at").first()
    return _in_order_of_place(first) if first else []


def verdict_of(opened: SealedReport) -> judging.Judged | None:
    """What the machine called the report when it came; what the live model calls it now if no verdict was kept; None: no word.

    Copies of one original share the verdict of the first.
    """
    return stored_verdict(opened.report) or judge_opened(opened)


def stored_verdict(report: Report) -> judging.Judged | None:
    """The verdict that was kept: the report's own, or that of the first of those that share its original."""
    own = verdicts.of_report(report.pk)
    if own or report.shared_id is None:
        return own
    first = Report.objects.filter(shared=report.shared_id, verdict__isnull=False).order_by("received_at").first()
    return verdicts.of_report(first.pk) if first else None


def judge_opened(opened: SealedReport, *, model: Model | None = None) -> judging.Judged | None:
    """What the live model (or `model`) calls a report that is open; None if it is erased or holds no word."""
    if opened.key is None:
        return None
    is_sms = opened.report.channel == Channel.SMS
    return judging.judge(opened.text(), opened.sender(), is_sms=is_sms, model=model)


def alike(report: Report) -> Alike:
    """What this report has in common with others of its day, as counts; who sent them is known to nobody."""

    def count(**same: object) -> int:
        return Report.objects.filter(**same).count() if all(same.values()) else 0

    return Alike(count(source=report.source), count(wave=report.wave), count(shared=report.shared_id))


def same_source(sources: Iterable[bytes | None]) -> dict[bytes, int]:
    """How many reports of the day came from each of these sources. One query."""
    wanted = {one for one in sources if one}
    rows = Report.objects.filter(source__in=wanted).values_list("source").annotate(reports=Count("pk"))
    return {bytes(source): reports for source, reports in rows} if wanted else {}


def pictures_of(report: Report) -> list[PictureFacts]:
    """The pictures of a report, without their bytes."""
    rows = rows_with(Picture, "report", report.pk, order="number", but="original preview")
    return [
        PictureFacts(
            row.number,
            row.state,
            row.kind,
            row.width,
            row.height,
            row.size,
            bytes(row.original_sha256).hex(),
            row.received_at,
            row.why,
        )
        for row in rows
    ]


def lines_of(opened: SealedReport) -> list[Line]:
    """The talk with the reporter, oldest first. Officers are named by unit, never by name, to the reporter and here alike."""
    if opened.key is None:
        return []
    rows = rows_with(Message, "report", opened.report.pk, order="at pk")
    prefetch_related_objects(rows, "officer")
    return [
        Line(row.officer is None, row.officer.unit_name if row.officer else "", opened.message(row), row.at)
        for row in rows
    ]


def codes_of(officer: Officer, verb: str, subjects: Iterable[str]) -> dict[str, str]:
    """Codes of reports by how the ledger names them (`report:...`), of those to which the officer may do `verb`. One query."""
    ids = {one.removeprefix("report:") for one in subjects if one.startswith("report:")}
    rows = Report.objects.filter(within(officer, verb), pk__in=ids).only("pk", "code") if ids else []
    return {report.subject: report.code for report in rows}


def evidence_for(report_id: UUID, value: str, kind: str = "account") -> Evidence:
    """What the reports say of an object, for and against."""
    own = Indicator.objects.filter(report_id=report_id, kind=kind, value=value, start__isnull=False).first()
    others = sightings.count_others(report_id, kind, value)
    return Evidence(in_text=own is not None, p=own.p if own else None, other_reports=others)


def looks_of(report: Report, *, withheld: Collection[UUID] = ()) -> list[Look]:
    """Who looked at the report, newest first, from the ledger; without the entries that are withheld from the reader."""
    entries = [one for one in ledger.entries_about(report.subject, verb="reports.look") if one.id not in withheld]
    officers = people.officers_of(entry.actor for entry in entries)
    looks = [_look(entry, officers.get(entry.actor)) for entry in entries]
    return sorted(looks, key=lambda look: look.at, reverse=True)


def own_account(opened: SealedReport) -> str:
    """The reporter's own account; empty if not told."""
    loss = getattr(opened.report, "loss", None)
    if loss is None or loss.from_account is None or opened.key is None:
        return ""
    return sealing.unseal(opened.key, label(opened.report, "from_account"), bytes(loss.from_account)).decode()


def track(receipt: str, keys: KeyStore, *, now: datetime) -> Told:
    """What the holder of a receipt may see at this moment. Raises InputError `no_receipt`."""
    return told_of(report_of(receipt), keys, now=now)


def told_to_its_keeper(report_id: UUID, keys: KeyStore, *, now: datetime) -> Told | None:
    """The same for a citizen who attached the receipt to their identity; None if the report is gone."""
    report = Report.objects.filter(pk=report_id).first()
    return told_of(report, keys, now=now) if report else None


def told_of(report: Report, keys: KeyStore, *, now: datetime) -> Told:
    """The report opened for its own reporter. The caller has seen the receipt, or that it was attached."""
    keep_related(report, "loss", rows_with(Loss, "report", report.pk))
    keep_related(report, "key", rows_with(ReportKey, "report", report.pk))
    opened = unlock(report, keys)
    hidden = looks.withheld_entries(report.subject, now)
    loss = getattr(report, "loss", None)
    seen = looks_of(report, withheld=hidden)
    return Told(report, loss, own_account(opened), lines_of(opened), seen, pictures_of(report))


def questions_of(report: Report) -> tuple[Question, ...]:
    """What `told_of` asks of the database."""
    return (
        question(Loss, "report", report.pk),
        question(ReportKey, "report", report.pk),
        question(Message, "report", report.pk, order="at pk"),
        question(Picture, "report", report.pk, order="number", but="original preview"),
        looks.question_about(report.subject),
        ledger.question_about(report.subject),
    )


def _in_order_of_place(report: Report) -> list[Indicator]:
    return list(report.indicators.order_by(F("start").asc(nulls_first=True), "end", "kind"))


def _look(entry: ledger.LedgerEntry, officer: Officer | None) -> Look:
    who, unit = (officer.get_role_display(), officer.unit_name) if officer else (_("Lệnh của người vận hành"), "")
    return Look(entry.at_utc, entry.actor, who, unit, PURPOSES[entry.facts["purpose"]])


def _facts(losses: list[Loss]) -> list[LossFacts]:
    named = _named_accounts([loss.pk for loss in losses])
    return [_one_fact(loss, named.get(loss.pk, [])) for loss in losses]


def _named_accounts(report_ids: Collection[UUID]) -> dict[UUID, list[str]]:
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
        lane=report.lane,
        source=bytes(report.source) if report.source else None,
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
        lane=report.lane,
        source=bytes(report.source) if report.source else None,
    )


def bank_name(account: str) -> str:
    """The name that people know the bank of `BIN:number` by; empty if not known."""
    bank = banks.find_bank(account.partition(":")[0])
    return bank.known_as if bank else ""
