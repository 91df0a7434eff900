"""What the engine would do where officers judged otherwise, and what few values that two campaigns share suggest; and what was
judged.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from keng.base.errors import Said
from keng.desk.fraud.campaigns.facts import Judged, Suggestion
from keng.desk.fraud.campaigns.listing import lines
from keng.desk.fraud.campaigns.models import Judgement, Kind, Part, Tie, UnitSum
from keng.desk.fraud.campaigns.scope import get_head, mine, placements
from keng.desk.fraud.campaigns.state import live
from keng.desk.fraud.campaigns.telling import shared_with
from keng.desk.ground.people.models import Officer

LIST = "campaigns.list"
MOST = 12
ENGINE = Said("máy tự gộp", "the engine")
WOULD_JOIN = Said(
    "Máy thấy hai chiến dịch là một; cán bộ đã giữ riêng.",
    "The engine holds both for one; an officer keeps them apart.",
)
BOTH_NAME = Said("Cả hai cùng nêu {kind} {value}: {here} báo cáo ở đây, {there} ở đó.",
                 "Both name {kind} {value}: {here} reports here, {there} there.")  # fmt: skip
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
    refused = _kept_apart(head)
    found = lines(officer, [other for other in reasons if other not in refused])
    return [
        Suggestion(
            what="join",
            other=line.code,
            other_name=line.name,
            other_reports=line.reports,
            report_ids=(),
            reports=line.reports,
            kind=values.get(other, ("", ""))[0],
            value=values.get(other, ("", ""))[1],
            reasons=tuple(reasons[other]),
        )
        for other, line in sorted(found.items(), key=lambda item: (-len(reasons[item[0]]), -item[1].reports, item[0]))
    ]


def _held_for_one(head: Part) -> list[int]:
    """Other campaigns that the engine ties to this one."""
    rows = Tie.objects.filter(judgement__kin=head.kin, judgement__officer=None, together=True)
    pairs = rows.filter(Q(one__head=head) | Q(other__head=head)).values_list("one__head", "other__head")
    return sorted({one if other == head.pk else other for one, other in pairs if one != other})


def _kept_apart(head: Part) -> set[int]:
    """Other campaigns of which a live judgement of an officer says that they are not this one."""
    undone = Judgement.objects.filter(undoes__isnull=False).values("undoes")
    rows = Tie.objects.filter(judgement__kin=head.kin, together=False).exclude(judgement__in=undone)
    pairs = rows.filter(Q(one__head=head) | Q(other__head=head)).values_list("one__head", "other__head")
    return {one if other == head.pk else other for one, other in pairs}


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
