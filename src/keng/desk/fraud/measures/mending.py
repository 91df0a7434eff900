"""Wrongful measures counted: how many, of which kind, by which unit, why, and how long until they were mended.

No row names a person, an object or a report, so the counts can be given to anybody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.db.models import Count as Counted

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
    """Counts of what the officer's units sent within [since, until), by kind and unit, in that order. Two queries."""
    rights.require_to_read(officer, "measures.list")
    mine = within(officer, "measures.list", at="report__")
    rows = Measure.objects.filter(mine, sent_at__gte=since, sent_at__lt=until)
    wrong: dict[tuple[str, str], list[Measure]] = defaultdict(list)
    for row in rows.exclude(wrong="").select_related("proposed_by"):
        wrong[row.kind, row.proposed_by.unit_name].append(row)
    sent = rows.values_list("kind", "proposed_by__unit_name").annotate(number=Counted("pk"))
    return [_count(kind, unit, number, wrong[kind, unit], now) for kind, unit, number in sorted(sent)]


def hours_out(measure: Measure, now: datetime) -> float:
    """Hours from going out to the end of the effect; to now if it is in force still."""
    assert measure.sent_at is not None, "only what went out is counted"  # noqa: S101 - our own invariant
    return ((over_at(measure, now) or now) - measure.sent_at).total_seconds() / SECONDS_AN_HOUR


def _count(kind: str, unit: str, sent: int, wrong: list[Measure], now: datetime) -> Count:
    hours = [hours_out(row, now) for row in wrong]
    return Count(
        kind=kind,
        unit=unit,
        sent=sent,
        wrong=len(wrong),
        wrong_by_class=tuple(sorted(Counter(row.wrong for row in wrong).items())),
        median_hours=median(hours) if hours else None,
        longest_hours=max(hours, default=None),
    )
