"""What is due by the retention table, and what has no rule."""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path

from django.db.models import Q, QuerySet

from keng.base.times import day_in_vietnam
from keng.desk.fraud.erasure.queries import without_what_is_kept
from keng.desk.fraud.reports.models import Report
from keng.desk.steering.retention.kinds import PRUNINGS
from keng.vietnam.rules.retention import keeping, keepings

REPORTS = "reports.Report"
FILES = "file:"


def moment_before(code: str, now: datetime) -> datetime:
    """What happened before this moment has been kept as long as the rule in force says."""
    return now - keeping(code, day_in_vietnam(now)).time


def due_reports(now: datetime) -> QuerySet[Report]:
    """Reports whose time is over and that nothing keeps, the oldest first."""
    before = moment_before(REPORTS, now)
    over = Q(closed_at__lte=before) | Q(closed_at=None, received_at__lte=before)
    return without_what_is_kept(Report.objects.filter(over, erased_at=None)).order_by("received_at")


def due_counts(now: datetime) -> dict[str, int]:
    """How much of each kind is due now; nothing is changed."""
    counts = {code: pruning.due(moment_before(code, now)).count() for code, pruning in PRUNINGS.items()}
    return {REPORTS: due_reports(now).count(), **counts}


def files_without_rule(home: Path, now: datetime) -> list[str]:
    """Files under KENG_HOME for which the table has no row, by their path from there."""
    patterns = [row.code.removeprefix(FILES) for row in keepings(day_in_vietnam(now)) if row.code.startswith(FILES)]
    paths = sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
    return [path for path in paths if not any(fnmatch(path, pattern) for pattern in patterns)]
