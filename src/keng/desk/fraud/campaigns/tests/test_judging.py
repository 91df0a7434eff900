"""Officers' verbs: what they do, that they outrank the engine for ever, and that each can be undone exactly."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.conftest import Cast
from keng.desk.fraud.campaigns import actions, queries
from keng.desk.fraud.campaigns.models import (
    ALL_UNITS,
    Judgement,
    Kind,
    Part,
    Placement,
    State,
    UnitDay,
    UnitSum,
    ValueSum,
)
from keng.desk.fraud.campaigns.placing import Found, Merged, New, write_down
from keng.desk.fraud.campaigns.state import live
from keng.desk.fraud.campaigns.sums import told_by
from keng.desk.fraud.reports.models import Indicator, Loss, Report
from keng.desk.fraud.reports.sightings import digest_of

WHY = "cùng một nhóm"


class Country:
    """Reports, and an engine under the test's hand: `label` is its opinion, written down as it changes."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.label: dict[UUID, str] = {}
        self.codes: set[str] = set()

    @property
    def now(self):
        return self.cast.clock.at

    def report(self, value: str = "", amount: int = 0) -> UUID:
        """A report with nothing in it but a value and a loss: what it says is no matter here."""
        at = self.cast.clock.pass_by(seconds=1)
        number = Report.objects.count()
        row = Report.objects.create(
            code=f"TB-{number:07}", receipt_hash=number.to_bytes(32, "big"), channel="api", received_at=at, original=b"",
            original_sha256=bytes(32), engine="test",
        )  # fmt: skip
        if value:
            Indicator.objects.create(report=row, kind="phone", value=value, digest=digest_of("phone", value))
        if amount:
            Loss.objects.create(report=row, amount=amount, sent_at=at, to_account="970436:00710001")
        return row.pk

    def place(self, report: UUID, label: str, near: tuple[UUID, ...] = ()) -> UUID:
        self.label[report] = label
        self.codes.add(label)
        self._write(new=[New(report, label, near)])
        return report

    def group(self, label: str, size: int, **more) -> list[UUID]:
        first = self.place(self.report(**more), label)
        return [first, *(self.place(self.report(**more), label, (first,)) for _ in range(size - 1))]

    def merge(self, code: str, into: str, near: tuple[UUID, ...] = ()) -> None:
        self.label = {pk: into if label == code else label for pk, label in self.label.items()}
        self.codes.discard(code)
        self._write(merged=[Merged(code, into, near)])

    def move(self, report: UUID, code: str) -> None:
        self.label[report] = code
        self.codes.add(code)
        self._write(moved={report: code})

    def _write(self, **found) -> None:
        write_down(Found(rows=len(self.label), **found), self.cast.keys, now=self.now)

    def wanted(self) -> frozenset[frozenset[UUID]]:
        """The campaigns as the engine would have them."""
        groups: dict[str, set[UUID]] = {}
        for pk, label in self.label.items():
            groups.setdefault(label, set()).add(pk)
        return frozenset(map(frozenset, groups.values()))

    def stands(self) -> frozenset[frozenset[UUID]]:
        """The campaigns as they stand."""
        groups: dict[int, set[UUID]] = {}
        for pk, head in Placement.objects.values_list("pk", "part__head"):
            groups.setdefault(head, set()).add(pk)
        return frozenset(map(frozenset, groups.values()))

    def codes_of(self) -> dict[UUID, str]:
        return dict(Placement.objects.values_list("pk", "part__head__code"))

    def code(self, report: UUID) -> str:
        return self.codes_of()[report]


@pytest.fixture
def country(cast):
    return Country(cast)


def together(country, *reports):
    return len({country.code(one) for one in reports}) == 1


