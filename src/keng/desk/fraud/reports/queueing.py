"""What waits for a decision, read so that neither a flood nor a million old reports make it slow.

Every open report carries the columns that it is queued by (`columns`), and partial indexes hold the open ones alone. Reading
takes the first rows of a few *bands*, each the beginning of one index: the largest losses of a slot of ten minutes or of a day,
the newest to read of a lane. A million rows in a band cost what a hundred do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Col, Combinable

from keng.desk.fraud.reports.models import Lane, Report
from keng.desk.fraud.reports.reading import day_of, slot_of
from keng.desk.fraud.reports.scope import any_without_owner, within
from keng.desk.fraud.reports.submission import LossTold
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

HORIZON = timedelta(hours=72)  # of a loss that can still be held
SLOTS = 7  # of ten minutes: the last hour, and the one that began
BAND_MOST = 100  # losses of one slot or day
READ_MOST = 100
COUNT_MOST = 2_000
COMMON = ("id", "code", "received_at", "lane")
EACH = 2**31 - 1  # stands for the slot or day of a band until each is put in: no moment of ours has it

Band = tuple[str, tuple[Any, ...]]  # SQL and its parameters


def columns(loss: LossTold | None, now: datetime) -> dict[str, Any]:
    """What a report that comes in `now` is queued by."""
    if loss is None:
        return {"to_read_from": now}
    return {
        "to_hold": loss.amount,
        "sent_slot": slot_of(loss.sent_at),
        "sent_day": day_of(loss.sent_at),
        "to_read_from": max(now, loss.sent_at + HORIZON),
    }


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open report that waits. `amount` and `sent_at` are of its loss; None where there is none, or none to hold any more."""

    report_id: UUID
    code: str
    received_at: datetime
    lane: int
    amount: int | None = None
    sent_at: datetime | None = None


def to_hold(mine: Q, *, now: datetime) -> list[Waiting]:
    """Those of `mine` (a condition on a report) whose loss of the last 72 hours waits for a first decision, band by band, the
    largest of each first.

    The bands: each ten minutes of the last hour, each day before, and by days alone the slower lane. So a flood of small losses or
    of old ones pushes no large fresh one out, and the slower lane pushes nobody out. One query.
    """
    rows = Report.objects.filter(mine, closed_at=None, to_hold__isnull=False)
    rows = rows.filter(to_read_from__gt=now).order_by("-to_hold")
    fields = (*COMMON, "to_hold", "to_read_from")
    normal, later = rows.filter(lane=Lane.NORMAL), rows.filter(lane=Lane.LATER)
    slot, day = slot_of(now), day_of(now)
    days = [day - ago for ago in range(HORIZON.days + 1)]
    bands = [
        *_for_each([slot - ago for ago in range(SLOTS)], normal.filter(sent_slot=EACH), fields),
        *_for_each(days, normal.filter(sent_day=EACH, sent_slot__lte=slot - SLOTS), fields),
        *_for_each(days, later.filter(sent_day=EACH), fields),
    ]
    return [Waiting(*row, sent_at=until - HORIZON) for *row, until in _first_of_each(bands, fields)]


def to_read(mine: Q, *, now: datetime, idle: Combinable | Q) -> list[Waiting]:
    """Those of `mine` for which `idle` holds (both conditions on a report) that wait to be read: without a loss, or whose loss is
    too old to be held. Those first that waited least, the slower lane last. One query.
    """
    rows = Report.objects.filter(mine, idle, closed_at=None, to_read_from__lte=now)
    lanes = [rows.filter(lane=lane).order_by("-to_read_from") for lane in Lane.values]
    bands = [band for lane in lanes if (band := _sql_of(lane[:READ_MOST], COMMON))]
    return [Waiting(*row) for row in _first_of_each(bands, COMMON)[:READ_MOST]]


def open_ones(officer: Officer) -> QuerySet[Report]:
    """The open reports of the officer's units, to be counted; one more than `COUNT_MOST` at most."""
    rows = Report.objects.filter(mine(officer), closed_at=None)
    index = ("lane", "-to_read_from") if rights.leads(officer, "reports.list") else ("owner", "lane", "-to_read_from")
    return rows.order_by(*index)[: COUNT_MOST + 1]  # ordered as an index of open ones is, so that a count stops there


def mine(officer: Officer) -> Q:
    """The condition that a report is of the officer's units, the few of them that have open ones named by number."""
    if rights.leads(officer, "reports.list"):
        return within(officer, "reports.list")
    busy = Exists(Report.objects.filter(owner=OuterRef("pk"), closed_at=None))
    units = rights.may_on(officer, "reports.list").filter(busy)
    mine = Q(owner__among=list(units.values_list("pk", flat=True)))
    return mine | Q(owner=None) if any_without_owner(officer) else mine


def _for_each(values: Sequence[int], band: QuerySet[Report], fields: Sequence[str]) -> list[Band]:
    """The band with each of these values where it says `EACH`. Django writes its SQL once, which takes longer than reading it."""
    written = _sql_of(band[:BAND_MOST], fields)
    if written is None:
        return []
    sql, more = written
    at = more.index(EACH)
    return [(sql, (*more[:at], value, *more[at + 1 :])) for value in values]


def _sql_of(band: QuerySet[Report], fields: Sequence[str]) -> Band | None:
    """The band as SQL with its parameters; None if Django knows that nothing can be in it, such as of an officer without units."""
    try:
        return band.values_list(*fields).query.sql_with_params()
    except EmptyResultSet:
        return None


def _first_of_each(bands: Sequence[Band], fields: Sequence[str]) -> list[tuple[Any, ...]]:
    """These fields of the reports of all bands, in the order of bands and of each band. One query.

    Written as SQL, for Django puts no brackets around the parts of a union, without which SQLite takes no LIMIT in them.
    """
    if not bands:
        return []
    union = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS band_{at}" for at, (sql, _more) in enumerate(bands))  # noqa: S608 - Django's own SQL
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # compiled: Django's own, in Python, takes longer than the database
            from psycopg.types.datetime import TimestamptzLoader

            cursor.cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
        cursor.execute(union, [value for _sql, more in bands for value in more])
        return _as_python(fields, cursor.fetchall())


def _as_python(fields: Sequence[str], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows with values as Python has them: SQLite keeps identifiers and times as text, PostgreSQL gives them as they are."""
    columns = [Report._meta.get_field(name).get_col(Report._meta.db_table) for name in fields]
    converters = {at: made for at, column in enumerate(columns) if (made := connection.ops.get_db_converters(column))}
    if not converters:
        return rows
    return [tuple(_read(value, columns[at], converters.get(at, ())) for at, value in enumerate(row)) for row in rows]


def _read(value: Any, column: Col, converters: Sequence[Any]) -> Any:
    for convert in converters:
        value = convert(value, column, connection)
    return value
