"""A campaign of 50,000 reports among a million: what an officer's page asks of it, and one report placed into it.

`KENG_HOME=... python -m benchmarks.ours.campaigns [REPORTS]` on an empty database: rows are poured in (no texts), then each query
of the page is timed in this process.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import django

TIMES = 40
LARGE = 50_000  # reports of the large campaign
SMALL = 5  # and of every other
UNITS = 60
NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)


def main(total: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keng.site.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from keng.desk.fraud.campaigns import queries
    from keng.desk.ground.organisations import queries as organisations
    from keng.desk.ground.organisations.actions import NewOrganisation, add
    from keng.desk.ground.people.actions import enrol

    chief = enrol("trung-tam", "T", "Trung tâm", "officer", now=NOW)
    centre = organisations.find_centre(NOW.date())
    units = [add(NewOrganisation(f"u-{n}", "province", f"Tỉnh {n}", parent=centre), now=NOW) for n in range(UNITS)]
    province = enrol("tinh", "P", "", "officer", now=NOW, organisation=units[0])
    officers = {"the centre": chief, "a province": province}
    began = time.perf_counter()
    code = _pour(total, [unit.pk for unit in units])
    print(f"{total:,} reports poured in: {time.perf_counter() - began:.0f} s", flush=True)
    asks: dict[str, Callable[[Any], object]] = {
        "get_campaign": lambda who: queries.get_campaign(who, code),
        "members_of": lambda who: queries.members_of(who, code),
        "values_of": lambda who: queries.values_of(who, code),
        "growth_of": lambda who: queries.growth_of(who, code),
        "localities_of": lambda who: queries.localities_of(who, code),
        "graph_of": lambda who: queries.graph_of(who, code),
        "suggestions_of": lambda who: queries.suggestions_of(who, code),
        "history_of": lambda who: queries.history_of(who, code),
        "next_measures": lambda who: queries.next_measures(who, code, now=NOW),
        "campaigns": queries.campaigns,
    }
    for who, officer in officers.items():
        for name, ask in asks.items():
            taken = sorted(_timed(ask, officer) for _ in range(TIMES))
            print(
                f"{who} | {name} | p50 {taken[TIMES // 2]:.1f} ms | p95 {taken[int(TIMES * 0.95)]:.1f} ms", flush=True
            )


def _timed(ask: Callable[[Any], object], officer: Any) -> float:
    began = time.perf_counter()
    ask(officer)
    return 1000 * (time.perf_counter() - began)


def _pour(total: int, units: list[int]) -> str:
    """All rows in one transaction, the sums by the database. SQLite alone."""
    from django.db import connection, transaction

    from keng.base.identifiers import new_id
    from keng.desk.fraud.campaigns import placing
    from keng.desk.fraud.campaigns.models import Part
    from keng.desk.fraud.reports.sightings import digest_of

    def rows() -> Iterator[tuple[list[Any], list[Any], list[list[Any]]]]:
        for n in range(total):
            part = parts[0] if n < LARGE else parts[1 + (n - LARGE) // SMALL]
            at = (NOW - timedelta(seconds=(n * 7919) % (30 * 86_400))).strftime("%Y-%m-%d %H:%M:%S")
            pk, amount, unit = new_id().hex, 1_000_000 + n if n % 3 == 0 else None, units[n % UNITS]
            report = [pk, f"TB-{n:08}", n.to_bytes(32, "big"), "web", at, b"x", bytes(32), "bench", unit, at]
            told = [("phone", f"+849{part % 10**8:08}"), ("account", f"970436:{n % 500:04}{part:08}")]
            told.append(("url", f"https://a.example/{n}"))
            found = [[pk, kind, value, digest_of(kind, value), 0, 1] for kind, value in told]
            yield report, [pk, part, part, part, "bench", at, unit, at, amount], found

    with transaction.atomic(), connection.cursor() as cursor:
        parts = [row.pk for row in placing.make_parts([Part(made_at=NOW) for _ in range(1 + (total - LARGE) // SMALL)])]
        source = rows()
        while some := list(islice(source, 20_000)):
            cursor.executemany(INTO_REPORT, [report for report, _, _ in some])
            cursor.executemany(INTO_PLACEMENT, [placement for _, placement, _ in some])
            cursor.executemany(INTO_INDICATOR, [one for _, _, found in some for one in found])
        for statement in SUMS:
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    return Part.objects.get(pk=parts[0]).code


INTO_REPORT = (
    "INSERT INTO reports_report (id, code, receipt_hash, channel, received_at, original, original_sha256, engine, owner_id,"
    " to_read_from, lane, place_code, route, closed_reason, erased_why) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,0,'','','','')"
)
INTO_PLACEMENT = (
    "INSERT INTO campaigns_placement (report_id, part_id, first_part_id, group_id, engine, placed_at, unit, received_at, amount,"
    " stray, why_kind, why_value) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,0,'','')"
)
INTO_INDICATOR = (
    'INSERT INTO reports_indicator (report_id, kind, value, digest, start, "end") VALUES (%s,%s,%s,%s,%s,%s)'
)
FIGURES = "COUNT(*), COALESCE(SUM(amount), 0)"
ENDS = "MIN(received_at), MAX(received_at)"
BY_UNIT = ("unit", "0")
SUMS = (
    f"INSERT INTO campaigns_unitsum (part_id, unit, reports, lost, first_at, last_at) SELECT part_id, unit, {FIGURES}, {ENDS}"
    " FROM campaigns_placement GROUP BY part_id, unit",
    *(
        f"INSERT INTO campaigns_unitday (part_id, unit, day, reports, lost) SELECT part_id, {unit}, date(received_at, '+7 hours'),"
        f" {FIGURES} FROM campaigns_placement GROUP BY 1, 2, 3"
        for unit in BY_UNIT
    ),
    *(
        f"INSERT INTO campaigns_valuesum (part_id, unit, digest, kind, value, reports) SELECT part_id, {unit}, digest, kind, value,"
        " COUNT(*) FROM campaigns_placement JOIN reports_indicator USING (report_id) GROUP BY 1, 2, 3, 4, 5"
        for unit in BY_UNIT
    ),
    f"UPDATE campaigns_part SET (reports, lost, first_at, last_at) = (SELECT {FIGURES}, {ENDS} FROM campaigns_placement AS p"
    " WHERE p.part_id = campaigns_part.id)",
    "UPDATE campaigns_part SET all_reports = reports, all_lost = lost, all_last_at = last_at",
)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