def test_a_merge_keeps_the_code_that_was_named_and_its_undo_gives_both_back(country, entries):
    one, other = country.group("A", 3), country.group("B", 2)
    before = country.codes_of()
    officer, code, into = country.cast.first, country.code(one[0]), country.code(other[0])
    judgement = actions.merge(officer, code, into, WHY, now=country.now)

    assert country.stands() == {frozenset([*one, *other])}
    assert country.code(one[0]) == into
    facts = queries.get_campaign(officer, code)
    assert (facts.code, facts.asked_code, facts.reports, facts.judged) == (into, code, 5, True)
    actions.undo(country.cast.second, judgement.pk, "nhầm", now=country.now)
    assert country.codes_of() == before
    assert entries()[-2:] == ["campaigns.merge", "campaigns.undo"]
    with pytest.raises(ConflictError, match="undone_already"):
        actions.undo(officer, judgement.pk, "lại", now=country.now)


def test_what_an_officer_cut_the_engine_never_joins_again_also_not_through_a_third(country):
    group = country.group("A", 4)
    cut = group[1]
    actions.cut(country.cast.first, cut, "người này báo chuyện khác", now=country.now)
    assert country.stands() == {frozenset([cut]), frozenset(group) - {cut}}

    third = country.place(country.report(), "A", (cut, group[0]))
    fourth = country.place(country.report(), "A", (group[0], cut))
    others = country.group("B", 3)
    country.merge("B", "A")
    country.move(group[2], "C")
    country.merge("C", "A")

    assert not together(country, cut, group[0])
    assert together(country, cut, third)  # what the engine puts with a part goes with that part
    assert together(country, fourth, *others, *set(group) - {cut})


def test_a_group_that_joins_because_of_what_was_cut_goes_with_it(country):
    group = country.group("A", 4)
    actions.cut(country.cast.first, group[1], WHY, now=country.now)
    others = country.group("B", 2)
    country.merge("B", "A", near=(group[1],))

    assert together(country, group[1], *others)
    assert not together(country, group[0], group[1])
    actions.undo(country.cast.first, live(Judgement.objects.exclude(officer=None)).get().pk, WHY, now=country.now)
    assert country.stands() == country.wanted()


def test_what_an_officer_joined_the_engine_does_not_part_and_says_so_instead(country):
    one, other = country.group("A", 3), country.group("B", 3)
    judgement = actions.merge(country.cast.first, country.code(one[0]), country.code(other[0]), WHY, now=country.now)
    country.move(one[0], "C")
    country.move(one[1], "C")

    assert country.stands() == {frozenset([*one, *other])}
    (suggestion,) = queries.suggestions_of(country.cast.first, country.code(one[0]))
    assert (suggestion.what, set(suggestion.report_ids)) == ("split", set(one[:2]))
    actions.undo(country.cast.first, judgement.pk, WHY, now=country.now)
    assert country.stands() == {frozenset(one[:2]), frozenset(one[2:]), frozenset(other)} == country.wanted()


def test_two_kept_apart_are_not_joined_by_the_engine_and_are_suggested_no_more(country):
    one, other = country.group("A", 2), country.group("B", 2)
    codes = country.code(one[0]), country.code(other[0])
    judgement = actions.keep_apart(country.cast.first, *codes, "hai vụ", now=country.now)
    country.merge("B", "A")

    assert country.stands() == {frozenset(one), frozenset(other)}
    assert queries.suggestions_of(country.cast.first, codes[0]) == []
    actions.undo(country.cast.first, judgement.pk, WHY, now=country.now)
    assert country.stands() == {frozenset([*one, *other])}


def test_a_newer_judgement_outranks_an_older_one_and_undoing_it_brings_that_back(country):
    group = country.group("A", 4)
    officer, cut = country.cast.first, group[3]
    actions.cut(officer, cut, WHY, now=country.now)
    again = actions.merge(officer, country.code(cut), country.code(group[0]), WHY, now=country.now)
    assert country.stands() == {frozenset(group)}
    actions.undo(officer, again.pk, WHY, now=country.now)
    assert country.stands() == {frozenset([cut]), frozenset(group[:3])}


def test_what_was_cut_can_be_put_back_into_a_campaign_of_many_parts(country):
    """The campaign that it goes to has another head than the part that it was cut out of."""
    one, other = country.group("A", 2), country.group("B", 3)
    country.merge("B", "A")
    officer, cut = country.cast.first, other[1]
    actions.cut(officer, cut, WHY, now=country.now)
    actions.merge(officer, country.code(cut), country.code(one[0]), WHY, now=country.now)
    assert country.stands() == {frozenset([*one, *other])}


