"""What every action on a measure does in its transaction: find the row, ask and tell partners, write the ledger entry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from keng.base.errors import InputError
from keng.base.times import day_in_vietnam
from keng.desk.fraud.measures import listeners, notices, outgoing, refusals
from keng.desk.fraud.measures.models import Measure, Request
from keng.desk.fraud.reports import actions
from keng.desk.fraud.reports import queries as reports
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules


def get_measure(measure_id: UUID) -> Measure:
    """The measure of that id, its report and then itself locked for the transaction: docs/operating.md tells the order.

    Raises InputError `no_measure`.
    """
    report_id = Measure.objects.filter(pk=measure_id).values_list("report_id", flat=True).first()
    if report_id is None:
        raise InputError("no_measure", refusals.NO_MEASURE)
    reports.lock(report_id)
    return Measure.objects.select_for_update(no_key=True).get(pk=measure_id)


def get_measure_for(officer: Officer, verb: str, measure_id: UUID) -> Measure:
    """The same, if the officer may do `verb` to its report. One of another unit is answered as one that there is not."""
    rights.require(officer, verb)
    report_id = Measure.objects.filter(pk=measure_id).values_list("report_id", flat=True).first()
    try:
        actions.get_report_for(officer, verb, report_id, locked=True)
    except InputError as error:
        raise InputError("no_measure", refusals.NO_MEASURE) from error
    return Measure.objects.select_for_update(no_key=True).get(pk=measure_id)


def ask(measure: Measure, partners: Iterable[Partner], until: datetime, now: datetime) -> None:
    """Ask every partner at once. Each request has its own state and clock from here on."""
    answer_by = rules.limit(f"{measure.kind}.answer_within", day_in_vietnam(now)).after(now)
    for partner in partners:
        request = Request.objects.create(
            measure=measure, partner=partner, owner_id=measure.owner_id, asked_at=now, answer_by=answer_by, until=until
        )
        outgoing.post("measure.requested", request, key=f"{request.subject}:1", now=now)


def tell(measure: Measure, kind: str, until: datetime, now: datetime) -> None:
    """Tell every partner that was asked, whatever it answered or not, of a new state or end of the measure."""
    rows = measure.requests.select_for_update(of=("self",), no_key=True).select_related("partner")
    for request in rows.order_by("pk"):
        request.version += 1
        request.until = until
        request.save(update_fields=["version", "until"])
        request.measure = measure
        outgoing.post(kind, request, key=f"{request.subject}:{request.version}", now=now)


def release(measure: Measure, until: datetime, now: datetime) -> str:
    """Tell partners, the person and every list that the measure is over; returns the notice's hash (empty: not told yet)."""
    if measure.sent_at is None:
        return ""
    sha256 = note_notice(measure, "released", until, now)
    tell(measure, "measure.released", until, now)
    listeners.tell_lists(measure, now)
    return sha256


def note_notice(measure: Measure, cause: str, until: datetime, now: datetime) -> str:
    """Make the notice that goes out now; returns its hash for the ledger, empty while it is delayed."""
    notice = notices.make(measure, cause, until, now)
    return notice.sha256.hex() if notice else ""


def record_measure(verb: str, actor: str, measure: Measure, now: datetime, **data: Any) -> None:
    """The ledger's entry about a measure; it belongs to its report."""
    about = f"report:{measure.report_id}"
    facts = {"code": measure.code, "kind": measure.kind, "amount": measure.amount, "basis": measure.basis, **data}
    ledger.record(actor=actor, verb=verb, subject=measure.subject, about=about, data=facts, at=now)
