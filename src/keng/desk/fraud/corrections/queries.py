"""Reading for others: what stands on a report, how often the machine was right, what another model would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from keng.base.errors import InputError, Said
from keng.desk.fraud.corrections.models import Change, Correction, Replay, Tally
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.jobs import queries as jobs
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

REPLAYS = 10
CHANGES = 200
OTHERS = 3  # calls that are told beside a row of the table

NO_REPLAY = Said("Không có lần chạy thử này.", "There is no such replay.")


@dataclass(frozen=True, slots=True)
class Rate:
    """How often officers found the machine right where it gave one call. `enough`: sure enough to be told as a rate."""

    judged: int
    right: int
    enough: bool

    @property
    def wrong(self) -> int:
        return self.judged - self.right


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: a model, what it called reports, how often that was right, and what it should have been instead."""

    model: str
    machine: str
    rate: Rate
    instead: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A replay with its progress. Sums over all reports that were read so far."""

    replay: Replay
    progress: jobs.Progress | None
    read: int
    changed: int
    judged: int
    was_right: int
    would_be_right: int


@dataclass(frozen=True, slots=True)
class Move:
    """How many reports would go from one call to another; of those that officers judged, how often either call is right."""

    was: str
    would_be: str
    reports: int
    judged: int
    was_right: int
    would_be_right: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A report that would be called otherwise, by its code."""

    code: str
    was: str
    would_be: str
    said: str
    scam_was: float
    scam_would_be: float


def standing(report_id: UUID) -> Correction | None:
    """What an officer says of the report's verdict now."""
    return Correction.objects.filter(report_id=report_id, undone_at=None).select_related("officer").first()


def standing_of(report_ids: list[UUID]) -> dict[UUID, str]:
    """What officers say of these reports. One query."""
    rows = Correction.objects.filter(report_id__in=report_ids, undone_at=None)
    return dict(rows.values_list("report_id", "said"))


def rate_of(model: str, machine: str, day: date) -> Rate:
    """How often that call of that model was right, where an officer looked. One query."""
    rows = Correction.objects.filter(undone_at=None, model=model, machine=machine)
    counts = rows.aggregate(judged=Count("pk"), right=Count("pk", filter=Q(said=F("machine"))))
    return _rate(counts["judged"], counts["right"], day)


def table(officer: Officer, day: date) -> list[Row]:
    """Every model and call that an officer judged, the most judged first; the machine is judged, so of the whole country."""
    rights.require_to_read(officer, "verdicts.read")
    counts: dict[tuple[str, str], dict[str, int]] = {}
    rows = Correction.objects.filter(undone_at=None).values_list("model", "machine", "said").annotate(n=Count("pk"))
    for model, machine, said, count in rows:
        counts.setdefault((model, machine), {})[said] = count
    found = [_row(model, machine, said, day) for (model, machine), said in counts.items()]
    return sorted(found, key=lambda row: (-row.rate.judged, row.model, row.machine))


def replays(officer: Officer) -> list[Told]:
    """The newest replays with their progress. Three queries and two for the progress."""
    rights.require_to_read(officer, "models.read")
    newest = list(Replay.objects.order_by("-made_at", "-pk")[:REPLAYS])
    progress = jobs.progress_of([one.batch_id for one in newest])
    sums = {row["replay"]: row for row in _sums(Tally.objects.filter(replay__in=newest).values("replay"))}
    return [_told(one, progress.get(one.batch_id), sums.get(one.pk, {})) for one in newest]


def get_replay(officer: Officer, replay_id: UUID) -> Told:
    """One replay. Raises InputError `no_replay`."""
    rights.require_to_read(officer, "models.read")
    row = Replay.objects.filter(pk=replay_id).first()
    if row is None:
        raise InputError("no_replay", NO_REPLAY)
    sums = next(iter(_sums(Tally.objects.filter(replay=row).values("replay"))), {})
    return _told(row, jobs.progress_of([row.batch_id]).get(row.batch_id), sums)


def moves(replay: Replay) -> list[Move]:
    """From what to what, the most frequent first; what stays as it is comes last. One query."""
    rows = _sums(Tally.objects.filter(replay=replay).values("was", "would_be"))
    found = [
        Move(row["was"], row["would_be"], row["all"], row["judged_"], row["was_right_"], row["would_be_right_"])
        for row in rows
    ]
    return sorted(found, key=lambda move: (move.was == move.would_be, -move.reports, move.was, move.would_be))


def changes(officer: Officer, replay: Replay, *, judged: bool, was: str = "", would_be: str = "") -> list[Changed]:
    """The newest reports of the officer's units that would be called otherwise; those that an officer judged apart. One query."""
    rows = Change.objects.filter(within(officer, "reports.list", at="report__"), replay=replay)
    rows = rows.exclude(said="") if judged else rows.filter(said="")
    wanted = {name: value for name, value in (("was", was), ("would_be", would_be)) if value}
    fields = ("report__code", "was", "would_be", "said", "scam_was", "scam_would_be")
    found = rows.filter(**wanted).order_by("-report").values_list(*fields)[:CHANGES]
    return [Changed(*row) for row in found]


def evaluation_rows(since: datetime | None = None) -> Iterator[Correction]:
    """Every word that stands, oldest first, with its report: what `keng verdicts export` writes."""
    rows = Correction.objects.filter(undone_at=None, **({"at__gte": since} if since else {}))
    return rows.select_related("report").order_by("at", "pk").iterator(chunk_size=500)


def _rate(judged: int, right: int, day: date) -> Rate:
    return Rate(judged, right, judged >= rules.limit("verdicts.enough", day).value)


def _row(model: str, machine: str, said: dict[str, int], day: date) -> Row:
    instead = sorted((call for call in said.items() if call[0] != machine), key=lambda call: (-call[1], call[0]))
    return Row(model, machine, _rate(sum(said.values()), said.get(machine, 0), day), tuple(instead[:OTHERS]))


def _sums(rows):  # type: ignore[no-untyped-def] # Django's rows of dictionaries
    return rows.annotate(
        all=Sum("reports"),
        judged_=Sum("judged"),
        was_right_=Sum("was_right"),
        would_be_right_=Sum("would_be_right"),
        changed_=Sum("reports", filter=~Q(was=F("would_be")), default=0),
    ).order_by()


def _told(replay: Replay, progress: jobs.Progress | None, sums: dict[str, int]) -> Told:
    names = ("all", "changed_", "judged_", "was_right_", "would_be_right_")
    return Told(replay, progress, *(sums.get(name) or 0 for name in names))
