"""The figures of a period for somebody, and the rows behind each: the same rights, the same facts, so that counts agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from keng.desk.fraud.reports.scope import within
from keng.desk.ground.duty import queries as duty
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.steering.review import facts, localities, sums
from keng.desk.steering.review.facts import FACTS, NOW_FACTS, Tally
from keng.desk.steering.review.figures import Figure, Take
from keng.desk.steering.review.localities import NOWHERE, Map, Share, Spot
from keng.desk.steering.review.models import DaySum
from keng.desk.steering.review.periods import Period, begins, day_of, spans_of
from keng.vietnam.places import Level, Unit

VERB = "review.read"
FEWEST = 3  # rows of a commune that stand alone; fewer are joined with others
MICROSECONDS = {"hours": 3_600_000_000, "minutes": 60_000_000}

Tallies = dict[str, dict[Spot, Tally]]


@dataclass(frozen=True, slots=True)
class Value:
    """A figure. `value`: rows, đồng, hours or minutes (a mean: to one decimal); None: nothing tells it. `n`: rows behind it."""

    value: float | int | None
    n: int
    estimated: float | int = 0

    @property
    def is_estimate(self) -> bool:
        """Whether a part of it was shared out."""
        return bool(self.estimated)


@dataclass(frozen=True, slots=True)
class Commune:
    """One line of a province's table. `unit` None: no commune told (`code` empty), or fewer than FEWEST rows each, joined."""

    code: str
    map: str
    unit: Unit | None
    above: tuple[Unit, ...]
    value: Value
    joined: int = 0


class Review:
    """What a period holds for somebody, read once; every figure and map is made of it."""

    def __init__(self, tallies: Tallies) -> None:
        self.tallies = tallies

    def total(self, figure: Figure) -> Value:
        """The figure over all places."""
        whole = sum(self.tallies.get(figure.fact, {}).values(), Tally())
        return Value(None if not figure.fact else _taken(figure, whole), whole.n)

    def by_province(self, figure: Figure, on: Map) -> dict[str, Value]:
        """The figure by the code of each province of a map that has any; `NOWHERE` for what has no place. Adds up to the total.

        A mean adds up weighed by its rows.
        """
        spots = self.tallies.get(figure.fact, {})
        rows = localities.cast({spot: one.n for spot, one in spots.items()}, on)
        amounts = localities.cast({spot: one.amount for spot, one in spots.items()}, on)
        return {code: _value(figure, rows[code], amounts.get(code, Share())) for code in rows}


def read(officer: Officer, period: Period, *, now: datetime) -> Review:
    """The facts of a period, of the reports that are the officer's to read. Raises RefusedError `not_allowed`.

    One query for days that are over and untouched, one for each fact for the others (today above all).
    """
    rights.require(officer, VERB, now=now)
    trusted = sums.trusted_days(period.first, period.end, now=now)
    days = sums.untrusted_days(period.first, period.end, trusted, now=now)
    tallies: Tallies = defaultdict(lambda: defaultdict(Tally))
    _add_sums(tallies, officer, period, set(days))
    spans = spans_of(days)
    for fact in FACTS.values() if spans else ():
        _add_rows(tallies, officer, fact, fact.rows(spans, now))
    for fact in NOW_FACTS.values():
        _add_rows(tallies, officer, fact, fact.rows(None, now))
    return Review({code: dict(spots) for code, spots in tallies.items()})


def rows(
    officer: Officer, figure: Figure, period: Period, *, where: tuple[str, Map] | None = None,
    place: tuple[str, Map] | None = None, now: datetime,
) -> QuerySet[Any]:  # fmt: skip
    """The rows behind a figure, the latest first: all, those for certain in a province of a map (`where`), or of one told place."""
    rights.require(officer, VERB, now=now)
    fact = facts.fact(figure.fact)
    found = fact.rows([(period.first, period.end)], now).filter(within(officer, VERB, at=fact.report))
    if where is not None:
        found = found.filter(localities.in_province(*where, fact.report))
    if place is not None:
        code, its = place
        found = found.filter(localities.in_place(code, its, fact.report))
    return found.order_by(f"-{fact.at or 'answer_by'}", "-pk")


def value_of(figure: Figure, found: QuerySet[Any]) -> Value:
    """The figure that these rows make. One query."""
    fact = facts.fact(figure.fact)
    return _made(figure, facts.whole(fact, found))


def own_provinces(officer: Officer, on: Map, *, now: datetime) -> set[str] | None:
    """The provinces of a map in which the officer's units lie; None: all of them, for who leads."""
    if rights.leads(officer, VERB, now=now):
        return None
    units = rights.may_on(officer, VERB, now=now).exclude(place_code="").only("place_code", "place_on")
    spots = {localities.spot_of_owner(unit) for unit in units}
    return {code for spot in spots for code in localities.provinces_of(spot, on)}


