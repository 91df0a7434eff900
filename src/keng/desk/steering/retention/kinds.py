"""Which table goes how, when its time is over; and which tables hold keys sealed by a key of ours. Tests hold both complete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.appeals import pruning as appeals_pruning
from keng.desk.fraud.campaigns import pruning as campaigns
from keng.desk.fraud.corrections import pruning as corrections
from keng.desk.fraud.erasure import pruning as erasure
from keng.desk.fraud.followup import codes as followup_codes
from keng.desk.fraud.followup import pruning as followup
from keng.desk.fraud.followup import words as followup_words
from keng.desk.fraud.jurisdiction import pruning as jurisdiction
from keng.desk.fraud.measures import pruning as measures
from keng.desk.fraud.registers import pruning as registers
from keng.desk.fraud.registers import sealed as registers_sealed
from keng.desk.fraud.reports import pruning as reports
from keng.desk.fraud.reports import sealed
from keng.desk.fraud.signs import pruning as signs
from keng.desk.ground.citizens import pruning as citizens
from keng.desk.ground.duty import pruning as duty
from keng.desk.ground.jobs import pruning as jobs
from keng.desk.ground.keys.actions import SealedKind
from keng.desk.ground.looks import pruning as looks
from keng.desk.ground.organisations import pruning as organisations
from keng.desk.ground.partners import pruning as partners
from keng.desk.ground.people import pruning as people
from keng.desk.ground.signin import pruning as signin
from keng.desk.ground.sms import actions as sms_actions
from keng.desk.ground.sms import pruning as sms
from keng.desk.ground.upkeep import pruning as upkeep

SEALED_KINDS: tuple[SealedKind, ...] = (
    sealed.KEYS,
    sealed.SHARED_KEYS,
    appeals.KEYS,
    followup_codes.KEYS,
    followup_words.KEYS,
    signin.AUTHENTICATORS,
    sms_actions.PARTS,
    registers_sealed.KEYS,
)
SWEPT_BY_THE_GATE = frozenset({"gate.Count", "gate.Spent"})  # every minute, by gate.actions.forget: counters, no acts


def delete(rows: QuerySet[Any]) -> int:
    """Remove the rows."""
    return rows.delete()[0]


def dead_sessions(before: datetime) -> QuerySet[Session]:
    """Sessions that ended before that moment."""
    return Session.objects.filter(expire_date__lte=before)


def empty_measures(rows: QuerySet[Any]) -> int:
    """Let measures go with what signs found of their objects."""
    signs.empty_citations(rows.values_list("pk", flat=True))
    return measures.empty(rows)


@dataclass(frozen=True, slots=True)
class Pruning:
    """`due` gives the rows whose event lies before a moment; `prune` lets them go and says how many."""

    due: Callable[[datetime], QuerySet[Any]]
    prune: Callable[[QuerySet[Any]], int] = delete


PRUNINGS: dict[str, Pruning] = {
    "reports.SharedOriginal": Pruning(reports.unshared),
    "jurisdiction.Handover": Pruning(jurisdiction.of_the_erased, jurisdiction.empty),
    "measures.Measure": Pruning(measures.ended, empty_measures),
    "measures.Answer": Pruning(measures.stray_answers),
    "measures.FilledSheet": Pruning(measures.old_sheets),
    "campaigns.Judgement": Pruning(campaigns.old_judgements, campaigns.empty),
    "appeals.Appeal": Pruning(appeals_pruning.decided, appeals_pruning.destroy_texts),
    "followup.Case": Pruning(followup.over, followup.empty),
    "followup.Batch": Pruning(followup.without_cases, followup.destroy_keys),
    "corrections.Replay": Pruning(corrections.old_replays),
    "signs.Evidence": Pruning(signs.old_evidence),
    "signs.Run": Pruning(signs.old_runs),
    "signs.Suspected": Pruning(signs.old_suspicions),
    "erasure.Erasure": Pruning(erasure.answered),
    "erasure.LegalHold": Pruning(erasure.released),
    "registers.Register": Pruning(registers.over, registers.empty),
    "registers.Asked": Pruning(registers.old_questions),
    "registers.Guessing": Pruning(registers.settled),
    "looks.Withholding": Pruning(looks.old_decisions),
    "jobs.Outgoing": Pruning(jobs.sent_bodies, jobs.empty),
    "jobs.Task": Pruning(jobs.done_tasks, jobs.empty_tasks),
    "partners.Inbound": Pruning(partners.old_ids),
    "organisations.ContactPoint": Pruning(organisations.ended_contacts),
    "upkeep.Proposal": Pruning(upkeep.decided),
    "duty.HeldSkill": Pruning(duty.ended_skills),
    "duty.Shift": Pruning(duty.old_shifts),
    "sms.Heard": Pruning(sms.heard),
    "sms.Part": Pruning(sms.lonely_parts),
    "sms.Segment": Pruning(sms.old_segments),
    "people.EntryLink": Pruning(people.dead_links),
    "signin.Visit": Pruning(signin.old_visits),
    "signin.Passkey": Pruning(signin.removed_passkeys),
    "signin.Authenticator": Pruning(signin.dead_authenticators),
    "signin.OneUseCode": Pruning(signin.dead_codes),
    "signin.Pause": Pruning(signin.old_pauses),
    "citizens.Stay": Pruning(citizens.old_stays),
    "citizens.Kept": Pruning(citizens.old_receipts),
    "citizens.Identity": Pruning(citizens.with_nothing_left),
    "sessions.Session": Pruning(dead_sessions),
}
