"""Where else an indicator was told: which reports name a value.

A value is looked up by its digest, so that a link of 2,000 letters costs no more than a telephone number, and every count stops at
`MOST`: a value that a million reports name is told as "more than" and costs what the others cost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from keng.desk.fraud.reports.models import Indicator, Report
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

MOST = 200  # reports that are counted or listed for one value
MOST_VALUES = 40  # different values of one report that are looked up
DIGEST_BYTES = 16

# The rows of one value are read until MOST + 1 of them are there, whatever else names it. Both databases take it as it stands.
ELSEWHERE = """
SELECT own.kind, own.value, (
    SELECT COUNT(DISTINCT found.report_id) FROM (
        SELECT report_id FROM reports_indicator WHERE digest = own.digest AND report_id <> own.report_id ORDER BY id DESC LIMIT %s
    ) AS found
) FROM (
    SELECT kind, value, digest, report_id, MIN(id) AS first FROM reports_indicator WHERE report_id = %s
    GROUP BY kind, value, digest, report_id
) AS own ORDER BY own.first LIMIT %s
"""

Value = tuple[str, str]  # kind and canonical value


@dataclass(frozen=True, slots=True)
class Count:
    """How many reports; `more` if there are more than were counted."""

    reports: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """A report that names the value. Nothing of its text is read for it."""

    code: str
    channel: str
    received_at: datetime
    is_closed: bool
    amount: int | None


def digest_of(kind: str, value: str) -> bytes:
    """What an indicator is looked up by."""
    return hashlib.sha256(f"{kind}:{value}".encode()).digest()[:DIGEST_BYTES]


def elsewhere(report: Report) -> dict[Value, Count]:
    """In how many other reports each value of this one was told, in the order of its text; the first forty. One query."""
    own = Report._meta.pk.get_db_prep_value(report.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE, [MOST + 1, own, MOST_VALUES])
        rows = cursor.fetchall()
    return {(kind, value): Count(min(reports, MOST), more=reports > MOST) for kind, value, reports in rows}


def count_others(report_id: UUID, kind: str, value: str) -> int:
    """How many other reports name a value: 200 at most."""
    found = _naming(kind, value).exclude(report=report_id).order_by("-pk")
    return len(set(found.values_list("report_id", flat=True)[:MOST]))


def find_sightings(officer: Officer, kind: str, value: str) -> tuple[list[Sighting], Count]:
    """The newest of the officer's reports that name the value, and how many there are. Two queries, one more for who leads.

    Looked for among the newest 400 places that name it in the whole country, so that the cost has a bound.
    """
    rights.require(officer, "reports.list")
    newest = list(_naming(kind, value).order_by("-pk").values_list("report_id", flat=True)[: 2 * MOST])
    wanted = list(dict.fromkeys(newest))
    rows = (
        Report.objects.filter(within(officer, "reports.list"), pk__in=wanted[:MOST])
        .select_related("loss")
        .order_by("-received_at")
    )
    found = [_sighting(row) for row in rows.defer("original")]
    if not rights.leads(officer, "reports.list"):
        return found, Count(len(found))
    return found, Count(min(len(wanted), MOST), more=len(wanted) > MOST or len(newest) == 2 * MOST)


def find_named(kind: str, values: Iterable[str]) -> list[str]:
    """Those of the values that some report names, in their order. One query. Which report, `find_sightings` tells who may know."""
    wanted = list(values)
    rows = Indicator.objects.filter(digest__in=[digest_of(kind, value) for value in wanted], kind=kind)
    named = set(rows.values_list("value", flat=True).distinct())
    return [value for value in wanted if value in named]


def _naming(kind: str, value: str) -> QuerySet[Indicator]:
    return Indicator.objects.filter(digest=digest_of(kind, value), kind=kind, value=value)


def _sighting(row: Report) -> Sighting:
    loss = getattr(row, "loss", None)
    return Sighting(row.code, row.channel, row.received_at, row.closed_at is not None, loss.amount if loss else None)
