"""Communes keep their own lists of villages: many lines at once or none, ended and never deleted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.ground.organisations import tree
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.people import actions as people
from keng.desk.ground.people.models import Officer
from keng.desk.ground.places import actions, queries
from keng.desk.ground.places.models import Village

SINCE = date(2026, 7, 1)
LINES = "Thôn 10\nthôn 2\nTổ dân phố số 1\nBản Mường\n\nẤp Đông\nẤp Dừa"


class Commune:
    def __init__(self, cast) -> None:
        self.cast = cast
        self.province = add(NewOrganisation("tinh", "province", "Tỉnh"), now=cast.clock.at)
        self.row = add(NewOrganisation("xa", "commune", "Xã", parent=self.province), now=cast.clock.at)
        self.keeper = people.enrol("giu", "Giữ", "", "keeper", organisation=self.row, now=cast.clock.at)

    def add(self, lines=LINES, since=SINCE, by=None):
        return actions.add(by or self.keeper, self.row, lines, since, now=self.cast.clock.at)

    @property
    def names(self):
        return [one.name for one in queries.villages_of(self.keeper, self.row)[0]]


@pytest.fixture
def commune(cast):
    return Commune(cast)


def test_pasted_lines_become_villages_in_vietnamese_order(commune, entries):
    commune.add()

    assert commune.names == ["Ấp Dừa", "Ấp Đông", "Bản Mường", "Thôn 2", "Thôn 10", "Tổ dân phố số 1"]
    assert queries.count_below(commune.province) == {"village": 5, "residential_group": 1}
    assert {(one.added_by, one.valid_from) for one in Village.objects.all()} == {(commune.keeper, SINCE)}
    assert entries(commune.row.subject)[-1] == "villages.add"


def test_every_wrong_line_is_named_in_both_languages_and_no_line_is_taken(commune):
    commune.add("Thôn Hoà")
    with pytest.raises(actions.LinesError) as refused:
        commune.add("Thôn Đông\nĐông\n\nthôn hòa\nThôn  đông\nThôn <b>\nThôn " + "a" * 100)

    assert [one.said.vi.split(":")[0] for one in refused.value.lines] == [
        "Dòng 2",
        "Dòng 4",
        "Dòng 5",
        "Dòng 6",
        "Dòng 7",
    ]
    assert [one.said.en for one in refused.value.lines][1:3] == [
        "Line 4: is in the list already.",
        "Line 5: the same as line 1.",
    ]
    assert commune.names == ["Thôn Hoà"]


@pytest.mark.parametrize("lines", ["", " \n \n", "Thôn 1\n" * 501, "\0"])
def test_no_lines_or_too_many_are_refused(commune, lines):
    with pytest.raises(InputError):
        commune.add(lines)
    assert not Village.objects.exists()


def test_five_hundred_lines_are_taken_at_once(commune, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        assert len(commune.add("\n".join(f"Thôn {n}" for n in range(500)))) == 500


@pytest.mark.parametrize(("days", "works"), [(0, True), (1, False), (-60_000, False)])
def test_a_village_begins_on_a_day_that_has_come(commune, cast, days, works):
    day = cast.clock.at.date() + timedelta(days=days)
    if works:
        assert commune.add("Thôn 1", day)
        return
    with pytest.raises(InputError):
        commune.add("Thôn 1", day)


def test_a_village_is_ended_with_a_reason_and_its_name_is_free_again(commune, cast):
    village = commune.add("Thôn 1")[0]
    with pytest.raises(InputError):
        actions.end(commune.keeper, village.pk, cast.clock.at.date(), " ", now=cast.clock.at)

    actions.end(commune.keeper, village.pk, cast.clock.at.date(), "nhập vào Thôn 2", now=cast.clock.at)
    with pytest.raises(ConflictError):
        actions.end(commune.keeper, village.pk, cast.clock.at.date(), "nữa", now=cast.clock.at)
    commune.add("Thôn 1")

    standing, ended = queries.villages_of(commune.keeper, commune.row)
    assert ([one.name for one in standing], [one.end_reason for one in ended]) == (["Thôn 1"], ["nhập vào Thôn 2"])


@pytest.mark.parametrize(("day", "works"), [(SINCE, True), (SINCE - timedelta(days=1), False)])
def test_a_village_does_not_end_before_it_began(commune, cast, day, works):
    village = commune.add("Thôn 1")[0]
    if works:
        assert actions.end(commune.keeper, village.pk, day, "ghi nhầm", now=cast.clock.at)
        return
    with pytest.raises(InputError):
        actions.end(commune.keeper, village.pk, day, "ghi nhầm", now=cast.clock.at)


def test_the_database_itself_keeps_a_name_from_standing_twice(commune):
    from django.db import IntegrityError, transaction

    village = commune.add("Thôn 1")[0]
    village.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        village.save(force_insert=True)


@pytest.mark.parametrize("who", ["first", "operator", "neighbour"])
def test_only_a_keeper_of_the_commune_writes_its_list(commune, cast, who):
    other = add(NewOrganisation("xa-2", "commune", "Xã hai", parent=commune.province), now=cast.clock.at)
    neighbour = people.enrol("ben", "Bên", "", "keeper", organisation=other, now=cast.clock.at)
    village = commune.add("Thôn 1")[0]
    actor = neighbour if who == "neighbour" else getattr(cast, who)

    with pytest.raises(RefusedError):
        commune.add("Thôn 2", by=actor)
    for ident in (village.pk, 10**9):
        with pytest.raises(RefusedError) as refused:
            actions.end(actor, ident, SINCE, "x", now=cast.clock.at)
        assert refused.value.code == "not_allowed"


@pytest.mark.parametrize("kind", ["province", "ended"])
def test_only_a_commune_that_stands_keeps_a_list(commune, cast, kind):
    keeper = people.enrol("giu-tinh", "Giữ", "", "keeper", organisation=commune.province, now=cast.clock.at)
    target = commune.province
    if kind == "ended":
        other = add(NewOrganisation("xa-2", "commune", "Xã hai", parent=commune.province), now=cast.clock.at)
        tree.merge(commune.row, other, cast.clock.at.date(), now=cast.clock.at)
        target = commune.row
        target.refresh_from_db()
    with pytest.raises(RefusedError) as refused:
        actions.add(keeper, target, "Thôn 1", SINCE, now=cast.clock.at)
    assert refused.value.code == "not_a_commune"


def test_the_villages_of_a_commune_that_was_merged_stand_in_its_successors_list(commune, cast):
    other = add(NewOrganisation("xa-2", "commune", "Xã hai", parent=commune.province), now=cast.clock.at)
    commune.add("Thôn 1")
    tree.merge(commune.row, other, cast.clock.at.date(), now=cast.clock.at)

    keeper = Officer.objects.get(pk=commune.keeper.pk)  # of the next request
    assert [one.commune for one in queries.villages_of(keeper, other)[0]] == [commune.row]