def test_a_split_by_value_takes_every_report_that_names_it(country):
    plain, named = country.group("A", 3), [country.place(country.report(value="+84911111111"), "A") for _ in range(2)]
    officer = country.cast.first
    judgement = actions.split_value(officer, country.code(plain[0]), "phone", "+84911111111", "", now=country.now)

    assert country.stands() == {frozenset(plain), frozenset(named)}
    assert (judgement.why_kind, judgement.why_value, judgement.reports) == ("phone", "+84911111111", 2)
    assert [one.value for one in queries.values_of(officer, country.code(named[0]))] == ["+84911111111"]
    with pytest.raises(ConflictError, match="nothing_left"):
        actions.split_value(officer, country.code(named[0]), "phone", "+84911111111", "", now=country.now)
    with pytest.raises(InputError, match="no_reports"):
        actions.split_value(officer, country.code(plain[0]), "phone", "+84911111112", "", now=country.now)


def test_refusals(country):
    group = country.group("A", 2)
    officer, code = country.cast.first, country.code(group[0])
    with pytest.raises(ConflictError, match="same_campaign"):
        actions.merge(officer, code, code, WHY, now=country.now)
    with pytest.raises(InputError, match="no_campaign"):
        actions.merge(officer, code, "CD-0000000", WHY, now=country.now)
    with pytest.raises(InputError, match="no_reason"):
        actions.cut(officer, group[0], " . ", now=country.now)
    with pytest.raises(ConflictError, match="nothing_left"):
        actions.split_reports(officer, code, group, WHY, now=country.now)
    with pytest.raises(InputError, match="no_reports"):
        actions.split_reports(officer, code, [UUID(int=5)], WHY, now=country.now)
    with pytest.raises(RefusedError, match="not_allowed"):
        actions.cut(country.cast.auditor, group[0], WHY, now=country.now)
    with pytest.raises(InputError, match="no_judgement"):
        actions.undo(officer, 10**6, WHY, now=country.now)
    actions.cut(officer, group[0], WHY, now=country.now)
    with pytest.raises(ConflictError, match="alone"):
        actions.cut(officer, group[0], WHY, now=country.now)
    assert not Judgement.objects.exclude(officer=None).exclude(kind=Kind.SPLIT).exists()


def test_a_name_is_shown_until_it_is_undone_and_then_the_one_before(country):
    group = [country.place(country.cast.report().report.pk, "A") for _ in range(2)]
    officer, code = country.cast.first, country.code(group[0])
    actions.name(officer, code, "Phí hồ sơ", "Đừng nộp phí trước.", now=country.now)
    second = actions.name(officer, code, "Việc nhẹ", "", name_en="Easy job", now=country.now)
    facts = queries.get_campaign(officer, code)
    assert (facts.name, facts.name_en, facts.advice) == ("Việc nhẹ", "Easy job", "")
    actions.undo(officer, second.pk, "sai", now=country.now)
    assert queries.get_campaign(officer, code).name == "Phí hồ sơ"
    assert [one.code for one in queries.search(officer, "hồ sơ")] == [code]
    with pytest.raises(InputError, match="too_long"):
        actions.name(officer, code, "x" * 121, "", now=country.now)


