"""Every figure is that of its rows: over time, units, places and maps, whether it was summed before or not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from keng.desk.ground.ledger import queries as ledger
from keng.desk.steering.review import figures, localities, queries, sums
from keng.desk.steering.review.figures import Take, When
from keng.desk.steering.review.models import CountedDay, DaySum, Mark
from keng.desk.steering.review.periods import Length, around, span
from keng.vietnam import places

COUNTED = [one for one in figures.table().values() if one.fact]
PERIODS = [
    span(date(2025, 1, 1), date(2025, 12, 31)),
    span(date(2025, 6, 28), date(2025, 7, 2)),
    around(Length.MONTH, date(2025, 6, 30)),
    around(Length.MONTH, date(2025, 7, 1)),
    around(Length.DAY, date(2025, 7, 2)),
]


def told(review):
    return {code: {spot: tally for spot, tally in spots.items() if tally.n} for code, spots in review.tallies.items()}


@pytest.mark.parametrize("seed", range(4))
def test_sums_are_those_of_the_rows_whatever_happens_and_however_late_the_worker_is(play_of, seed):
    """At every turn: read with the daily sums as they stand, then again with none."""
    play = play_of(seed)
    used = 0
    for turn in range(60):
        play.act()
        if play.hand.random() < 0.5:
            play.sequence()
        if play.hand.random() < 0.3:
            sums.keep_sums(now=play.now, days=play.hand.choice([1, 3, 40]))
        if turn % 6 == 5:
            used += len(sums.trusted_days(date(2025, 1, 1), date(2026, 1, 1), now=play.now))
            for officer in play.everybody:
                for period in PERIODS[:2]:
                    kept = queries.read(officer, period, now=play.now)
                    bare = _without_sums(lambda of=officer, at=period: queries.read(of, at, now=play.now))
                    assert told(kept) == told(bare), play.acts
    assert used > 10  # or the sums were never asked
    assert {"report", "hold", "answer", "approve"} <= set(play.acts)


@pytest.mark.parametrize("seed", range(3))
def test_a_figure_opens_onto_exactly_its_rows_in_each_province_of_either_map(play_of, seed):
    play = _played(play_of, seed)
    shared = 0
    for officer in play.everybody:
        for period in PERIODS:
            review = queries.read(officer, period, now=play.now)
            for figure in COUNTED:
                whole = queries.value_of(figure, queries.rows(officer, figure, period, now=play.now))
                assert review.total(figure) == whole, figure.code
                for on in localities.maps():
                    by_province = review.by_province(figure, on)
                    assert sum(one.n for one in by_province.values()) == whole.n
                    if figure.take is not Take.MEAN:
                        assert sum(one.value for one in by_province.values()) == whole.value
                    shared += sum(one.estimated for one in by_province.values() if figure.code == "reports")
                    if officer is play.cast.first and figure.code in ("reports", "lost", "sent", "answered"):
                        _check_rows(officer, figure, period, on, by_province, play.now)
    assert shared  # some report of the new map told no commune


def _check_rows(officer, figure, period, on, by_province, now):
    for code, value in by_province.items():
        rows = queries.rows(officer, figure, period, where=(code, on), now=now)
        if figure.take is Take.MEAN:
            assert rows.count() <= value.n
        else:
            assert queries.value_of(figure, rows).value == value.value - value.estimated, (figure.code, code, on.code)


@pytest.mark.parametrize("seed", range(2))
def test_the_communes_of_a_province_add_up_to_its_rows_and_none_stands_alone_with_few(play_of, seed):
    play = _played(play_of, seed)
    officer, figure, period = play.cast.first, figures.figure("reports"), PERIODS[0]
    for on in localities.maps():
        for code, value in queries.read(officer, period, now=play.now).by_province(figure, on).items():
            lines = queries.communes(officer, figure, period, code, on, now=play.now)
            assert sum(line.value.n for line in lines) == value.n - value.estimated
            alone = [line for line in lines if line.unit is not None]
            assert all(line.value.n >= queries.FEWEST for line in alone)
            for line in alone:
                its = localities.map_of_code(line.map)
                rows = queries.rows(officer, figure, period, place=(line.code, its), now=play.now)
                assert rows.count() == line.value.n


def test_few_are_joined_until_they_are_not_few_and_never_one_alone(play_of):
    play = play_of(1)
    play.pass_by(days=10)
    officer, figure, period = play.cast.first, figures.figure("reports"), around(Length.MONTH, date(2025, 7, 7))

    def lines():
        found = queries.communes(officer, figure, period, "01", localities.map_on(date(2025, 7, 7)), now=play.now)
        return [(line.code, line.joined, line.value.n) for line in found]

    for place, times in (("00004", 5), ("00008", 2)):
        for _ in range(times):
            play.report(place)
    assert lines() == [("", 2, 7)]  # 5 beside "2 joined" would tell where the two are

    for _ in range(1):
        play.report("00025")
    assert lines() == [("00004", 0, 5), ("", 2, 3)]

    play.report("01")
    assert lines()[-1] == ("", 0, 1)  # told no commune: a line of its own


def test_old_figures_on_the_new_map_are_exact_and_new_ones_on_the_old_are_where_the_commune_is_told(play_of):
    play = play_of(3)
    for place in ("10", "15", "04252"):  # before: Lào Cai, Yên Bái, a ward of Yên Bái
        play.report(place)
    play.pass_by(days=9)
    for place in ("15", "04252"):  # since: Lào Cai, and a ward in what was Yên Bái
        play.report(place)
    old, new = localities.maps()
    figure, period = figures.figure("reports"), span(date(2025, 6, 1), date(2025, 7, 31))
    review = queries.read(play.cast.first, period, now=play.now)

    assert {code: (one.value, one.estimated) for code, one in review.by_province(figure, new).items()} == {"15": (5, 0)}
    on_old = review.by_province(figure, old)
    assert sum(one.value for one in on_old.values()) == 5
    assert {code: one.value - one.estimated for code, one in on_old.items()} == {"10": 1, "15": 3}
    assert sum(one.estimated for one in on_old.values()) == 1


def test_a_chief_sees_the_own_unit_and_below_and_no_more(play_of):
    play = _played(play_of, 5)
    figure, period = figures.figure("reports"), PERIODS[0]
    whole = queries.read(play.cast.first, period, now=play.now).total(figure).n
    parts = {code: queries.read(chief, period, now=play.now).total(figure).n for code, chief in play.chiefs.items()}

    assert parts["10"] == parts["15"] > 0  # one unit since the map changed
    assert 0 < parts["15"] + parts["01"] < whole


def test_forgotten_sums_come_back_the_same(play_of):
    play = _played(play_of, 6)
    play.sequence()
    sums.keep_sums(now=play.now, days=100)
    before = set(DaySum.objects.values_list("day", "fact", "owner", "map", "province", "formerly", "n", "amount"))
    assert len(before) > 20

    sums.forget()
    assert not CountedDay.objects.exists()
    sums.keep_sums(now=play.now, days=100)

    assert (
        set(DaySum.objects.values_list("day", "fact", "owner", "map", "province", "formerly", "n", "amount")) == before
    )


def test_a_long_tail_makes_nothing_wrong(play_of, monkeypatch):
    play = _played(play_of, 7)
    play.sequence()
    sums.keep_sums(now=play.now, days=100)
    year = (date(2025, 1, 1), date(2026, 1, 1))
    assert sums.trusted_days(*year, now=play.now)

    monkeypatch.setattr(sums, "MOST_ENTRIES", 1)
    play.report()
    assert sums.trusted_days(*year, now=play.now) == set()


def test_a_worker_far_behind_begins_anew_and_is_up_to_date_in_one_turn(play_of, monkeypatch):
    play = _played(play_of, 7)
    play.sequence()
    sums.keep_sums(now=play.now, days=100)
    monkeypatch.setattr(sums, "MOST_ENTRIES", 2)
    for _ in range(sums.STRETCHES_A_TURN * 3):
        play.report()
    play.sequence()
    year = (date(2025, 1, 1), date(2026, 1, 1))
    assert sums.trusted_days(*year, now=play.now) == set()

    counted = sums.keep_sums(now=play.now, days=100)

    assert counted == CountedDay.objects.count() > 0
    assert sums.trusted_days(*year, now=play.now) == set(CountedDay.objects.values_list("day", flat=True))
    assert Mark.objects.get().place == ledger.last_place()


def test_today_is_never_kept(play_of):
    play = _played(play_of, 8)
    play.sequence()
    sums.keep_sums(now=play.now, days=100)

    assert play.now.date() + timedelta(days=1) not in set(CountedDay.objects.values_list("day", flat=True))
    assert max(CountedDay.objects.values_list("day", flat=True)) < play.now.date() + timedelta(days=1)


def test_no_two_figures_share_a_name_and_every_one_says_what_it_counts():
    rows = list(figures.table().values())

    assert len({one.said.vi for one in rows}) == len({one.said.en for one in rows}) == len(rows)
    assert all(one.definition.vi and one.definition.en for one in rows)
    assert [one.code for one in rows if not one.is_recorded] == ["returned"]
    assert all(one.version > 0 for one in rows if one.is_recorded)
    assert {one.code for one in rows if one.when is When.NOW} == {"silent"}


def test_every_map_has_its_provinces_and_every_province_a_spot():
    old, new = localities.maps()

    assert (old.code, new.code) == ("63", "34")
    for on, count in ((old, 63), (new, 34)):
        assert len(localities.provinces(on)) == count
        assert all(localities.spot_of(one.code, on.code).province == one.code for one in localities.provinces(on))
    assert localities.map_on(date(2025, 6, 30)) == old
    assert localities.map_on(date(2025, 7, 1)) == new


def test_what_lies_in_a_province_for_certain_is_what_its_spots_say():
    """The condition on rows and the recasting of sums are two ways to one answer: for every code of every map."""
    for its in localities.maps():
        for on in localities.maps():
            for province in localities.provinces(on):
                for code in sorted(localities._codes_in(province.code, on)[its])[::7]:
                    spot = localities.spot_of(code, its.code)
                    assert list(localities.provinces_of(spot, on)) == [province.code], (code, its.code, on.code)


def test_a_commune_that_is_told_stood_on_that_map():
    assert localities.unit_of("04252", localities.maps()[0]) == places.unit("04252", date(2025, 6, 30))
    assert localities.unit_of("99999", localities.maps()[1]) is None


def _played(play_of, seed, turns=70):
    play = play_of(seed)
    for _ in range(turns):
        play.act()
        if play.hand.random() < 0.3:
            play.sequence()
            sums.keep_sums(now=play.now)
    return play


def _without_sums(read):
    trusted, sums.trusted_days = sums.trusted_days, lambda *_days, **_more: set()
    try:
        return read()
    finally:
        sums.trusted_days = trusted
