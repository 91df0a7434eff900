"""What the workbench reads besides: which campaigns grow, the rows behind a figure, money and measures, what a measure rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Sum

from keng.base.times import VIETNAM
from keng.desk.fraud.campaigns import listing, queries
from keng.desk.fraud.campaigns.facts import Judged, Line, Member, Members, Suggestion
from keng.desk.fraud.campaigns.models import ALL_UNITS, Part, Pin, Placement, Tie, UnitDay, UnitSum, ValueSum
from keng.desk.fraud.campaigns.scope import find_head, get_head, in_parts, mine, parts_of_one, placements
from keng.desk.fraud.measures import owners
from keng.desk.fraud.measures.models import OPEN_STATES, Measure, Request
from keng.desk.fraud.measures.queries import holding
from keng.desk.fraud.reports.models import Indicator, Loss
from keng.desk.fraud.reports.sightings import digest_of
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

LIST = "campaigns.list"
MOST_MEASURES = 50
SHOWN_OF_MEASURE = (
    "code", "kind", "report__code", "object_kind", "object_value", "amount", "state", "proposed_at", "confirm_by", "ends_at",
)  # fmt: skip
MOST_JOINED = 2000  # reports of a campaign that are all gone through
MOST_BY_HOUR = 5000  # reports that are counted by the hour
MOST_NAMING = 2000  # of the newest reports that name a value: among these a campaign's are looked for
CHUNK, MOST_SORTED = 200, 1000  # campaigns that are looked through for a suggestion: at once, and at all
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which reports of a campaign: those that name a value, of some days in Vietnam, of one hour, from before a moment on."""

    kind: str = ""
    value: str = ""
    first: date | None = None
    last: date | None = None
    hour: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pinned:
    """The campaign that a measure was proposed from, and what officers had judged about it by then, the newest first.

    `may_open`: a report of it is the officer's.
    """

    code: str
    name: str
    name_en: str
    may_open: bool
    at: datetime
    judged: tuple[Judged, ...]


def recent(officer: Officer, codes: Iterable[str], since: date) -> dict[str, int]:
    """How many reports of each of these campaigns came on that day in Vietnam or later; none: left out. One query."""
    rows = UnitDay.objects.filter(_units(officer), part__head__code__in=list(codes), day__gte=since)
    return dict(rows.values_list("part__head__code").annotate(n=Sum("reports")).order_by())


def growing(officer: Officer, since: date, *, after: int = 0, most: int = 50) -> list[tuple[Line, int]]:
    """Campaigns of two reports or more that got reports on that day in Vietnam or later, those with most of these first."""
    rights.require_to_read(officer, LIST)
    rows = UnitDay.objects.filter(_units(officer), day__gte=since, part__head__all_last_at__gte=_begin(since))
    rows = rows.filter(part__head__all_reports__gte=listing.FEWEST)
    sums = rows.values(head=F("part__head")).annotate(n=Sum("reports")).order_by("-n", "-head")
    counts = {row["head"]: row["n"] for row in sums[after : after + most]}
    lines = listing.lines(officer, list(counts))
    return [(lines[head], n) for head, n in counts.items() if head in lines and lines[head].reports >= listing.FEWEST]


def hours_of(officer: Officer, code: str | Part) -> list[tuple[datetime, int]]:
    """The hours in which its newest 5,000 reports came, oldest first, for a campaign of a day or two. One query."""
    found = placements(officer, get_head(officer, LIST, code)).order_by("-received_at")
    newest = found.values_list("received_at", flat=True)[:MOST_BY_HOUR]
    counts = Counter(at.replace(minute=0, second=0, microsecond=0) for at in newest)
    return sorted(counts.items())


def rows(officer: Officer, code: str, asked: Asked, *, most: int = listing.PAGE) -> Members:
    """The reports behind a figure of a campaign, the newest first."""
    found = placements(officer, get_head(officer, LIST, code))
    if asked.value:
        found = found.filter(pk__in=_naming(asked.kind, asked.value))
    if asked.first:
        found = found.filter(received_at__gte=_begin(asked.first))
    if asked.last:
        found = found.filter(received_at__lt=_begin(asked.last) + DAY)
    if asked.hour:
        found = found.filter(received_at__gte=asked.hour, received_at__lt=asked.hour + HOUR)
    return listing.members_in(officer, found, before=asked.before, most=most)


def member(officer: Officer, report_id: UUID) -> Member | None:
    """A report as its campaign's list shows it; None while it is not placed."""
    found = Placement.objects.filter(mine(officer), pk=report_id)
    return next(iter(listing.members_in(officer, found, before=None, most=1).rows), None)


def measures_on(officer: Officer, code: str | Part) -> list[Measure]:
    """The measures that the officer may see on reports of the campaign, the newest first; at most fifty, each with what a list
    shows of it.

    Of a campaign of more than 2,000 reports those that are open, and those that were proposed from it: whatever else there was on
    one of its reports stands on that report's page.
    """
    head = get_head(officer, LIST, code)
    found = Measure.objects.filter(owners.within(officer, "measures.list", report="report__"))
    newest = found.order_by("-proposed_at", "code").values_list("pk", flat=True)
    if head.all_reports <= MOST_JOINED:
        ids = set(newest.filter(report__placement__part__head=head)[:MOST_MEASURES])
    else:
        here = newest.filter(_placed_in(head, "report"), state__in=OPEN_STATES)
        pinned = Pin.objects.filter(part__head=head).order_by("-at").values_list("measure", flat=True)
        ids = {*here[:MOST_MEASURES], *pinned[:MOST_MEASURES]}
    rows = found.filter(pk__in=ids).select_related("report").only(*SHOWN_OF_MEASURE)
    return list(rows.order_by("-proposed_at", "code")[:MOST_MEASURES])