def uncovered(officer: Officer, period: Period, *, now: datetime) -> dict[str, tuple[str, int]]:
    """By the code of each province of today's map: its unit's code, and in how many of the period's hours so far nobody trained
    was on duty throughout. Six queries."""
    start, end = begins(period.first), min(begins(period.end), now)
    if not rights.is_allowed(officer, "duty.read") or start >= end:
        return {}
    told = duty.uncovered_hours(officer, "province", start, end)
    return {unit.place_code: (unit.code, hours) for unit, hours in told if unit.stands_on(day_of(now))}


def communes(
    officer: Officer, figure: Figure, period: Period, province: str, on: Map, *, now: datetime
) -> list[Commune]:
    """What is for certain in a province, by commune as told, each as it stood then. Adds up to the exact part of the province.

    A commune with fewer than FEWEST rows is joined with others: a line of one or two could point at a person.
    """
    fact = facts.fact(figure.fact)
    found = rows(officer, figure, period, where=(province, on), now=now)
    by_place = _by_place(fact, found)
    told = {key: tally for key, tally in by_place.items() if _is_commune(*key)}
    rest = sum((tally for key, tally in by_place.items() if key not in told), Tally())
    alone, joined = _join_the_few(told)
    lines = [_commune(figure, *key, tally) for key, tally in alone.items()]
    lines.sort(key=lambda line: (-line.value.n, line.map, line.code))
    if joined:
        lines.append(Commune("", "", None, (), _made(figure, sum(joined.values(), Tally())), len(joined)))
    return [*lines, *([Commune(NOWHERE, "", None, (), _made(figure, rest))] if rest.n else [])]


def _add_sums(tallies: Tallies, officer: Officer, period: Period, without: set[Any]) -> None:
    kept = DaySum.objects.filter(within(officer, VERB), day__gte=period.first, day__lt=period.end)
    if without:
        kept = kept.exclude(day__in=without)
    grouped = kept.values_list("fact", "map", "province", "formerly").annotate(Sum("n"), Sum("amount"))
    for code, *spot, n, amount in grouped.order_by():
        tallies[code][Spot(*spot)] += Tally(n, amount)


def _add_rows(tallies: Tallies, officer: Officer, fact: facts.Fact, found: QuerySet[Any]) -> None:
    mine = found.filter(within(officer, VERB, at=fact.report))
    for (_owner, spot), tally in facts.summed(fact, mine).items():
        tallies[fact.code][spot] += tally


def _by_place(fact: facts.Fact, found: QuerySet[Any]) -> dict[tuple[str, str], Tally]:
    grouped = found.order_by().annotate(_map=localities.map_column(fact.report)).values_list(
        f"{fact.report}place_code", "_map"
    )  # fmt: skip
    return dict(facts.tallied(fact, grouped))


def _is_commune(code: str, map_code: str) -> bool:
    unit = localities.unit_of(code, localities.map_of_code(map_code)) if code else None
    return unit is not None and unit.level is not Level.PROVINCE


def _join_the_few(told: Mapping[Any, Tally]) -> tuple[dict[Any, Tally], dict[Any, Tally]]:
    """Those that stand alone, and those that are joined: the few, and the next smallest until they are not few together."""
    by_size = sorted(told.items(), key=lambda item: (item[1].n, item[0]))
    joined: dict[Any, Tally] = {}
    for key, tally in by_size:
        together = sum(one.n for one in joined.values())
        if tally.n >= FEWEST and not (joined and (together < FEWEST or len(joined) == 1)):
            break
        joined[key] = tally
    return {key: tally for key, tally in told.items() if key not in joined}, joined


def _commune(figure: Figure, code: str, map_code: str, tally: Tally) -> Commune:
    its = localities.map_of_code(map_code)
    unit = localities.unit_of(code, its)
    above = localities.path_of(unit, its)[:-1] if unit else ()
    return Commune(code, map_code, unit, above, _made(figure, tally))


def _made(figure: Figure, tally: Tally) -> Value:
    return Value(_taken(figure, tally), tally.n)


def _value(figure: Figure, rows_: Share, amounts: Share) -> Value:
    whole = Tally(rows_.total, amounts.total)
    estimated = {Take.COUNT: rows_.estimated, Take.SUM: amounts.estimated, Take.MEAN: rows_.estimated}[figure.take]
    return Value(_taken(figure, whole), rows_.total, estimated)


def _taken(figure: Figure, tally: Tally) -> float | int | None:
    match figure.take:
        case Take.COUNT:
            return tally.n
        case Take.SUM:
            return tally.amount
    return round(tally.amount / tally.n / MICROSECONDS[figure.unit], 1) if tally.n else None
