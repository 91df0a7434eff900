"""Measures that a campaign suggests next, and proposing one from it: pinned to the judgements that it rests on.

No score begins a measure: an officer chooses, and whoever approves reads what speaks against it (design, 13). An account is never
restricted from here, and a value that everybody shares is never an object.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from keng import __version__
from keng.base.errors import InputError, KengError, Said
from keng.desk.fraud.campaigns import pins, refusals
from keng.desk.fraud.campaigns.facts import Candidate, Value
from keng.desk.fraud.campaigns.listing import lines
from keng.desk.fraud.campaigns.models import Part
from keng.desk.fraud.campaigns.scope import get_head, placements
from keng.desk.fraud.campaigns.state import lock
from keng.desk.fraud.campaigns.telling import values_in
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures.actions import Proposal
from keng.desk.fraud.measures.checks import check_target, left_to_hold
from keng.desk.fraud.measures.kinds import Kind, Target
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.models import Indicator, Loss
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

SUGGESTED_BY = f"link {__version__}"
KINDS = {
    "account": Kind.HOLD_FUNDS,
    "phone": Kind.BLOCK_NUMBER,
    "sender": Kind.BLOCK_SENDER,
    "domain": Kind.SUSPEND_DOMAIN,
    "url": Kind.TAKE_DOWN_PAGE,
    "social": Kind.TAKE_DOWN_PAGE,
}
LOOKED_AT = 40  # values
NEWEST = 400  # open reports that are looked at
MOST_REPORTS = 5  # of those that name a value: one on which a measure can be filed is among them, or none

NAMED = Said(
    "{n} trong {all} báo cáo của chiến dịch nêu {kind} này.", "{n} of the campaign's {all} reports name this {kind}."
)
SURELY = Said("Nằm rõ trong nội dung người dân gửi.", "It stands clearly in what people sent.")
STILL_THERE = Said("Ước tính còn giữ được {share} % sau khi chuyển.", "An estimated {share} % can still be held.")
ONLY_ONE = Said("Chỉ một báo cáo nêu.", "One report alone names it.")
ELSEWHERE = Said(
    "{n} chiến dịch khác cũng nêu: có thể là của người ngoài cuộc.",
    "{n} other campaigns name it too: it may be a bystander's.",
)
MAY_BE_OTHER = Said(
    "Máy đọc chỉ chắc {p} %: có thể là thứ khác.", "The reading is only {p} % sure: it may be something else."
)
NOT_IN_TEXT = Said("Người báo khai, không có trong nội dung gửi.", "The reporter told it; it is not in the text.")
ENGINES_OWN = Said(
    "Các báo cáo do máy xếp chung, chưa cán bộ nào xem.", "The engine put the reports together; no officer judged it."
)
WRONG_BEFORE = Said("Đã có lệnh trên đối tượng này bị kết luận là sai.", "An earlier measure on it was found wrong.")


def next_measures(officer: Officer, code: str | Part, *, now: datetime, most: int = 8) -> list[Candidate]:
    """Measures that could be proposed next, those that most reports speak for first, with what speaks for and against each."""
    head = get_head(officer, "campaigns.list", code)
    total = lines(officer, [head.pk])[head.pk].reports
    naming = _open_reports(officer, head)
    found: list[Candidate] = []
    for value in values_in(officer, head, most=LOOKED_AT):
        if len(found) == most:
            break
        if value.kind not in KINDS or value.is_hub or value.measures:
            continue
        for report_id in naming.get((value.kind, value.value), [])[:MOST_REPORTS]:
            if made := _candidate(report_id, value, head, total, now):
                found.append(made)
                break
    return found


def propose_measure(officer: Officer, code: str, proposal: Proposal, *, now: datetime) -> Measure:
    """`measures.propose` for a report of this campaign, pinned to the judgements that it rests on now.

    If one of them is undone the measure comes up for review. Raises as `measures.propose`; RefusedError `not_by_engine` for a
    restriction of an account; InputError `no_reports` if the report is not in the campaign.
    """
    return _pinned(measures.propose, officer, code, proposal, now)


def hold_urgently(officer: Officer, code: str, proposal: Proposal, *, now: datetime) -> Measure:
    """The same for an urgent hold."""
    return _pinned(measures.hold_urgently, officer, code, proposal, now)


@transaction.atomic
def _pinned(act: Callable[..., Measure], officer: Officer, code: str, proposal: Proposal, now: datetime) -> Measure:
    measure = act(officer, replace(proposal, suggested_by=SUGGESTED_BY), now=now)
    lock()
    head = get_head(officer, "campaigns.list", code)
    placement = placements(officer, head).filter(pk=proposal.report_id).select_related("part").first()
    if placement is None:
        raise InputError("no_reports", refusals.NO_REPORTS, field="report")
    pinned = pins.pin(measure, placement, now)
    data: dict[str, object] = {"measure": measure.subject, "version": pinned.version}
    ledger.record(actor=officer.actor, verb="campaigns.pin", subject=head.subject, data=data, at=now)
    return measure


def _open_reports(officer: Officer, head: Part) -> dict[tuple[str, str], list[UUID]]:
    """By value, those of the campaign's newest open reports that name it: the largest loss first, then the newest."""
    rows = placements(officer, head).filter(report__closed_at=None).order_by("-received_at", "-pk")
    ids = list(rows.values_list("pk", flat=True)[:NEWEST])
    named: dict[tuple[str, str], list[UUID]] = {}
    for pk, account in Loss.objects.filter(pk__in=ids).order_by("-amount").values_list("pk", "to_account"):
        named.setdefault(("account", account), []).append(pk)
    found: dict[UUID, list[tuple[str, str]]] = {}
    for pk, kind, value in Indicator.objects.filter(report__in=ids).values_list("report_id", "kind", "value"):
        if kind != "account":  # held is what a loss went to
            found.setdefault(pk, []).append((kind, value))
    for pk in ids:
        for pair in dict.fromkeys(found.get(pk, ())):
            named.setdefault(pair, []).append(pk)
    return named


