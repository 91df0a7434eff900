"""Writing down what the engine found: new reports in their parts, groups that became one, reports that went elsewhere.

One transaction a batch, under the app's lock. What officers judged is left as they judged it: then the engine's opinion is
only noted (`stray`), and takes effect if their judgements are undone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from keng import __version__
from keng.base.identifiers import new_code
from keng.desk.fraud.campaigns import pins
from keng.desk.fraud.campaigns.losses import join_events, loss_key
from keng.desk.fraud.campaigns.models import NO_UNIT, Judgement, Kind, Leaning, Part, Placement, State, Tie
from keng.desk.fraud.campaigns.state import ENGINE, decide_anew, join_kins, lock, move
from keng.desk.fraud.campaigns.sums import count, total_campaigns
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import actions as ledger
from keng.engines import link as engine

ACTOR = "system:linker"
SUBJECT = "campaigns:all"
CODE_TRIES = 3


@dataclass(frozen=True, slots=True)
class New:
    """A report that was linked. `near`: reports of the same group, the one that speaks for it first; `why_*` is about that one."""

    report: UUID
    code: str
    near: tuple[UUID, ...] = ()
    why_kind: str = ""
    why_value: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """A group that went into another one, whole. `near`: reports of that one which speak for it."""

    code: str
    into: str
    near: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What changed in the engine's eyes. Codes are the engine's own. `moved`: by report, the code under which it stands now;
    `rows`: reports in the engine's state afterwards.
    """

    rows: int
    new: Sequence[New] = ()
    merged: Sequence[Merged] = ()
    moved: Mapping[UUID, str] = field(default_factory=dict)


@transaction.atomic
def write_down(found: Found, keys: KeyStore, *, now: datetime) -> None:
    """Bring the campaigns to what the engine found. Placing a report again changes nothing."""
    state = lock()
    apply(found, keys, now)
    state.rows = found.rows
    state.save(update_fields=["rows"])


def apply(found: Found, keys: KeyStore, now: datetime) -> None:
    """The same within the caller's transaction and lock."""
    codes = {one.code for one in found.new} | set(found.moved.values())
    codes |= {code for one in found.merged for code in (one.code, one.into)}
    roots = _roots(codes, now)
    kins = _merge(found.merged, roots, now)
    if kins:
        decide_anew(kins, now)
    touched = _move(found.moved, roots, now)
    placed = _place(found.new, roots, keys, now)
    touched |= {row.part_id for row in placed}
    total_campaigns({head for head in Part.objects.filter(pk__in=touched).values_list("head", flat=True) if head})
    if placed or found.merged or found.moved:
        data = {"engine": __version__, "reports": len(placed), "merged": len(found.merged), "moved": len(found.moved)}
        ledger.record(actor=ACTOR, verb="campaigns.place", subject=SUBJECT, data=dict(data), at=now)


@transaction.atomic
def note_leanings(found: Sequence[engine.Leaning]) -> None:
    """What the engine would ask a person, in place of what it asked before."""
    lock()
    codes = {code for one in found for code in (one.code, one.other)}
    parts = dict(Part.objects.filter(engine_code__in=codes).values_list("engine_code", "pk"))
    known = [one for one in found if one.code in parts and one.other in parts]
    Leaning.objects.all().delete()
    Leaning.objects.bulk_create(
        [
            Leaning(one_id=parts[one.code], other_id=parts[one.other], place=place, belief=one.belief, time=one.time)
            for place, one in enumerate(known)
        ],
        batch_size=500,
    )


def _roots(codes: set[str], now: datetime) -> dict[str, Part]:
    """The part that the engine knows by each code; made if there is none."""
    roots = {part.engine_code: part for part in Part.objects.filter(engine_code__in=codes)}
    missing = sorted(codes - roots.keys())
    made = make_parts([Part(engine_code=code, made_at=now) for code in missing])
    return {**{str(code): part for code, part in roots.items()}, **dict(zip(missing, made, strict=True))}


def make_parts(parts: list[Part]) -> list[Part]:
    """Write new parts, each with a code of its own; each is its own head, and tied to nothing unless it has a parent."""
    if not parts:
        return []
    taken: set[str] = set()
    for part in parts:
        while not part.code or part.code in taken:
            part.code = new_code("CD")
        taken.add(part.code)
    known = set(Part.objects.filter(code__in=taken).values_list("code", flat=True))
    for part in parts:
        while part.code in known:
            part.code = new_code("CD")
        part.kin = part.kin or 0
    rows = Part.objects.bulk_create(parts, batch_size=500)
    for row in rows:
        row.head_id, row.kin = row.pk, row.kin or row.pk
    Part.objects.bulk_update(rows, ["head", "kin"], batch_size=500)
    return rows


def _merge(merged: Iterable[Merged], roots: dict[str, Part], now: datetime) -> set[int]:
    """Tie parts that the engine holds for one; the kins in which something changed.

    If what speaks for it stands in a part that an officer judged about, its reports go there rather than where the rest of that
    group stands.
    """
    pairs = []
    for one in merged:
        went, stays = Part.objects.get(pk=roots[one.code].pk), Part.objects.get(pk=roots[one.into].pk)
        beside = None if went.judged else _voted(one.near, _parts_of(one.near), stays.pk)
        kin = join_kins([went, stays])
        judgement = Judgement.objects.create(kind=Kind.MERGE, by=ENGINE, at=now, kin=kin, part=went, into=stays)
        Tie.objects.create(judgement=judgement, one=went, other=stays, together=True)
        Part.objects.filter(pk=went.pk).update(engine_code=None)
        pairs += [went.pk, stays.pk]
        if beside is not None and beside != stays.pk:
            _take_along(list(Placement.objects.filter(part=went)), beside, now)
            pairs.append(beside)
    return set(Part.objects.filter(pk__in=pairs).values_list("kin", flat=True))


