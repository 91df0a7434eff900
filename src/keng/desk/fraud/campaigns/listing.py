"""Lists of campaigns and what one looks like: counted by sums, so that 50,000 reports open like five."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from keng.base.errors import InputError
from keng.desk.fraud.campaigns import refusals
from keng.desk.fraud.campaigns.facts import Day, Facts, Line, Locality, Member, Members, Watched
from keng.desk.fraud.campaigns.losses import Again, told_again
from keng.desk.fraud.campaigns.models import ALL_UNITS, Part, Placement, UnitDay, UnitSum, Watch
from keng.desk.fraud.campaigns.pins import version_of
from keng.desk.fraud.campaigns.scope import find_head, get_head, in_parts, mine, parts_of, parts_of_one, placements
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

PAGE = 100
FEWEST = 2  # reports of a campaign in a list
MOST_NEW = 200  # new reports that are counted of a watched campaign
ORDERS = {"newest": "last_at", "largest": "reports", "costliest": "lost"}
WHOLE = {"newest": "-all_last_at", "largest": "-all_reports", "costliest": "-all_lost"}
LIST = "campaigns.list"
TOTALS = {"n": Sum("reports"), "told": Sum("lost"), "first": Min("first_at"), "last": Max("last_at")}
NOBODYS = ("", "", "", None)  # what is told of the unit of reports that none owns


def campaigns(officer: Officer, *, order: str = "newest", after: int = 0, most: int = PAGE) -> list[Line]:
    """Campaigns of two reports or more of the officer's. `order`: "newest", "largest" or "costliest"; `after`: how many to
    pass over.

    InputError `no_order`. Two queries for whoever may list all reports, three for others.
    """
    rights.require_to_read(officer, LIST)
    if order not in ORDERS:
        raise InputError("no_order", refusals.NO_ORDER, field="order")
    units = mine(officer)
    if not units:
        rows = Part.objects.filter(all_reports__gte=FEWEST).order_by(WHOLE[order], "-pk")
        heads = list(rows.values_list("pk", flat=True)[after : after + most])
    else:
        sums = UnitSum.objects.filter(units).values(head=F("part__head"))
        sums = sums.annotate(reports=Sum("reports"), lost=Sum("lost"), last_at=Max("last_at"))
        ordered = sums.filter(reports__gte=FEWEST).order_by(f"-{ORDERS[order]}", "-head")
        heads = [row["head"] for row in ordered[after : after + most]]
    found = lines(officer, heads)
    return [found[head] for head in heads if head in found]


def lines(officer: Officer, heads: Collection[int]) -> dict[int, Line]:
    """These campaigns as the officer may see them, by head. Three queries."""
    sums, part = _sums(officer)
    groups = sums.filter(**{f"{part}head__in": heads}).values(
        of=F(f"{part}head"), bears=F(f"{part}head__code"), called=F(f"{part}head__name")
    )
    rows = groups.annotate(english=F(f"{part}head__name_en"), **TOTALS).order_by()
    again = told_again(mine(officer), parts_of(heads))
    return {row["of"]: _line(row, again.get(row["of"], Again())) for row in rows}


def _sums(officer: Officer) -> tuple[QuerySet[Part] | QuerySet[UnitSum], str]:
    """Where the officer's reports stand summed up, and how a row of it leads to its part: for whoever may list all of them
    the parts themselves, or there would be thousands of units to add.
    """
    units = mine(officer)
    if not units:
        return Part.objects.filter(reports__gt=0), ""
    return UnitSum.objects.filter(units, reports__gt=0), "part__"


def _line(row: dict[str, object], again: Again) -> Line:
    return Line(
        code=str(row["bears"]),
        name=str(row["called"]),
        name_en=str(row["english"]),
        reports=row["n"],  # type: ignore[arg-type]
        lost=row["told"] - again.lost,  # type: ignore[operator]
        first_at=row["first"],  # type: ignore[arg-type]
        last_at=row["last"],  # type: ignore[arg-type]
    )


def get_campaign(officer: Officer, code: str | Part) -> Facts:
    """The campaign that bears this code or that it went into. InputError `no_campaign`, also for one of other units alone."""
    head = get_head(officer, LIST, code)
    parts = parts_of_one(head)
    sums, part = _sums(officer)
    here = in_parts(parts) if part else Q(pk__in=list(parts))
    total = sums.filter(here).aggregate(**TOTALS, parts=Count("part" if part else "pk", distinct=True))
    again = told_again(mine(officer), parts).get(head.pk, Again())
    return Facts(
        code=head.code,
        asked_code=head.code if isinstance(code, Part) else code.strip().upper(),
        name=head.name,
        name_en=head.name_en,
        advice=head.advice,
        advice_en=head.advice_en,
        reports=total["n"],
        lost=total["told"] - again.lost,
        told_again=again.reports,
        lost_again=again.lost,
        first_at=total["first"],
        last_at=total["last"],
        version=version_of(head.kin),
        judged=head.judged,
        watched=Watch.objects.filter(officer=officer, part__head=head).exists(),
        parts=total["parts"],
    )


def campaign_of(officer: Officer, report_id: UUID) -> Line | None:
    """The campaign in which a report of the officer's stands; None while it is not placed."""
    return campaigns_of(officer, [report_id]).get(report_id)


