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
from keng.desk.fraud.erasure import pruning as erasure
from keng.desk.fraud.measures import pruning as measures
from keng.desk.fraud.reports import sealed as reports
from keng.desk.ground.jobs import pruning as jobs
from keng.desk.ground.keys.actions import SealedKind
from keng.desk.ground.looks import pruning as looks
from keng.desk.ground.partners import pruning as partners
from keng.desk.ground.people import pruning as people

SEALED_KINDS: tuple[SealedKind, ...] = (reports.KEYS, appeals.KEYS)


def delete(rows: QuerySet[Any]) -> int:
    """Remove the rows."""
    return rows.delete()[0]


def dead_sessions(before: datetime) -> QuerySet[Session]:
    """Sessions that ended before that moment."""
    return Session.objects.filter(expire_date__lte=before)


@dataclass(frozen=True, slots=True)
class Pruning:
    """`due` gives the rows whose event lies before a moment; `prune` lets them go and says how many."""

    due: Callable[[datetime], QuerySet[Any]]
    prune: Callable[[QuerySet[Any]], int] = delete


PRUNINGS: dict[str, Pruning] = {
    "measures.Measure": Pruning(measures.ended, measures.empty),
    "measures.Answer": Pruning(measures.stray_answers),
    "appeals.Appeal": Pruning(appeals_pruning.decided, appeals_pruning.destroy_texts),
    "erasure.Erasure": Pruning(erasure.answered),
    "erasure.LegalHold": Pruning(erasure.released),
    "looks.Withholding": Pruning(looks.old_decisions),
    "jobs.Outgoing": Pruning(jobs.sent_bodies, jobs.empty),
    "partners.Inbound": Pruning(partners.old_ids),
    "people.EntryLink": Pruning(people.dead_links),
    "sessions.Session": Pruning(dead_sessions),
}