def _candidate(report_id: UUID, value: Value, head: Part, total: int, now: datetime) -> Candidate | None:
    """A measure on a value filed on one report, if it could be; None if a check of measures would refuse it."""
    kind, target = KINDS[value.kind], Target(value.kind, value.value)
    named = reports.named_by(report_id)
    if named is None:
        return None
    amount = None
    evidence = [NAMED.filled(n=value.reports, all=total, kind=value.kind)]
    if kind == Kind.HOLD_FUNDS:
        if named.loss is None or named.loss.to_account != value.value:
            return None
        amount = left_to_hold(named.loss, now)
        share = rules.holdable_share(now - named.loss.sent_at)
        if amount <= 0 or not share:
            return None
        evidence.append(STILL_THERE.filled(share=round(100 * share)))
    try:
        check_target(kind, target, named)
    except KengError:
        return None
    told = reports.evidence_for(report_id, value.value, value.kind)
    if told.in_text and told.p is None:
        evidence.append(SURELY)
    return Candidate(
        kind=kind.value,
        object_kind=value.kind,
        object_value=value.value,
        report_id=report_id,
        report_code=named.code,
        amount=amount,
        evidence=tuple(evidence),
        against=tuple(_against(value, told, head)),
    )


def _against(value: Value, told: reports.Evidence, head: Part) -> list[Said]:
    found = []
    if value.reports == 1:
        found.append(ONLY_ONE)
    if value.elsewhere:
        found.append(ELSEWHERE.filled(n=value.elsewhere))
    if not told.in_text:
        found.append(NOT_IN_TEXT)
    elif told.p is not None:
        found.append(MAY_BE_OTHER.filled(p=round(100 * told.p)))
    if Measure.objects.filter(object_kind=value.kind, object_value=value.value).exclude(wrong="").exists():
        found.append(WRONG_BEFORE)
    if not head.judged:
        found.append(ENGINES_OWN)
    return found