def campaigns_of(officer: Officer, report_ids: Iterable[UUID]) -> dict[UUID, Line]:
    """The same for many, as the queue shows it. Four queries."""
    rights.require_to_read(officer, LIST)
    rows = dict(Placement.objects.filter(mine(officer), pk__in=list(report_ids)).values_list("pk", "part__head"))
    found = lines(officer, set(rows.values())) if rows else {}
    return {pk: found[head] for pk, head in rows.items() if head in found}


def members_of(officer: Officer, code: str, *, before: datetime | None = None, most: int = PAGE) -> Members:
    """The reports of a campaign, the newest first. `before`: the `older` of the page before."""
    return members_in(officer, placements(officer, get_head(officer, LIST, code)), before=before, most=most)


def members_in(
    officer: Officer, rows: QuerySet[Placement], *, before: datetime | None = None, most: int = PAGE
) -> Members:
    """The same of some of its reports, which the officer may see."""
    rows = rows.filter(received_at__lt=before) if before else rows
    page = list(rows.select_related("report").defer("report__original").order_by("-received_at", "-pk")[: most + 1])
    shown = page[:most]
    if len(page) > most and shown[-1].received_at == page[most].received_at:  # those of one moment stay together
        last = shown[-1].received_at
        shown += list(rows.filter(received_at=last).select_related("report").exclude(pk__in=[row.pk for row in shown]))
    withs = {row.by_report for row in shown if row.by_report}
    codes = Placement.objects.filter(mine(officer), pk__in=withs).values_list("pk", "report__code") if withs else []
    names = dict(codes)
    return Members([_member(row, names) for row in shown], shown[-1].received_at if len(page) > most else None)


def _member(row: Placement, names: dict[UUID, str]) -> Member:
    report, by = row.report, row.by_report
    is_told = by is None or by in names
    return Member(
        report_id=report.pk,
        code=report.code,
        channel=report.channel,
        received_at=report.received_at,
        is_closed=report.closed_at is not None,
        is_erased=report.erased_at is not None,
        amount=row.amount,
        same_loss=row.event is not None and row.event != row.pk,
        why_kind=row.why_kind if is_told else "",
        why_value=row.why_value if is_told else "",
        with_code=names.get(by, "") if by else "",
        stray=row.stray,
    )


def growth_of(officer: Officer, code: str | Part) -> list[Day]:
    """Its days, oldest first; days without a report are left out. `lost`: as told, each report counted."""
    head = get_head(officer, LIST, code)
    units = mine(officer)
    where = units & ~Q(unit=ALL_UNITS) if units else Q(unit=ALL_UNITS)
    rows = UnitDay.objects.filter(where, in_parts(parts_of_one(head))).values("day")
    rows = rows.annotate(n=Sum("reports"), told=Sum("lost"))
    return [Day(row["day"], row["n"], row["told"]) for row in rows.order_by("day")]


def localities_of(officer: Officer, code: str | Part) -> list[Locality]:
    """Whose reports they are, most first. `lost`: as told, each report counted."""
    head = get_head(officer, LIST, code)
    rows = UnitSum.objects.filter(mine(officer), in_parts(parts_of_one(head)), reports__gt=0).values("unit")
    sums = list(rows.annotate(n=Sum("reports"), told=Sum("lost")).order_by("-n", "unit"))
    units = Organisation.objects.filter(pk__among=[row["unit"] for row in sums if row["unit"] > 0])
    found = {pk: told for pk, *told in units.values_list("pk", "code", "name", "place_code", "place_on")}
    return [Locality(*found.get(row["unit"], NOBODYS), reports=row["n"], lost=row["told"]) for row in sums]


def watched(officer: Officer) -> list[Watched]:
    """The campaigns that the officer watches, those with news first."""
    rights.require_to_read(officer, "campaigns.watch")
    seen: dict[int, datetime] = {}
    for row in Watch.objects.filter(officer=officer).select_related("part"):
        head = row.part.head_id or row.part_id
        seen[head] = max(row.seen_at, seen.get(head, row.seen_at))
    found = lines(officer, list(seen))
    rows = [Watched(line, _count_since(officer, head, seen[head], line)) for head, line in found.items()]
    return sorted(rows, key=lambda row: (-bool(row.new_reports), -row.line.last_at.timestamp()))


def _count_since(officer: Officer, head: int, since: datetime, line: Line) -> int:
    if line.last_at <= since:
        return 0
    rows = Placement.objects.filter(mine(officer), in_parts(parts_of([head])), received_at__gt=since)
    return len(rows.values_list("pk", flat=True)[:MOST_NEW])


def search(officer: Officer, words: str, *, most: int = 20) -> list[Line]:
    """Campaigns by code, or by words of their name or advice: never by what reports say."""
    rights.require_to_read(officer, LIST)
    asked = words.strip()
    if not asked:
        return []
    if head := find_head(officer, asked):
        return list(lines(officer, [head.pk]).values())
    fields = ("name", "name_en", "advice", "advice_en")
    named = Q()
    for field in fields:
        named |= Q(**{f"{field}__icontains": asked})
    heads = list(
        Part.objects.filter(named, all_reports__gt=0).order_by("-all_last_at").values_list("pk", flat=True)[: 5 * most]
    )
    found = lines(officer, heads)
    return [found[head] for head in heads if head in found][:most]
