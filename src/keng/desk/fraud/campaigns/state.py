"""The one lock under which campaigns change, and the ties of parts turned into heads.

Whoever changes a campaign takes the lock first in this app, after the lock of a report if it has one: docs/operating.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from keng import __version__
from keng.desk.fraud.campaigns import deciding
from keng.desk.fraud.campaigns.models import Judgement, Kind, Named, Part, Pin, Placement, State, Tie
from keng.desk.fraud.campaigns.sums import recount_moved, total_heads

T = TypeVar("T")
ENGINE = f"engine:link-{__version__}"


def lock() -> State:
    """Nobody else changes a campaign before the caller's transaction ends."""
    State.objects.get_or_create(pk=1)
    return State.objects.select_for_update().get(pk=1)


def live(rows: QuerySet[Judgement]) -> QuerySet[Judgement]:
    """Those that nothing undid."""
    return rows.exclude(Exists(Judgement.objects.filter(undoes=OuterRef("pk"))))


def join_kins(parts: Iterable[Part]) -> int:
    """Write down that these were tied by a judgement; the number under which all that is tied to them is found from now on."""
    kins = sorted({part.kin for part in parts})
    first, others = kins[0], kins[1:]
    if others:
        for model in (Part, Judgement, Pin):
            model.objects.filter(kin__in=others).update(kin=first)
    return first


def decide_anew(kins: Collection[int], now: datetime) -> None:
    """Heads and sums of all parts of these kins by the judgements that are live now; what the engine would have moved meanwhile
    out of a campaign that no officer judges any more is moved.
    """
    freed: list[int] = []
    for kin in sorted(set(kins)):
        freed += _decide_kin(kin)
    if freed:
        for kin in _let_strays_go(freed, now):
            _decide_kin(kin)


def _decide_kin(kin: int) -> list[int]:
    """The parts of a kin that an officer's judgement held until now and holds no more."""
    parts = {part.pk: part for part in Part.objects.filter(kin=kin)}
    view = deciding.decide(parts, *_said(kin))
    changed, freed = [], []
    for part in parts.values():
        head, judged = view.head[part.pk], view.head[part.pk] in view.judged
        if part.judged and not judged:
            freed.append(part.pk)
        if (part.head_id, part.judged) != (head, judged):
            part.head_id, part.judged = head, judged
            changed.append(part)
    Part.objects.bulk_update(changed, ["head", "judged"], batch_size=500)
    total_heads(parts.values())
    return freed


def _said(kin: int) -> tuple[list[deciding.Said], list[int]]:
    """All ties of a kin as they are decided by, and the parts that are to stay whole."""
    undone = Exists(Judgement.objects.filter(undoes=OuterRef("judgement")))
    rows = Tie.objects.filter(judgement__kin=kin).select_related("judgement").annotate(is_undone=undone)
    ties = [_tie(row) for row in rows.order_by("pk")]
    held = live(Judgement.objects.filter(kin=kin, kind=Kind.TOGETHER))
    return ties, list(held.values_list("part_id", flat=True))


def _tie(row: Tie) -> deciding.Said:
    judgement = row.judgement
    is_main = judgement.kind == Kind.MERGE and {row.one_id, row.other_id} == {judgement.part_id, judgement.into_id}
    return deciding.Said(
        judgement=judgement.pk,
        one=row.one_id,
        other=row.other_id,
        together=row.together,
        by_officer=judgement.officer_id is not None,
        is_live=not row.is_undone,
        is_split=judgement.kind == Kind.SPLIT and not row.together,
        leads=judgement.into_id if is_main else None,
    )


def _let_strays_go(parts: list[int], now: datetime) -> set[int]:
    """Move what the engine would have elsewhere; the kins in which sums changed."""
    strays = list(Placement.objects.filter(part__in=parts, stray=True).select_related("part", "group"))
    kins = {part.kin for row in strays for part in (row.part, row.group)}
    move({row.pk: (row, row.group_id) for row in strays}, now)
    return kins


def move(targets: Mapping[UUID, tuple[Placement, int]], now: datetime) -> list[Judgement]:
    """The engine takes reports elsewhere: one judgement for each way that they go. The caller sums up the campaigns.

    `targets`: by report, its placement and the part that it goes to.
    """
    ways: dict[tuple[int, int], list[Placement]] = defaultdict(list)
    for row, target in targets.values():
        ways[row.part_id, target].append(row)
    kins = dict(Part.objects.filter(pk__in={before for before, _ in ways}).values_list("pk", "kin"))
    judgements = []
    for (before, after), rows in sorted(ways.items()):
        judgement = Judgement.objects.create(
            kind=Kind.MOVE, by=ENGINE, at=now, kin=kins[before], part_id=before, into_id=after, reports=len(rows)
        )
        put(judgement, rows, after)
        judgements.append(judgement)
    return judgements


def put(judgement: Judgement, rows: Collection[Placement], after: int) -> None:
    """Move reports into a part, sums along with them, and note it with the judgement that says so."""
    Named.objects.bulk_create(
        [Named(judgement=judgement, report_id=row.pk, before_id=row.part_id, after_id=after) for row in rows],
        batch_size=1000,
    )
    before = {row.pk: row.part_id for row in rows}
    changes: dict[str, object] = {"part": after} if judgement.officer_id else {"part": after, "stray": False}
    for some in batched(before, 1000):
        Placement.objects.filter(pk__in=some).update(**changes)
    for row in rows:
        row.part_id = after
    recount_moved(before, rows)


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most so many."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
