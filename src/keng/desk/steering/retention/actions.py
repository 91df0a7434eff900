"""Letting go what is over: in small transactions, each complete in itself, so that it may be killed and run again at any moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from keng.desk.fraud.erasure import actions as erasure
from keng.desk.fraud.erasure.queries import why_kept
from keng.desk.fraud.reports.models import ErasedWhy, Report
from keng.desk.ground.ledger import actions as ledger
from keng.desk.steering.retention.kinds import PRUNINGS
from keng.desk.steering.retention.queries import REPORTS, due_reports, moment_before

ACTOR = "system:retention"
BATCH = 100
EVERY = timedelta(hours=1)

_last_complete: datetime | None = None  # of this process: when it last found nothing more to do


def keep_house(*, now: datetime) -> int:
    """One batch of each kind, at most once an hour if nothing was left over; for the worker. Returns how much went."""
    global _last_complete  # noqa: PLW0603 - a worker that starts anew looks at once
    if _last_complete is not None and abs(now - _last_complete) < EVERY:
        return 0
    done = run(now=now)
    if not any(count >= BATCH for count in done.values()):
        _last_complete = now
    return sum(done.values())


def run(*, now: datetime, most: int = BATCH) -> dict[str, int]:
    """One batch of each kind. Returns how many of each went; all zero when nothing is due."""
    return {REPORTS: _erase_reports(now, most), **{code: _prune(code, now, most) for code in PRUNINGS}}


def _erase_reports(now: datetime, most: int) -> int:
    return sum(_erase(pk, now) for pk in list(due_reports(now).values_list("pk", flat=True)[:most]))


@transaction.atomic
def _erase(report_id: UUID, now: datetime) -> bool:
    """Erase one report, unless something that forbids it came in the meantime."""
    report = Report.objects.select_for_update().get(pk=report_id)
    if why_kept(report_id):
        return False
    return erasure.destroy(report, ErasedWhy.RETENTION, actor=ACTOR, now=now)


@transaction.atomic
def _prune(code: str, now: datetime, most: int) -> int:
    pruning, before = PRUNINGS[code], moment_before(code, now)
    due = list(pruning.due(before).values_list("pk", flat=True)[:most])
    if not due:
        return 0
    count = pruning.prune(pruning.due(before).filter(pk__in=due))
    if count:
        data = {"kind": code, "rows": count}
        ledger.record(actor=ACTOR, verb="retention.prune", subject=f"retention:{code}", data=data, at=now)
    return count
