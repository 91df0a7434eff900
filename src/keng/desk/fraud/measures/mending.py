"""Wrongful measures counted: how many, of which kind, by which unit, why, and how long until they were mended.

No row names a person, an object or a report, so the counts can be given to anybody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from keng.desk.fraud.measures.ending import over_at
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

SECONDS_AN_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Count:
    """Measures of one kind that one unit sent within a period. Hours run from going out to the end of the effect.

    `wrong_by_class`: (class, count), the classes in order. The hours are None where none was wrong.
    """

    kind: str
    unit: str
    sent: int
    wrong: int
    wrong_by_class: tuple[tuple[str, int], ...]
    median_hours: float | None
    longest_hours: float | None


def count_wrong(officer: Officer, *, since: datetime, until: datetime, now: datetime) -> list[Count]:
    """Counts of what the officer's units sent within [since, until), by kind and unit, in that order."""
    rights.require(officer, "measures.list")
    mine = within(officer, "measures.list", at="report__")
    rows = Measure.objects.filter(mine, sent_at__gte=since, sent_at__lt=until).select_related("proposed_by")
    groups: dict[tuple[str, str], list[Measure]] = defaultdict(list)
    for row in rows.iterator(chunk_size=1000):
        groups[row.kind, row.proposed_by.unit_name].append(row)
    return [_count(kind, unit, group, now) for (kind, unit), group in sorted(groups.items())]


def hours_out(measure: Measure, now: datetime) -> float:
    """Hours from going out to the end of the effect; to now if it is in force still."""
    assert measure.sent_at is not None, "only what went out is counted"  # noqa: S101 - our own invariant
    return ((over_at(measure, now) or now) - measure.sent_at).total_seconds() / SECONDS_AN_HOUR


def _count(kind: str, unit: str, group: Iterable[Measure], now: datetime) -> Count:
    rows = list(group)
    wrong = [row for row in rows if row.wrong]
    hours = [hours_out(row, now) for row in wrong]
    return Count(
        kind=kind,
        unit=unit,
        sent=len(rows),
        wrong=len(wrong),
        wrong_by_class=tuple(sorted(Counter(row.wrong for row in wrong).items())),
        median_hours=median(hours) if hours else None,
        longest_hours=max(hours, default=None),
    )