VERBS = ("merge", "apart", "together", "cut", "split", "undo")
EVENTS = ("arrive", "join", "leave")
STEPS = st.lists(st.tuples(st.sampled_from([*VERBS, *VERBS, *EVENTS]), st.integers(0, 2**32)), min_size=1, max_size=10)


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_is_judged_undoing_it_all_gives_what_the_engine_says(country, steps):
    with transaction.atomic():
        world = Country(country.cast)
        for label, size in (("A", 3), ("B", 2), ("C", 1)):
            world.group(label, size)
        for step, seed in steps:
            _do(world, step, random.Random(seed))
            _check_view(world)
        standing = list(
            live(Judgement.objects.exclude(officer=None).exclude(kind=Kind.UNDO)).values_list("pk", flat=True)
        )
        random.Random(len(steps)).shuffle(standing)
        for pk in standing:
            actions.undo(world.cast.first, pk, "thôi", now=world.now)
        assert world.stands() == world.wanted()
        _check_view(world)
        transaction.set_rollback(True)


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(first=STEPS, then=STEPS)
def test_verbs_and_their_undos_in_any_order_give_the_campaigns_as_before(country, first, then):
    with transaction.atomic():
        world = Country(country.cast)
        for label, size in (("A", 3), ("B", 2), ("C", 2)):
            world.group(label, size)
        for step, seed in first:
            _do(world, step, random.Random(seed))
        before, newest = world.codes_of(), Judgement.objects.latest("pk").pk if Judgement.objects.exists() else 0
        for step, seed in then:
            if step in VERBS and step != "undo":
                _do(world, step, random.Random(seed))
        made = list(Judgement.objects.filter(pk__gt=newest).values_list("pk", flat=True))
        random.Random(len(then)).shuffle(made)
        for pk in made:
            actions.undo(world.cast.first, pk, "thôi", now=world.now)
        assert world.codes_of() == before
        transaction.set_rollback(True)


def _do(world: Country, step: str, rng: random.Random) -> None:
    officer, reports = world.cast.first, sorted(world.label)
    codes = sorted(set(world.codes_of().values()))
    one, report = rng.choice(codes), rng.choice(reports)
    members = [pk for pk, code in sorted(world.codes_of().items()) if code == one]
    labels = sorted(world.codes & set(world.label.values()))
    try:
        match step:
            case "merge":
                actions.merge(officer, one, rng.choice(codes), WHY, now=world.now)
            case "apart":
                actions.keep_apart(officer, one, rng.choice(codes), WHY, now=world.now)
            case "together":
                actions.keep_together(officer, one, WHY, now=world.now)
            case "cut":
                actions.cut(officer, report, WHY, now=world.now)
            case "split":
                some = rng.sample(members, rng.randint(1, len(members)))
                actions.split_reports(officer, one, some, WHY, now=world.now)
            case "undo":
                standing = live(Judgement.objects.exclude(officer=None).exclude(kind=Kind.UNDO))
                if pks := list(standing.values_list("pk", flat=True)):
                    actions.undo(officer, rng.choice(pks), WHY, now=world.now)
            case "arrive":
                label = rng.choice(labels)
                near = [pk for pk in reports if world.label[pk] == label]
                world.place(world.report(value="+84911111111", amount=500_000), label, tuple(rng.sample(near, 1)))
            case "join" if len(labels) > 1:
                code, into = rng.sample(labels, 2)
                near = [pk for pk in reports if world.label[pk] == into]
                world.merge(code, into, tuple(rng.sample(near, 1)))
            case "leave":
                new = f"N{len(world.label)}-{rng.random()}"
                world.move(report, rng.choice([*labels, new]))
    except ConflictError:
        return


def _check_view(world: Country) -> None:
    """Every sum is that of its rows, every head one of its own campaign."""
    rows = list(Placement.objects.select_related("part"))
    told = told_by([row.pk for row in rows])
    parts, units, days, values = Counter(), Counter(), Counter(), Counter()
    for row in rows:
        parts[row.part_id] += 1
        units[row.part_id, row.unit] += 1
        for unit in (row.unit, ALL_UNITS):
            days[row.part_id, unit, (row.received_at + timedelta(hours=7)).date()] += 1
            values.update((row.part_id, unit, digest) for digest, _kind, _value in told.get(row.pk, ()))
    assert {part.pk: part.reports for part in Part.objects.filter(reports__gt=0)} == parts
    assert {(one.part_id, one.unit): one.reports for one in UnitSum.objects.all()} == units
    assert {(one.part_id, one.unit, one.day): one.reports for one in UnitDay.objects.all()} == days
    assert {(one.part_id, one.unit, bytes(one.digest)): one.reports for one in ValueSum.objects.all()} == values
    heads = Counter(row.part.head_id for row in rows)
    assert {part.pk: part.all_reports for part in Part.objects.filter(all_reports__gt=0)} == heads
    assert State.objects.get().rows == len(world.label)
