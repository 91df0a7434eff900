"""A sign's rule is proposed live after a shadow run, made live by a second person, withdrawn by one; a measure is proposed on
what a live one found. And banks' lists are taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.base.times import VIETNAM
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures.actions import Proposal
from keng.desk.fraud.measures.kinds import Target
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.signs import queries
from keng.desk.fraud.signs.models import Citation, Evidence, Suspected, Switch, SwitchState
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.signin import proof
from keng.engines.signs import Rule, rules_on

MOST_REASON = 500

NO_RULE = Said("Không có dấu hiệu này đang có hiệu lực.", "No such sign is in force.")
NOT_LEADING = Said(
    "Chỉ Trung tâm mới quyết được dấu hiệu nào được dùng.", "Only the centre may decide which sign is live."
)
NO_SHADOW = Said(
    "Dấu hiệu này chưa chạy thử lần nào ở phiên bản này.", "This version of the sign has not had a shadow run yet."
)
NO_REASON = Said("Hãy ghi lý do, nhiều nhất 500 chữ.", "Give a reason, 500 letters at most.")
OPEN_ALREADY = Said(
    "Phiên bản này đã được đề nghị hoặc đang dùng.", "This version has been proposed already, or is live."
)
SECOND_PERSON = Said(
    "Người duyệt phải là người khác với người đề nghị.", "Whoever approves must be another than who proposed."
)
OTHER_VERSION = Said(
    "Dấu hiệu đã đổi từ khi có đề nghị; hãy chạy thử và đề nghị lại.",
    "The sign has changed since it was proposed; run it in the shadow and propose it again.",
)
NOT_PROPOSED = Said("Đề nghị này không còn chờ duyệt.", "This proposal does not wait any more.")
WITHDRAWN = Said("Đã rút từ trước.", "It was withdrawn already.")
NO_FINDING = Said(
    "Không có phát hiện này, hoặc nó không còn đứng: dấu hiệu đã rút hay đổi, có lần chạy mới hơn, hoặc bạn chưa xem tài khoản"
    " này với một mục đích trong 12 giờ qua.",
    "There is no such finding, or it does not stand any more: its sign was withdrawn or changed, a newer run took its place, or"
    " you have not looked at this account for a purpose within 12 hours.",
)
OTHER_ACCOUNT = Said("Phát hiện này là về một tài khoản khác.", "This finding is about another account.")


@dataclass(frozen=True, slots=True)
class Suspect:
    """An account that a bank suspects, as its list gives it: canonical account, reason code, status code or none."""

    account: str
    reason: int
    status: int | None


@transaction.atomic
def propose_live(officer: Officer, sign: str, why: str, *, now: datetime) -> Switch:
    """Propose that the rule as it stands today gives evidence. It needs a shadow run of this very version.

    Raises InputError `no_rule`, `no_reason`, RefusedError `not_leading`, `no_shadow`, ConflictError `open_already`.
    """
    _require_leading(officer, "signs.propose_live")
    rule = _rule(sign, now)
    count = queries.last_count(sign, rule.version)
    if count is None:
        raise RefusedError("no_shadow", NO_SHADOW)
    try:
        with transaction.atomic():
            switch = Switch.objects.create(
                sign=sign, version=rule.version, run=count.run, assessment=count.assessment, why=_reason(why),
                proposed_by=officer, proposed_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise ConflictError("open_already", OPEN_ALREADY) from error
    _record("signs.propose_live", officer, switch, now)
    return switch


@transaction.atomic
def approve_live(officer: Officer, switch_id: UUID, *, now: datetime) -> Switch:
    """Make it live, by another person with a fresh proof. From now on runs keep what it finds.

    Raises RefusedError `not_leading`, `second_person`, ConflictError `not_proposed`, `other_version`.
    """
    _require_leading(officer, "signs.approve_live")
    switch = _locked(switch_id)
    if switch.proposed_by_id == officer.pk:
        raise RefusedError("second_person", SECOND_PERSON)
    proof.require_fresh(officer, now=now)
    if switch.state != SwitchState.PROPOSED:
        raise ConflictError("not_proposed", NOT_PROPOSED)
    if _rule(switch.sign, now).version != switch.version:
        raise ConflictError("other_version", OTHER_VERSION)
    switch.state, switch.approved_by, switch.approved_at = SwitchState.LIVE, officer, now
    switch.save(update_fields=["state", "approved_by", "approved_at"])
    _record("signs.approve_live", officer, switch, now)
    return switch


@transaction.atomic
def withdraw(officer: Officer, switch_id: UUID, why: str, *, now: datetime) -> Switch:
    """Back into the shadow, or the proposal taken back, by one person: it only makes less. What was kept of it is shown no more.

    Open measures that were proposed on what it found come up for review.
    Raises RefusedError `not_leading`, InputError `no_reason`, ConflictError `withdrawn_already`.
    """
    _require_leading(officer, "signs.withdraw")
    switch = _locked(switch_id)
    if switch.state == SwitchState.WITHDRAWN:
        raise ConflictError("withdrawn_already", WITHDRAWN)
    switch.state, switch.withdrawn_by, switch.withdrawn_at = SwitchState.WITHDRAWN, officer, now
    switch.withdrawn_why = _reason(why)
    switch.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawn_why"])
    _record("signs.withdraw", officer, switch, now)
    resting = queries.resting_on(switch.sign, switch.version)
    measures.open_reviews(resting, switch.subject, actor=officer.actor, now=now)
    return switch


@transaction.atomic
def take_suspects(partner: Partner, suspects: Iterable[Suspect], *, actor: str, now: datetime) -> int:
    """Keep what a bank suspects, with the bank as the source. Told again: the newer codes and time. How many accounts it told.

    They are evidence for who looks and the list for sign S4; nothing is restricted, and no report is made of them.
    """
    told = {one.account: one for one in suspects}
    rows = [
        Suspected(
            source=partner.code, account=one.account, reason=one.reason, status=one.status, first_at=now, last_at=now
        )
        for one in told.values()
    ]
    Suspected.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["account", "source"],
        update_fields=["reason", "status", "last_at"],
    )  # fmt: skip
    data: dict[str, object] = {"accounts": len(rows)}
    ledger.record(actor=actor, verb="signs.take_suspects", subject=f"partner:{partner.code}", data=data, at=now)
    return len(rows)


@transaction.atomic
def look(officer: Officer, account: str, purpose: str, *, now: datetime) -> queries.Known:
    """What live signs and banks say of one exact account, for a purpose that goes into the ledger; the account does not.

    Raises InputError `no_purpose`, `no_account`.
    """
    rights.require(officer, "signs.look")
    stated = queries.purpose_of(purpose)
    canonical = queries.account_of(account)
    known = queries.known_of(canonical, now.astimezone(VIETNAM).date())
    data: dict[str, object] = {"purpose": stated, "signs": [one.sign for one in known.evidence]}
    ledger.record(actor=officer.actor, verb="signs.look", subject=queries.subject_of(canonical), data=data, at=now)
    return known


def open_finding(officer: Officer, ident: int, *, now: datetime) -> queries.Finding:
    """What a live sign found of an account that the officer looked at for a purpose within the last hours.

    Raises InputError `no_finding`.
    """
    rights.require_to_read(officer, "signs.look")
    finding = queries.find_finding(ident, now.astimezone(VIETNAM).date())
    if finding is None or not queries.has_looked(officer, finding.known.account, now=now):
        raise InputError("no_finding", NO_FINDING)
    return finding


@transaction.atomic
def propose_measure(officer: Officer, ident: int, proposal: Proposal, *, now: datetime) -> Measure:
    """`measures.propose` on what a live sign found of that very account. The measure keeps the finding; a second officer decides.

    The sign is locked first: whoever withdraws it meanwhile waits, and finds this measure. Raises as `measures.propose`,
    RefusedError `not_by_engine` for a restriction of the account; InputError `no_finding`, `other_account`.
    """
    rights.require(officer, "signs.look")
    sign = Evidence.objects.filter(pk=ident).values_list("sign", flat=True).first()
    list(Switch.objects.select_for_update(no_key=True).filter(sign=sign, state=SwitchState.LIVE))
    finding = open_finding(officer, ident, now=now)
    told = finding.told
    if proposal.target != Target("account", finding.known.account):
        raise InputError("other_account", OTHER_ACCOUNT, field="object")
    suggested_by = f"{queries.SUGGESTED_BY}{told.sign} {told.version}"
    measure = measures.propose(officer, replace(proposal, suggested_by=suggested_by), now=now)
    Citation.objects.create(
        measure=measure, sign=told.sign, version=told.version, vi=told.said.vi, en=told.said.en, behind_total=told.behind_total,
        source=told.source, run_sha256=told.run_sha256, day=told.day, found_at=told.at,
    )  # fmt: skip
    data: dict[str, object] = {
        "sign": told.sign, "version": told.version, "source": told.source, "run": told.run_sha256, "day": told.day.isoformat(),
    }  # fmt: skip
    about = f"report:{measure.report_id}"
    ledger.record(actor=officer.actor, verb="signs.cite", subject=measure.subject, about=about, data=data, at=now)
    return measure


def _require_leading(officer: Officer, verb: str) -> None:
    rights.require(officer, verb)
    if not rights.leads(officer, verb):
        raise RefusedError("not_leading", NOT_LEADING)


def _rule(sign: str, now: datetime) -> Rule:
    """The rule of that code that is in force today."""
    for rule in rules_on(now.astimezone(VIETNAM).date()):
        if rule.code == sign:
            return rule
    raise InputError("no_rule", NO_RULE, field="sign")


def _locked(switch_id: UUID) -> Switch:
    found = Switch.objects.select_for_update().filter(pk=switch_id).first()
    if found is None:
        raise rights.refusal()
    return found


def _reason(written: str) -> str:
    reason = written.strip()
    if not reason or len(reason) > MOST_REASON or "\0" in reason:
        raise InputError("no_reason", NO_REASON, field="why")
    return reason


def _record(verb: str, officer: Officer, switch: Switch, now: datetime) -> None:
    data: dict[str, object] = {"version": switch.version}
    ledger.record(actor=officer.actor, verb=verb, subject=switch.subject, data=data, at=now)