def _take_along(rows: list[Placement], part: int, now: datetime) -> None:
    """Move reports to a part of which an officer judged, and note those that the engine would rather have elsewhere."""
    move({row.pk: (row, part) for row in rows}, now)
    _note_strays(rows)
    Placement.objects.bulk_update([row for row in rows if row.stray], ["stray"], batch_size=500)


def _move(moved: Mapping[UUID, str], roots: dict[str, Part], now: datetime) -> set[int]:
    """Note where the engine would have reports now, and take them there unless an officer judged about where they stand."""
    if not moved:
        return set()
    rows = {row.pk: row for row in Placement.objects.filter(pk__in=moved).select_related("part")}
    classes = classes_of({part.kin for part in [*(row.part for row in rows.values()), *roots.values()]})
    going: dict[UUID, tuple[Placement, int]] = {}
    for pk, row in rows.items():
        target = roots[moved[pk]]
        home = classes.get(row.part_id, row.part_id)
        differs = home != classes.get(target.pk, target.pk)
        row.group, row.stray = target, differs and row.part.judged
        if differs and not row.part.judged:
            going[pk] = row, target.pk
    Placement.objects.bulk_update(rows.values(), ["group", "stray"], batch_size=500)
    touched = {row.part_id for row, _ in going.values()} | {part for _, part in going.values()}
    for judgement in move(going, now):
        pins.review_moved(judgement, now)
    return touched


def classes_of(kins: Iterable[int] | None) -> dict[int, int]:
    """For each part of these kins (None: of all) the first of the parts that the engine holds for one, whatever officers say.

    A part that was taken out counts as what it was taken out of.
    """
    above: dict[int, int] = {}

    def find(part: int) -> int:
        while above.get(part, part) != part:
            part = above[part]
        return part

    parts, ties = Part.objects.all(), Tie.objects.filter(judgement__officer=None, together=True)
    if kins is not None:
        some = set(kins)
        parts, ties = parts.filter(kin__in=some), ties.filter(judgement__kin__in=some)
    for pk, parent in parts.order_by("pk").values_list("pk", "parent"):
        above[pk] = parent or pk
    for pair in ties.order_by("pk").values_list("one", "other"):
        first, second = sorted(map(find, pair))
        above[second] = first
    return {pk: find(pk) for pk in above}


def _place(new: Sequence[New], roots: dict[str, Part], keys: KeyStore, now: datetime) -> list[Placement]:
    known = set(Placement.objects.filter(pk__in=[one.report for one in new]).values_list("pk", flat=True))
    coming = [one for one in new if one.report not in known]
    reports = Report.objects.filter(pk__in=[one.report for one in coming]).select_related("loss").defer("original")
    found = {report.pk: report for report in reports}
    homes = _parts_of({pk for one in coming for pk in one.near})
    rows = []
    for one in coming:
        root = roots[one.code]
        part = _voted(one.near, homes, root.pk)
        homes[one.report] = part, part != root.pk
        rows.append(_placement(one, found[one.report], root, part, now))
    _note_strays([row for row in rows if row.part_id != row.group_id])
    Placement.objects.bulk_create(rows, batch_size=500)
    count(rows)
    join_events(rows, keys)
    return rows


def _parts_of(reports: Collection[UUID]) -> dict[UUID, tuple[int, bool]]:
    """Where these stand, and whether an officer judged about it: then who is put with them goes with them."""
    rows = Placement.objects.filter(pk__in=reports) if reports else Placement.objects.none()
    return {pk: (part, judged) for pk, part, judged in rows.values_list("pk", "part", "part__judged")}


def _voted(near: Sequence[UUID], parts: Mapping[UUID, tuple[int, bool]], root: int) -> int:
    """The part in which most of `near` stand, the first of them if as many stand elsewhere; `root` unless officers judged it."""
    votes = Counter(parts[pk] for pk in near if pk in parts)
    if not votes:
        return root
    (part, judged), _count = votes.most_common(1)[0]
    return part if judged else root


def _note_strays(rows: list[Placement]) -> None:
    """Which of these the engine would rather have elsewhere."""
    parts = {part for row in rows for part in (row.part_id, row.group_id)}
    classes = classes_of(set(Part.objects.filter(pk__in=parts).values_list("kin", flat=True))) if rows else {}
    for row in rows:
        row.stray = classes[row.part_id] != classes[row.group_id]


def _placement(one: New, report: Report, root: Part, part: int, now: datetime) -> Placement:
    loss = getattr(report, "loss", None)
    is_erased = report.erased_at is not None
    key = loss_key(loss.to_account, loss.amount) if loss else None
    return Placement(
        report_id=report.pk,
        part_id=part,
        first_part_id=part,
        group=root,
        engine=__version__,
        placed_at=now,
        by_report=one.near[0] if one.near else None,
        why_kind=one.why_kind,
        why_value="" if is_erased else one.why_value,
        unit=report.owner_id or NO_UNIT,
        received_at=report.received_at,
        amount=loss.amount if loss else None,
        loss_key=key,
        loss_at=loss.sent_at if loss and key else None,
    )


def note_erased(count_of: int = 1) -> None:
    """So many reports that the engine's state still knows were erased; part of an action that holds the lock."""
    state = State.objects.get(pk=1)
    State.objects.filter(pk=1).update(erased=state.erased + count_of)
