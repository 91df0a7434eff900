"""What values a campaign's reports name, and which go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations

from django.db.models import Count, F, Q, QuerySet, Sum

from keng.desk.fraud.campaigns.facts import Edge, Graph, Value
from keng.desk.fraud.campaigns.models import ALL_UNITS, Part, Placement, ValueSum
from keng.desk.fraud.campaigns.scope import VERB, get_head, in_parts, mine, parts_of_one
from keng.desk.fraud.measures import owners
from keng.desk.fraud.measures.models import OPEN_STATES, Measure
from keng.desk.fraud.reports.models import Indicator
from keng.desk.fraud.reports.scope import within
from keng.desk.fraud.reports.sightings import digest_of
from keng.desk.ground.people.models import Officer
from keng.engines.link.values import compared

LIST = "campaigns.list"
MOST_ELSEWHERE = 10
HUB = 5  # other campaigns, from which on a value says nothing of this one
MANY = 1000  # values of a campaign, from which on those that one report alone names are left out
GRAPHED = 400  # reports whose values are drawn


def values_of(officer: Officer, code: str | Part, *, most: int = 40) -> list[Value]:
    """What its reports name, those named most first."""
    return values_in(officer, get_head(officer, LIST, code), most=most)


def values_in(officer: Officer, head: Part, *, most: int) -> list[Value]:
    """The same of a campaign that the officer may see."""
    found = _most_named(officer, parts_of_one(head), most)
    elsewhere = _elsewhere(officer, head, [digest for digest, *_ in found])
    ordered = _measures(officer, [(kind, value) for _digest, kind, value, _n in found])
    return [
        Value(
            kind=kind,
            value=value,
            reports=n,
            elsewhere=min(elsewhere.get(digest, 0), MOST_ELSEWHERE),
            is_hub=not compared(kind, value) or elsewhere.get(digest, 0) >= HUB,
            measures=tuple(ordered.get((kind, value), ())),
        )
        for digest, kind, value, n in found
    ]


def _most_named(officer: Officer, parts: Collection[int], most: int) -> list[tuple[bytes, str, str, int]]:
    """Digest, kind, value and in how many reports, those named most first. Of many values those of one report are left out."""
    rows = _sums(officer).filter(in_parts(parts))
    if len(parts) == 1 and not mine(officer):  # a row each: the index has them in their order
        ordered = rows.order_by("-reports", "kind", "value").values_list("digest", "kind", "value", "reports")
        found = list(ordered[:most])
        if len(found) == most and found[-1][-1] == 1 and _are_many(rows):
            found = [one for one in found if one[-1] > 1]
    else:
        some = rows.filter(reports__gt=1) if _are_many(rows) else rows
        sums = some.values("digest", "kind", "value").annotate(n=Sum("reports")).order_by("-n", "kind", "value")
        found = list(sums.values_list("digest", "kind", "value", "n")[:most])
    return [(bytes(digest), kind, value, n) for digest, kind, value, n in found]


def _are_many(rows: QuerySet[ValueSum]) -> bool:
    """Whether there are so many that what one report alone names is not looked at."""
    return rows.order_by().values_list("pk", flat=True)[MANY : MANY + 1].exists()


def _sums(officer: Officer) -> QuerySet[ValueSum]:
    """The sums by which the officer's reports are counted."""
    units = mine(officer)
    return ValueSum.objects.filter(units & ~Q(unit=ALL_UNITS) if units else Q(unit=ALL_UNITS))


def _elsewhere(officer: Officer, head: Part, digests: list[bytes]) -> dict[bytes, int]:
    """In how many other campaigns each value is named, of those that the officer may see."""
    rows = _sums(officer).filter(digest__in=digests).exclude(part__head=head)
    counts = rows.values("digest").annotate(n=Count("part__head", distinct=True)).order_by()
    return {bytes(row["digest"]): row["n"] for row in counts}


def _measures(officer: Officer, values: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    wanted = list(values)
    rows = Measure.objects.filter(
        owners.within(officer, "measures.list", report="report__"),
        object_value__in=[value for _kind, value in wanted],
        state__in=OPEN_STATES,
    )
    found: dict[tuple[str, str], list[str]] = {}
    for kind, value, code in rows.order_by("proposed_at").values_list("object_kind", "object_value", "code"):
        found.setdefault((kind, value), []).append(code)
    return found


def graph_of(
    officer: Officer,
    code: str | Part,
    *,
    most: int = 30,
    values: Sequence[Value] | None = None,
    reports: int | None = None,
) -> Graph:
    """Its values and which are named together, read from its newest 400 reports. `values`: as of `values_of`, so many or more;
    `reports`: how many it has, as of `get_campaign`.
    """
    head = get_head(officer, LIST, code)
    nodes = list(values[:most]) if values is not None else values_in(officer, head, most=most)
    place = {digest_of(node.kind, node.value): number for number, node in enumerate(nodes)}
    newest = Placement.objects.filter(mine(officer), in_parts(parts_of_one(head))).order_by("-received_at", "-pk")
    newest = newest.values("pk")[:GRAPHED]
    told = Indicator.objects.filter(within(officer, VERB, at="report__"), report__in=newest, digest__in=list(place))
    named: dict[object, set[int]] = {}
    for report, digest in told.values_list("report_id", "digest"):
        named.setdefault(report, set()).add(place[bytes(digest)])
    looked_at = newest.count() if reports is None else min(reports, GRAPHED)
    counts = Counter(pair for found in named.values() for pair in combinations(sorted(found), 2))
    return Graph(nodes, [Edge(one, other, n) for (one, other), n in sorted(counts.items())], looked_at)


def shared_with(officer: Officer, head: Part, *, most: int = 20) -> list[tuple[int, str, str, int, int]]:
    """Other campaigns that name a value of this one which few others name: (head, kind, value, reports here, reports there)."""
    values = [one for one in values_in(officer, head, most=60) if not one.is_hub and one.elsewhere]
    by_digest = {digest_of(one.kind, one.value): one for one in values}
    rows = _sums(officer).filter(digest__in=list(by_digest))
    rows = rows.exclude(part__head=head).values("digest", head=F("part__head")).annotate(n=Sum("reports"))
    found = [
        (row["head"], by_digest[bytes(row["digest"])].kind, by_digest[bytes(row["digest"])].value,
         by_digest[bytes(row["digest"])].reports, row["n"])
        for row in rows.order_by("-n", "head")
    ]  # fmt: skip
    return found[:most]