def held_on(officer: Officer, code: str | Part, now: datetime) -> int:
    """Whole đồng that partners hold now because of its reports."""
    head = get_head(officer, LIST, code)
    mine_of = owners.within(officer, "measures.list", report="measure__report__")
    found = Request.objects.filter(mine_of, holding(now)).filter(_placed_in(head, "measure__report"))
    return found.aggregate(total=Sum("held_amount"))["total"] or 0


def pin_of(officer: Officer, measure: Measure) -> Pinned | None:
    """What a measure rests on that was proposed from a campaign. The officer may see the measure."""
    pin = Pin.objects.filter(measure=measure).select_related("part__head", "campaign").first()
    if pin is None:
        return None
    head = find_head(officer, pin.campaign.code)
    judged = queries.history_of(officer, head.code) if head else []
    known = tuple(
        one for one in judged if not one.is_engine and one.id <= pin.version and one.kind not in ("name", "undo")
    )
    return Pinned(pin.campaign.code, pin.campaign.name, pin.campaign.name_en, head is not None, pin.at, known)


def next_to_sort(
    officer: Officer, wanted: Callable[[str, Suggestion], bool], passed: Collection[str] = ()
) -> tuple[tuple[str, Suggestion] | None, list[str]]:
    """The first suggestion that is wanted, by the newest campaigns, with the code of its campaign; and the codes of those that
    were asked and have none. What is guessed from how campaigns read comes when there is nothing else. `passed`: codes that are not
    asked again.

    Four queries for 200 campaigns, ten more for each of them that could have a suggestion.
    """
    clean: list[str] = []
    for after in range(0, MOST_SORTED, CHUNK):
        lines = queries.campaigns(officer, order="newest", after=after, most=CHUNK)
        hopeful = _hopeful(officer, [line.code for line in lines])
        for line in lines:
            if line.code not in hopeful or line.code in passed:
                continue
            for one in queries.suggestions_of(officer, line.code):
                if not one.is_guess and wanted(line.code, one):
                    return (line.code, one), clean
            clean.append(line.code)
        if len(lines) < CHUNK:
            break
    return next((found for found in queries.guesses(officer) if wanted(*found)), None), clean


def _hopeful(officer: Officer, codes: list[str]) -> set[str]:
    """Those campaigns that could have a suggestion: another one names a value of theirs, or the engine judged otherwise."""
    others = ValueSum.objects.filter(
        _units(officer), digest=OuterRef("digest"), part__head__all_reports__gte=listing.FEWEST
    )
    own = ValueSum.objects.filter(_units(officer), part__head__code__in=codes)
    own = own.filter(Q(reports__gt=1) | Q(part__head__all_reports__lte=MOST_JOINED))
    shared = own.filter(Exists(others.exclude(part__head=OuterRef("part__head"))))
    found = set(shared.values_list("part__head__code", flat=True).distinct())
    strays = Placement.objects.filter(part__head__code__in=codes, stray=True).values_list("part__head__code", flat=True)
    ties = Tie.objects.filter(judgement__officer=None, together=True).exclude(one__head=F("other__head"))
    tied = ties.filter(Q(one__head__code__in=codes) | Q(other__head__code__in=codes))
    return (
        found
        | set(strays)
        | {code for pair in tied.values_list("one__head__code", "other__head__code") for code in pair}
    )


def seen(officer: Officer, subjects: Iterable[str]) -> dict[str, str]:
    """Codes of campaigns by how the ledger names them (`campaign:...`), of those of which a report is the officer's.

    Two queries, none if no campaign is named.
    """
    codes = {one.removeprefix("campaign:") for one in subjects if one.startswith("campaign:")}
    if not codes or not rights.is_allowed(officer, LIST):
        return {}
    heads = dict(Part.objects.filter(code__in=codes).values_list("code", "head"))
    known = UnitSum.objects.filter(mine(officer), part__head__in=set(heads.values()), reports__gt=0)
    mine_of = set(known.values_list("part__head", flat=True))
    return {f"campaign:{code}": code for code, head in heads.items() if head in mine_of}


def check(officer: Officer, verb: str, code: str) -> None:
    """Return if the officer may do `verb` and a report of that campaign is theirs. Raises as `scope.get_head`."""
    get_head(officer, verb, code)


def units(codes: Iterable[str]) -> list[Organisation]:
    """These units. One query."""
    return list(Organisation.objects.filter(code__in=list(codes)))


def _units(officer: Officer) -> Q:
    mine_of = mine(officer)
    return mine_of & ~Q(unit=ALL_UNITS) if mine_of else Q(unit=ALL_UNITS)


def _placed_in(head: Part, report: str) -> Exists:
    """The condition that the report to which `report` leads stands in the campaign."""
    return Exists(Placement.objects.filter(in_parts(parts_of_one(head)), pk=OuterRef(report)))


def _naming(kind: str, value: str) -> list[UUID]:
    named = Indicator.objects.filter(digest=digest_of(kind, value)).order_by("-pk").values_list("report_id", flat=True)
    found = list(named[:MOST_NAMING])
    if kind == "account":
        lost = Loss.objects.filter(to_account=value).order_by("-sent_at").values_list("pk", flat=True)
        found += list(lost[:MOST_NAMING])
    return list(dict.fromkeys(found))


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
