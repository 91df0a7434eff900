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
PAGE = 50  # reports that a page lists
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

# Which of these digests any place names: each is looked for until one place is found, however many there are.
NAMED = """
WITH wanted (digest) AS (VALUES {})
SELECT digest FROM wanted WHERE EXISTS (SELECT 1 FROM reports_indicator WHERE reports_indicator.digest = wanted.digest)
"""

Value = tuple[str, str]  # kind and canonical value


@dataclass(frozen=True, slots=True)
class Count:
    """How many reports; `more` if there are more than were counted."""

    reports: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Sightings:
    """A page of the reports that name a value, the newest first; how many there are from here on; where the next page begins."""

    rows: list[Sighting]
    count: Count
    older: int | None


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


def find_sightings(officer: Officer, kind: str, value: str, *, before: int | None = None) -> Sightings:
    """The newest of the officer's reports that name the value. `before`: the `older` of the page before. Three queries.

    A page looks at the next 400 places that name the value in the whole country, whosever they are, and shows the reports of 50
    of them at most: so its cost has a bound, and page by page every report of the officer comes.
    """
    rights.require_to_read(officer, "reports.list")
    places = _naming(kind, value).order_by("-pk")
    looked = list((places.filter(pk__lt=before) if before else places).values_list("pk", "report_id")[: 2 * MOST])
    mine = Report.objects.filter(within(officer, "reports.list"), pk__in={report for _place, report in looked})
    seen = set(mine.values_list("pk", flat=True))
    wanted = [(place, report) for place, report in looked if report in seen]
    ids = list(dict.fromkeys(report for _place, report in wanted))
    shown = set(ids[:PAGE])
    rows = Report.objects.filter(pk__in=shown).select_related("loss").defer("original").order_by("-received_at")
    is_cut = len(looked) == 2 * MOST
    more = len(ids) > MOST or (is_cut and rights.leads(officer, "reports.list"))
    last = next((place for place, report in wanted if report not in shown), None)
    older = last + 1 if last else looked[-1][0] if is_cut else None
    return Sightings([_sighting(row) for row in rows], Count(min(len(ids), MOST), more=more), older)


def find_named(kind: str, values: Iterable[str]) -> list[str]:
    """Those of the values that some report names, in their order. One query. Which report, `find_sightings` tells who may know."""
    wanted = {value: digest_of(kind, value) for value in values}
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NAMED.format(", ".join(["(%s)"] * len(wanted))), list(wanted.values()))
        named = {bytes(digest) for (digest,) in cursor.fetchall()}
    return [value for value, digest in wanted.items() if digest in named]


def _naming(kind: str, value: str) -> QuerySet[Indicator]:
    """The places that name a value, by its digest alone: with kind and value besides, PostgreSQL takes them for few, and sorts
    all the 50,000 of an account that a whole wave names.
    """
    return Indicator.objects.filter(digest=digest_of(kind, value))


def _sighting(row: Report) -> Sighting:
    loss = getattr(row, "loss", None)
    return Sighting(row.code, row.channel, row.received_at, row.closed_at is not None, loss.amount if loss else None)
