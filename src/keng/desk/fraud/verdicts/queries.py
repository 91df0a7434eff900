"""Reading verdicts and models for others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keng.desk.fraud.verdicts import live
from keng.desk.fraud.verdicts.judging import Judged, as_judged
from keng.desk.fraud.verdicts.models import Choice, StoredModel, Verdict
from keng.engines.classify import shipped


@dataclass(frozen=True, slots=True)
class Known:
    """A model that may read reports. `added_at` is None for the program's own; `live_since` None unless it is live now."""

    version: str
    added_at: datetime | None
    added_by: str
    is_live: bool
    live_since: datetime | None


def of_report(report_id: UUID) -> Judged | None:
    """The verdict that stands in a report's own row."""
    row = Verdict.objects.filter(pk=report_id).first()
    return as_judged(row) if row else None


def of_reports(report_ids: Collection[UUID]) -> dict[UUID, Judged]:
    """The same for many. One query."""
    return {row.pk: as_judged(row) for row in Verdict.objects.filter(pk__in=report_ids)}


def models() -> list[Known]:
    """The program's own model, then the stored ones, newest first. Two queries."""
    newest = Choice.objects.select_related("model").defer("model__body").order_by("-at", "-pk").first()
    now = newest.model.version if newest and newest.model else shipped().version
    since = newest.at if newest else None
    stored = StoredModel.objects.defer("body").order_by("-added_at", "-pk")
    own = Known(shipped().version, None, "", now == shipped().version, since if now == shipped().version else None)
    return [own] + [
        Known(row.version, row.added_at, row.added_by, row.version == now, since if row.version == now else None)
        for row in stored
    ]


def is_known(version: str) -> bool:
    """Whether a model of that version is carried by the program or stored."""
    return version == shipped().version or StoredModel.objects.filter(version=version).exists()


def live_version() -> str:
    """The version of the live model, from the database."""
    return live.chosen()
