"""The police tree of a day, and what becomes of it when the map changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.ground.organisations import actions, queries, tree
from keng.desk.ground.organisations.actions import NewOrganisation
from keng.desk.ground.organisations.models import Organisation
from keng.vietnam import places, police
from keng.vietnam.places import Level

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
OLD, NEW, TODAY = date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 21)


@pytest.fixture
def centre(db):
    return tree.default_centre(now=NOW)


def of_place(code: str, day: date) -> Organisation:
    return Organisation.objects.get(code=police.code_of_unit(places.unit(code, day)))


def add(code: str, kind: str, parent: Organisation | None = None) -> Organisation:
    return actions.add(NewOrganisation(code, kind, f"Đơn vị {code}", parent=parent), now=NOW)


@pytest.mark.parametrize("day", [date(2024, 2, 1), OLD, NEW, TODAY])
def test_the_tree_has_a_unit_for_each_province_of_the_day_below_the_department(centre, day):
    made = tree.load(centre, day, now=NOW)

    provinces = places.units(Level.PROVINCE, day)
    rows = Organisation.objects.filter(kind="province")
    assert made == len(provinces) == rows.count()
    assert {row.place_code for row in rows} == {one.code for one in provinces}
    assert {row.parent_id for row in rows} == {centre.pk}
    assert centre.parent.name == "Bộ Công an"


@pytest.mark.parametrize("day", [OLD, TODAY])
def test_each_commune_lies_below_the_province_of_its_day(centre, day):
    tree.load(centre, day, now=NOW, communes=True)

    lowest = police.lowest_places(day)
    rows = {row.place_code: row for row in Organisation.objects.filter(kind="commune").select_related("parent")}
    assert len(rows) == len(lowest)
    assert all(rows[one.code].parent.place_code == places.path(one, day)[0].code for one in lowest)
    assert all(row.path == f"{row.parent.path}{row.code}/" == row.heir_path for row in rows.values())


def test_loading_again_changes_nothing(centre):
    tree.load(centre, TODAY, now=NOW)

    assert tree.load(centre, TODAY, now=NOW) == 0


def test_a_newer_map_is_not_laid_over_an_older_one(centre):
    tree.load(centre, OLD, now=NOW)

    with pytest.raises(RefusedError) as refused:
        tree.load(centre, NEW, now=NOW)
    assert refused.value.code == "old_map"


def test_the_units_of_the_country_follow_the_new_map(centre):
    tree.load(centre, OLD, now=NOW, communes=True)
    before = {row.code: row for row in Organisation.objects.exclude(place_code="")}

    done = tree.follow_places(NEW, now=NOW)

    after = {row.pk: row for row in Organisation.objects.select_related("successor", "parent")}
    standing = [row for row in after.values() if row.valid_to is None and row.place_code]
    assert {row.place_code for row in standing if row.kind == "province"} == {
        one.code for one in places.units(Level.PROVINCE, NEW)
    }
    assert {row.place_code for row in standing if row.kind == "commune"} == {
        one.code for one in places.units(Level.COMMUNE, NEW)
    }
    assert (done.ended, done.begun) == (len(before), len(standing))
    for row in before.values():
        ended = after[row.pk]
        place = places.unit(row.place_code, OLD)
        heirs = sorted(places.successors(place), key=lambda one: (-one.share, one.new.code))
        assert ended.valid_to == NEW
        assert ended.successor.code == police.code_of_unit(heirs[0].new)
        assert ended.heir_path == ended.successor.path
        assert (row.code in done.split) == (len(heirs) > 1)
    assert all(row.parent.place_code == places.path(places.unit(row.place_code, NEW), NEW)[0].code
               for row in standing if row.kind == "commune")  # fmt: skip


def test_two_maps_one_after_the_other_lead_to_the_last_heir(centre):
    tree.load(centre, OLD, now=NOW)

    tree.follow_places(TODAY, now=NOW)

    quang_ninh = of_place("22", OLD)
    assert quang_ninh.successor == of_place("22", NEW)
    assert quang_ninh.successor.successor == of_place("22", TODAY)
    assert queries.heir_of(quang_ninh) == of_place("22", TODAY)
    assert tree.follow_places(TODAY, now=NOW).ended == 0


def test_a_commune_that_stays_moves_below_the_successor_of_its_province(centre):
    before, day = date(2026, 8, 31), date(2026, 9, 1)
    tree.load(centre, before, now=NOW, communes=True)
    stays = next(one for one in places.children(places.unit("22", before), before)
                 if places.unit(one.code, day) == one)  # fmt: skip

    tree.follow_places(day, now=NOW)

    row, province = of_place(stays.code, day), of_place("22", day)
    assert row.valid_to is None
    assert row.parent == province
    assert row.path == row.heir_path == f"{province.path}{row.code}/"
    assert queries.above(row)[-1] == province


def test_a_map_is_followed_whole_or_not_at_all(centre, monkeypatch):
    tree.load(centre, OLD, now=NOW)
    monkeypatch.setattr(tree.places, "successors", lambda place: [] if place.code == "92" else places_successors(place))
    with pytest.raises(InputError):
        tree.follow_places(NEW, now=NOW)

    assert Organisation.objects.exclude(valid_to=None).count() == 0


places_successors = places.successors


def test_a_merged_bank_is_answered_for_by_the_other(db, entries):
    one, other = add("bank-a", "bank"), add("bank-b", "bank")

    tree.merge(one, other, TODAY, now=NOW)

    one.refresh_from_db()
    assert (one.valid_to, one.successor, queries.heir_of(one)) == (TODAY, other, other)
    assert "organisations.merge" in entries(one.subject)


@pytest.mark.parametrize("which", ["itself", "ended", "below"])
def test_nobody_succeeds_who_cannot(db, which):
    top, ended = add("top", "department"), add("ended", "department")
    tree.merge(ended, top, TODAY, now=NOW)
    ended.refresh_from_db()
    heir = {"itself": top, "ended": ended, "below": add("under", "province", top)}[which]

    with pytest.raises(InputError):
        tree.merge(top, heir, TODAY, now=NOW)


def test_an_organisation_ends_once(db):
    one, other = add("one", "bank"), add("other", "bank")
    tree.merge(one, other, TODAY, now=NOW)

    with pytest.raises(ConflictError):
        tree.merge(one, other, TODAY, now=NOW)


@pytest.mark.parametrize(
    ("code", "kind", "name", "fault"),
    [("Bank A", "bank", "A", "bad_code"), ("x" * 41, "bank", "A", "bad_code"), ("a", "bank", "A", "bad_code"),
     ("bank", "party", "A", "bad_kind"), ("bank", "bank", "", "bad_name"), ("bank", "bank", "a\0b", "bad_name")],
)  # fmt: skip
def test_what_is_no_organisation_is_refused(db, code, kind, name, fault):
    with pytest.raises(InputError) as refused:
        actions.add(NewOrganisation(code, kind, name), now=NOW)
    assert refused.value.code == fault


def test_a_code_is_taken_once_and_the_same_again_is_the_same(db):
    first = add("bank", "bank")

    assert add("bank", "bank") == first
    with pytest.raises(ConflictError):
        add("bank", "school")


@pytest.mark.parametrize(
    "typed", ["công an tỉnh lào cai", "CONG AN TINH LAO CAI", "lao cai", "cai lao", "Lào Cai province", "lào  cai"]
)
def test_a_name_is_found_with_diacritics_and_without_in_both_languages(centre, typed):
    tree.load(centre, TODAY, now=NOW)

    assert [row.name for row in queries.find(typed, TODAY)] == ["Công an tỉnh Lào Cai"]


@pytest.mark.parametrize("typed", ["", "   ", "\0", "%", "_", "không có đâu", "a" * 5000])
def test_what_names_nothing_finds_nothing(centre, typed):
    tree.load(centre, TODAY, now=NOW)

    assert queries.find(typed, TODAY) == []


def test_units_are_listed_in_vietnamese_order(centre):
    tree.load(centre, TODAY, now=NOW)

    names = [row.name for row in queries.children(centre, TODAY)]
    assert (
        names.index("Công an tỉnh Cà Mau") < names.index("Công an tỉnh Đắk Lắk") < names.index("Công an tỉnh Gia Lai")
    )


def test_what_has_ended_is_not_listed_and_was_listed_the_day_before(centre):
    tree.load(centre, OLD, now=NOW)
    tree.follow_places(NEW, now=NOW)

    assert "Công an tỉnh Yên Bái" not in [row.name for row in queries.children(centre, NEW)]
    assert "Công an tỉnh Yên Bái" in [row.name for row in queries.children(centre, NEW - timedelta(days=1))]
