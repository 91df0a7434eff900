"""A model over stored reports, before it goes live: what would be called otherwise. Nothing of a report or its verdict changes.

The order of a person becomes a batch of slices; each slice is a task that reads its reports outside of any transaction and then
writes its sums and its changes with its own completion. The words of a report are read by the machine alone and kept nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from keng.base.errors import ConflictError, InputError, Said
from keng.desk.fraud.corrections import queries
from keng.desk.fraud.corrections.models import Change, Replay, Tally
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.models import Report
from keng.desk.fraud.reports.sealed import unlock
from keng.desk.fraud.verdicts import actions as models
from keng.desk.fraud.verdicts import live
from keng.desk.fraud.verdicts import queries as verdicts
from keng.desk.fraud.verdicts.judging import Judged
from keng.desk.ground.jobs import batches, tasks
from keng.desk.ground.jobs.kinds import Kind, Work, register
from keng.desk.ground.jobs.states import Lane
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.keys.queries import store
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.engines.classify import Model

SLICE = 200  # reports of one task: well under a second
MOST = 2_000_000  # reports of one replay

NOTHING_STORED = Said("Chưa có báo cáo nào để chạy thử.", "No report is stored to try it on.")
BAD_NUMBER = Said("Số báo cáo phải từ 1 đến 2.000.000.", "The number of reports must be 1 to 2,000,000.")


@dataclass(frozen=True, slots=True)
class Compared:
    """A report under both models: the verdict that stands, what the tried model says, and an officer's word (or nothing)."""

    report_id: UUID
    code: str
    was: Judged
    would_be: Judged
    said: str

    @property
    def changes(self) -> bool:
        return self.was.called != self.would_be.called


class Sums:
    """Counts reports by what they are called and would be called, and of those that an officer judged how often either is right."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], Counter[str]] = {}

    def add(self, one: Compared) -> None:
        """Count a report."""
        count = self.counts.setdefault((one.was.called, one.would_be.called), Counter())
        count["reports"] += 1
        count["judged"] += bool(one.said)
        count["was_right"] += one.said == one.was.called
        count["would_be_right"] += one.said == one.would_be.called

    def adding(self, some: Iterable[Compared]) -> Iterator[Compared]:
        """The same reports, counted as they pass."""
        for one in some:
            self.add(one)
            yield one

    def tallies(self) -> list[Tally]:
        """The sums as rows without their replay."""
        fields = ("reports", "judged", "was_right", "would_be_right")
        return [
            Tally(was=was, would_be=would_be, **{name: count[name] for name in fields})
            for (was, would_be), count in sorted(self.counts.items())
        ]


@transaction.atomic
def start(officer: Officer, version: str, *, newest: int, now: datetime) -> Replay:
    """Try a stored model (or the program's own) on the newest reports, as a batch in the background.

    Raises InputError `no_such_model`, `bad_number`, ConflictError `nothing_stored`.
    """
    rights.require(officer, "models.replay")
    if not verdicts.is_known(version):
        raise InputError("no_such_model", models.NOT_KNOWN, field="version")
    bounds, count = _bounds(newest)
    batch = batches.start(SLICES.name, f"model:{version}", officer.actor, now=now)
    replay = Replay.objects.create(
        model=version, against=live.chosen(), batch=batch, made_by=officer.actor, made_at=now, reports=count
    )
    for first, last in bounds:
        payload = {"replay": str(replay.pk), "first": str(first), "last": str(last)}
        tasks.post(kind=SLICES.name, key=f"replay:{replay.pk}:{first}", payload=payload, batch=batch, now=now)
    return replay


def compare(model: Model, rows: Iterable[Report], keys: KeyStore) -> Iterator[Compared]:
    """These reports under the verdict that stands and under another model. A report without a word is left out.

    Two queries for all, where each has its verdict; about half a millisecond a report.
    """
    some = list(rows)
    kept, said = verdicts.of_reports([row.pk for row in some]), queries.standing_of([row.pk for row in some])
    for row in some:
        opened = unlock(row, keys)
        would_be = reports.judge_opened(opened, model=model)
        was = kept.get(row.pk) or reports.verdict_of(opened)
        if was and would_be:
            yield Compared(row.pk, row.code, was, would_be, said.get(row.pk, ""))


def compare_in_slices(model: Model, rows: QuerySet[Report], keys: KeyStore, *, size: int = SLICE) -> Iterator[Compared]:
    """The same for any number, in the order of `rows`, so many at once in memory."""
    coming = rows.iterator(chunk_size=size)
    while some := list(islice(coming, size)):
        yield from compare(model, some, keys)


def readable(newest: int) -> QuerySet[Report]:
    """The newest reports that are not erased, newest first. Raises InputError `bad_number`."""
    if not 1 <= newest <= MOST:
        raise InputError("bad_number", BAD_NUMBER, field="newest")
    return Report.objects.filter(erased_at=None).order_by("-pk")[:newest]


def _bounds(newest: int) -> tuple[list[tuple[UUID, UUID]], int]:
    """The first and last report of each slice, oldest first, and how many reports there are."""
    ids = list(readable(newest).values_list("pk", flat=True))
    if not ids:
        raise ConflictError("nothing_stored", NOTHING_STORED)
    ids.reverse()
    slices = [ids[at : at + SLICE] for at in range(0, len(ids), SLICE)]
    return [(one[0], one[-1]) for one in slices], len(ids)


def _read(payload: dict[str, Any]) -> list[Compared]:
    """What the slice's reports would be called. Those that were erased meanwhile are left out."""
    replay = Replay.objects.get(pk=payload["replay"])
    rows = Report.objects.filter(pk__gte=payload["first"], pk__lte=payload["last"], erased_at=None)
    return list(compare(live.by_version(replay.model), rows.select_related("key", "shared").order_by("pk"), store()))


def _write(work: Work) -> None:
    """The slice's sums and changes."""
    replay, compared = work.payload["replay"], work.prepared
    sums = Sums()
    for one in compared:
        sums.add(one)
    made = sums.tallies()
    for row in made:
        row.replay_id = replay
    Tally.objects.bulk_create(made)
    standing = set(Report.objects.filter(pk__in=[one.report_id for one in compared]).values_list("pk", flat=True))
    Change.objects.bulk_create(
        Change(
            replay_id=replay,
            report_id=one.report_id,
            was=one.was.called,
            would_be=one.would_be.called,
            said=one.said,
            scam_was=one.was.scam,
            scam_would_be=one.would_be.scam,
        )
        for one in compared
        if one.changes and one.report_id in standing
    )


SLICES = register(
    Kind(
        "verdicts.replay",
        Said("Chạy thử mô hình đọc tin trên báo cáo đã có", "A reading model tried on stored reports"),
        _write,
        prepare=_read,
        lane=Lane.BULK,
    )
)
