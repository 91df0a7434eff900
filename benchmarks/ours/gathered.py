"""Campaigns for a crowd of poured reports: the rows that linking and its sums would have written, made by a few statements.

All that name the hub stand in one campaign, of 50,000 among a million; the others in campaigns of two hundred by the domain that
they name. Each value that the large one names is counted as the app counts it; of the others the domain alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

GROUPS = 5_000

UNITS = """
INSERT INTO campaigns_unitsum (part_id, unit, reports, lost, first_at, last_at)
SELECT part_id, unit, count(*), coalesce(sum(amount), 0), min(received_at), max(received_at)
FROM campaigns_placement GROUP BY part_id, unit
"""
DAYS = """
INSERT INTO campaigns_unitday (part_id, unit, day, reports, lost)
SELECT part_id, {unit}, {day}, count(*), coalesce(sum(amount), 0) FROM campaigns_placement GROUP BY 1, 2, 3
"""
VALUES = """
INSERT INTO campaigns_valuesum (part_id, unit, digest, kind, value, reports)
SELECT p.part_id, {unit}, i.digest, i.kind, i.value, count(DISTINCT p.report_id)
FROM campaigns_placement p JOIN reports_indicator i ON i.report_id = p.report_id
WHERE p.part_id = %s OR i.kind = 'domain' GROUP BY 1, 2, 3, 4, 5
"""
PARTS = """
UPDATE campaigns_part SET reports = s.n, lost = s.lost, first_at = s.first_at, last_at = s.last_at,
    all_reports = s.n, all_lost = s.lost, all_last_at = s.last_at
FROM (SELECT part_id, count(*) AS n, coalesce(sum(amount), 0) AS lost, min(received_at) AS first_at, max(received_at) AS last_at
      FROM campaigns_placement GROUP BY part_id) AS s
WHERE campaigns_part.id = s.part_id
"""
DAY = {"postgresql": "(received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date", "sqlite": "date(received_at, '+7 hours')"}


def make_parts(now: datetime) -> list[Any]:
    """The campaigns without their reports, the hub's first."""
    from keng.desk.fraud.campaigns.models import Part
    from keng.desk.fraud.campaigns.placing import make_parts

    return make_parts([Part(engine_code=f"BENCH{number}", made_at=now) for number in range(GROUPS + 1)])


def placed(report: Any, part: Any, amount: int | None, why: tuple[str, str]) -> Any:
    """That the report stands in that campaign, because of this kind and value."""
    from keng.desk.fraud.campaigns.models import Placement

    return Placement(
        report_id=report.pk, part=part, first_part=part, group=part, engine="bench", placed_at=report.received_at,
        why_kind=why[0], why_value=why[1], unit=report.owner_id, received_at=report.received_at, amount=amount,
    )  # fmt: skip


def sum_up(hub: Any) -> None:
    """The sums of all that is placed."""
    from django.db import connection, transaction

    from keng.desk.fraud.campaigns.models import ALL_UNITS

    day, units = DAY[connection.vendor], ("unit", str(ALL_UNITS))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNITS)
        for unit in units:
            cursor.execute(DAYS.format(unit=unit, day=day))
            cursor.execute(VALUES.format(unit=unit), [hub.pk])
        cursor.execute(PARTS)
