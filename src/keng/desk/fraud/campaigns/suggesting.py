"""What the engine would do where officers judged otherwise, what few values that two campaigns share suggest, and which read so
alike that they may be one; and what was judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Exists, F, OuterRef, Q

from keng.base.errors import Said
from keng.desk.fraud.campaigns.facts import Judged, Line, Suggestion
from keng.desk.fraud.campaigns.listing import lines
from keng.desk.fraud.campaigns.models import Judgement, Kind, Leaning, Part, Tie, UnitSum
from keng.desk.fraud.campaigns.scope import get_head, mine, placements
from keng.desk.fraud.campaigns.state import batched, live
from keng.desk.fraud.campaigns.telling import shared_with
from keng.desk.ground.people.models import Officer

LIST = "campaigns.list"
MOST = 12
MOST_GUESSES = 5  # of one campaign
CHUNK = 50  # guesses of which the campaigns are read at once
ENGINE = Said("máy tự gộp", "the engine")
WOULD_JOIN = Said(
    "Máy thấy hai chiến dịch là một; cán bộ đã giữ riêng.",
    "The engine holds both for one; an officer keeps them apart.",
)
BOTH_NAME = Said("Cả hai cùng nêu {kind} {value}: {here} báo cáo ở đây, {there} ở đó.",
                 "Both name {kind} {value}: {here} reports here, {there} there.")  # fmt: skip
READ_ALIKE = Said(
    "Lời kể hai bên giống nhau: máy ước {n} phần trăm là cùng một kẻ, và để cán bộ quyết.",
    "Both read alike: the engine holds it {n} per cent likely that one hand is behind both, and leaves it to officers.",
)
AT_ONE_TIME = Said("Báo cáo hai bên đến cùng thời gian.", "The reports of both came at the same time.")
AT_OTHER_TIMES = Said(
    "Ngược lại: báo cáo hai bên đến khác thời gian.", "Against it: the reports of both came at other times."
)
TELLING = 0.5  # nats of time from which on it is worth telling
WOULD_PART = Said("Máy thấy {n} báo cáo này là chuyện khác; quyết định của cán bộ đang giữ chúng ở đây.",
                  "The engine holds these {n} reports for another matter; a judgement of officers keeps them here.")  # fmt: skip

WHAT = {
    Kind.MERGE: Said("Gộp {part} vào {into}", "{part} put into {into}"),
    Kind.APART: Said("Giữ riêng {part} và {into}", "{part} and {into} kept apart"),
    Kind.SPLIT: Said("Tách {n} báo cáo khỏi {part} thành {into}", "{n} reports taken out of {part}, now {into}"),
    Kind.TOGETHER: Said("Giữ nguyên {part}, không để máy tách", "{part} kept whole"),
    Kind.MOVE: Said("Chuyển {n} báo cáo từ {part} sang {into}", "{n} reports went from {part} to {into}"),
    Kind.NAME: Said("Đặt tên và lời khuyên cho {part}", "{part} named"),
    Kind.UNDO: Said("Hoàn tác một quyết định về {part}", "A judgement about {part} undone"),
}


def suggestions_of(officer: Officer, code: str | Part) -> list[Suggestion]:
    """Joins and splits that speak for themselves but that nobody decided, those of the engine first."""
    head = get_head(officer, LIST, code)
    return [*_joins(officer, head), *_splits(officer, head)][:MOST]


def _joins(officer: Officer, head: Part) -> list[Suggestion]:
    reasons: dict[int, list[Said]] = {}
    values: dict[int, tuple[str, str]] = {}
    for other in _held_for_one(head):
        reasons.setdefault(other, []).append(WOULD_JOIN)
    for other, kind, value, here, there in shared_with(officer, head):
        reasons.setdefault(other, []).append(BOTH_NAME.filled(kind=kind, value=value, here=here, there=there))
        values.setdefault(other, (kind, value))
    known = set(reasons)
    guessed: list[int] = []
    for pair, speaks in _leanings(Q(one__head=head) | Q(other__head=head)):
        (other,) = pair - {head.pk}
        reasons.setdefault(other, []).extend(speaks)
        guessed += [] if other in known else [other]
    refused = _kept_apart(judgement__kin=head.kin)
    found = lines(officer, [other for other in reasons if frozenset((head.pk, other)) not in refused])
    sure = sorted(known & found.keys(), key=lambda one: (-len(reasons[one]), -found[one].reports, one))
    ordered = [*sure, *[one for one in guessed if one in found][:MOST_GUESSES]]
    return [_join(found[one], reasons[one], *values.get(one, ("", "")), is_guess=one not in known) for one in ordered]


def _join(line: Line, reasons: Sequence[Said], kind: str = "", value: str = "", *, is_guess: bool) -> Suggestion:
    return Suggestion(
        what="join",
        other=line.code,
        other_name=line.name,
        other_reports=line.reports,
        report_ids=(),
        reports=line.reports,
        kind=kind,
        value=value,
        reasons=tuple(reasons),
        is_guess=is_guess,
    )


def guesses(officer: Officer) -> Iterator[tuple[str, Suggestion]]:
    """Campaigns that may be one by how they read, with the code of the larger, those most worth deciding first; none that an
    officer kept apart. Three queries for each CHUNK of them.
    """
    apart = _kept_apart()
    open_pairs = [(pair, speaks) for pair, speaks in _leanings() if pair not in apart]
    for some in batched(open_pairs, CHUNK):
        seen = lines(officer, {head for pair, _speaks in some for head in pair})
        for pair, speaks in some:
            here = sorted((seen[head] for head in pair if head in seen), key=lambda line: (-line.reports, line.code))
            if len(here) == 2:
                yield here[0].code, _join(here[1], speaks, is_guess=True)


def _leanings(*of: Q) -> Iterator[tuple[frozenset[int], list[Said]]]:
    """Each pair of campaigns that read alike, those most worth deciding first, with what speaks for it and against."""
    rows = Leaning.objects.filter(*of).exclude(one__head=F("other__head")).order_by("place")
    seen = set()
    for one, other, belief, time in rows.values_list("one__head", "other__head", "belief", "time"):
        pair = frozenset((one, other))
        if pair not in seen:
            seen.add(pair)
            yield pair, _alike(belief, time)


def _alike(belief: float, time: float) -> list[Said]:
    reasons = [READ_ALIKE.filled(n=round(100 * belief))]
    if abs(time) >= TELLING:
        reasons.append(AT_ONE_TIME if time > 0 else AT_OTHER_TIMES)
    return reasons


def _kept_apart(**of: object) -> set[frozenset[int]]:
    """Pairs of campaigns of which a live judgement of an officer says that they are not one. `of`: which judgements."""
    undone = Judgement.objects.filter(undoes__isnull=False).values("undoes")
    rows = Tie.objects.filter(together=False, **of).exclude(judgement__in=undone)
    return {frozenset(pair) for pair in rows.values_list("one__head", "other__head")}


def _held_for_one(head: Part) -> list[int]:
    """Other campaigns that the engine ties to this one."""
    rows = Tie.objects.filter(judgement__kin=head.kin, judgement__officer=None, together=True)
    pairs = rows.filter(Q(one__head=head) | Q(other__head=head)).values_list("one__head", "other__head")
    return sorted({one if other == head.pk else other for one, other in pairs if one != other})


def _splits(officer: Officer, head: Part) -> list[Suggestion]:
    """Reports that the engine would have elsewhere, by where; none after an officer said that the campaign is one, nor if all
    of its reports are.
    """
    if not head.judged or live(Judgement.objects.filter(kind=Kind.TOGETHER, part__head=head)).exists():
        return []
    rows = placements(officer, head)
    total = rows.count() if rows.filter(stray=True).exists() else 0
    groups: dict[int, list[object]] = {}
    for pk, group in rows.filter(stray=True).order_by("received_at", "pk").values_list("pk", "group") if total else ():
        groups.setdefault(group, []).append(pk)
    return [
        Suggestion(
            what="split",
            other="",
            other_name="",
            other_reports=0,
            report_ids=tuple(some),  # type: ignore[arg-type]
            reports=len(some),
            kind="",
            value="",
            reasons=(WOULD_PART.filled(n=len(some)),),
        )
        for some in sorted(groups.values(), key=len, reverse=True)
        if len(some) < total
    ]


def history_of(officer: Officer, code: str | Part, *, most: int = 100) -> list[Judged]:
    """What was judged about it and about what is or was tied to it, newest first. What the engine put with it is not told one
    by one:
    each report says why it is there. A judgement about campaigns of which no report is the officer's is not told: its words
    are about other units' reports.
    """
    head = get_head(officer, LIST, code)
    rows = Judgement.objects.filter(Q(kin=head.kin) | Q(into__head=head))
    if not rows.exists():  # the engine's alone, as most are
        return []
    rows = rows.select_related("part", "into", "officer")
    rows = rows.select_related("undone_by__officer").prefetch_related("made").order_by("-pk")
    hidden = Exists(Judgement.objects.filter(undoes=OuterRef("pk")))
    found = list(rows.annotate(is_undone=hidden)[:most])
    about = {row.pk: {part.head_id for part in (row.part, row.into) if part} for row in found}
    sums = UnitSum.objects.filter(mine(officer), part__head__in=set().union(*about.values()), reports__gt=0)
    seen = set(sums.values_list("part__head", flat=True))
    return [_judged(row) for row in found if about[row.pk] & seen]


def _judged(row: Judgement) -> Judged:
    undo = row.undone_by if row.is_undone else None
    into = row.into.code if row.into else _codes(row.made.all())
    return Judged(
        id=row.pk,
        kind=row.kind,
        what=WHAT[Kind(row.kind)].filled(part=row.part.code, into=into, n=row.reports),
        why=row.words or row.why_value or row.name,
        by=row.officer.display_name if row.officer else row.by,
        is_engine=row.officer is None,
        at=row.at,
        reports=row.reports,
        undone_at=undo.at if undo else None,
        undone_by=undo.officer.display_name if undo and undo.officer else "",
        can_undo=row.officer is not None and undo is None and row.kind != Kind.UNDO,
    )


def _codes(parts: Iterable[Part]) -> str:
    return ", ".join(part.code for part in parts)
