"""What waits for a decision, read so that neither a flood nor a million old reports make it slow.

Every open report carries the columns that it is queued by (`columns`), and partial indexes hold the open ones alone. Reading
takes the first rows of a few *bands*, each the beginning of one index: the largest losses of a slot of ten minutes or of a day,
the newest to read of a lane. A million rows in a band cost what a hundred do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from keng.desk.fraud.reports.models import Lane, Report
from keng.desk.fraud.reports.reading import day_of, slot_of
from keng.desk.fraud.reports.scope import within
from keng.desk.fraud.reports.submission import LossTold
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

HORIZON = timedelta(hours=72)  # of a loss that can still be held
SLOTS = 7  # of ten minutes: the last hour, and the one that began
BAND_MOST = 100  # losses of one slot or day
READ_MOST = 100


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


def to_hold(officer: Officer, *, now: datetime) -> list[UUID]:
    """Reports whose loss of the last 72 hours waits for a first decision, band by band, the largest of each first.

    The bands: each ten minutes of the last hour, each day before, and by days alone the slower lane. Two queries at most.
    """
    rows = Report.objects.filter(mine(officer), closed_at=None, to_hold__isnull=False)
    rows = rows.filter(to_read_from__gt=now).order_by("-to_hold")
    slot, day = slot_of(now), day_of(now)
    days = [day - ago for ago in range(HORIZON.days + 1)]
    bands = [rows.filter(lane=Lane.NORMAL, sent_slot=slot - ago) for ago in range(SLOTS)]
    bands += [rows.filter(lane=Lane.NORMAL, sent_day=one, sent_slot__lte=slot - SLOTS) for one in days]
    bands += [rows.filter(lane=Lane.LATER, sent_day=one) for one in days]
    return first_of_each(band[:BAND_MOST] for band in bands)


def to_read(officer: Officer, *, now: datetime, waiting: Combinable | Q) -> list[UUID]:
    """Reports that wait to be read: without a loss, or whose loss is too old to be held; those first that waited least, the
    slower lane last. Two queries at most.
    """
    rows = Report.objects.filter(mine(officer), waiting, closed_at=None, to_read_from__lte=now)
    lanes = [rows.filter(lane=lane).order_by("-to_read_from") for lane in Lane.values]
    return first_of_each(lane[:READ_MOST] for lane in lanes)[:READ_MOST]


def mine(officer: Officer) -> Q:
    """The condition that a report is of the officer's units, as the queue's indexes want it: the units that have open ones, by
    number. For who leads, as `within` says it.
    """
    if rights.leads(officer, "reports.list"):
        return within(officer, "reports.list")
    busy = Exists(Report.objects.filter(owner=OuterRef("pk"), closed_at=None))
    units = list(rights.may_on(officer, "reports.list").filter(busy).values_list("pk", flat=True))
    return Q(owner__in=units) | Q(owner=None)


def first_of_each(bands: Iterable[QuerySet[Report]]) -> list[UUID]:
    """The reports of all bands, in their order. One query: SQLite takes no LIMIT in a union but within brackets."""
    parts = [band.values("pk").query.sql_with_params() for band in bands]
    sql = " UNION ALL ".join(f"SELECT * FROM ({part}) AS band_{number}" for number, (part, _more) in enumerate(parts))
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _part, more in parts for value in more])
        return [UUID(str(pk)) for (pk,) in cursor.fetchall()]
