"""How something grew: each report in one bar, by the clock in Viet Nam, with what was done below."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.template.loader import render_to_string

from keng.look import growth
from keng.look.growth import DAY, HOUR, WEEK, Bar, Mark

BEGIN = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # 23:30 in Viet Nam


@pytest.mark.parametrize(
    ("length", "step"), [(timedelta(hours=5), HOUR), (timedelta(days=9), DAY), (timedelta(days=300), WEEK)]
)
def test_bars_begin_by_the_clock_here_and_cover_the_whole_time(length, step):
    assert growth.step_for(BEGIN, BEGIN + length) == step
    starts = growth.starts(BEGIN, BEGIN + length, step)
    assert starts[0] <= BEGIN
    assert starts[-1] <= BEGIN + length < starts[-1] + step
    assert {b - a for a, b in pairwise(starts)} == {step}
    assert starts[0].hour == (23 if step == HOUR else 0)
    assert step != WEEK or starts[0].weekday() == 0


def test_what_is_too_long_for_the_drawing_shows_its_end():
    starts = growth.starts(BEGIN, BEGIN + timedelta(days=900), DAY)
    assert len(starts) == growth.MOST_BARS
    assert starts[-1] <= BEGIN + timedelta(days=900) < starts[-1] + DAY


def test_bars_are_as_high_as_their_counts_and_marks_stand_at_their_time():
    starts = growth.starts(BEGIN, BEGIN + 3 * HOUR, HOUR)
    bars = [Bar(at, count, f"{count} báo cáo", f"/{count}/") for at, count in zip(starts, (1, 4, 0, 2), strict=True)]
    drawn = growth.drawn(
        bars, [Mark(starts[1], "measure", "Giữ tiền", "/m/"), Mark(BEGIN + DAY, "measure", "sau")], HOUR
    )
    heights = [float(one["height"]) for one in drawn["bars"]]
    assert heights[1] == 4 * heights[0] == 2 * heights[3]
    assert heights[2] == 0
    assert [one["told"] for one in drawn["marks"]] == ["Giữ tiền"]
    assert abs(float(drawn["marks"][0]["x"]) - float(drawn["bars"][1]["x"])) < 3


def test_each_bar_is_a_link_and_a_row_of_the_table():
    starts = growth.starts(BEGIN, BEGIN + 2 * HOUR, HOUR)
    bars = [Bar(at, count, f"{count} báo cáo", f"/{count}/") for at, count in zip(starts, (1200, 0, 7), strict=True)]
    html = render_to_string("look/parts/growth.html", {"growth": growth.drawn(bars, [], HOUR), "caption": "Thử"})
    assert re.findall(r'<a href="(/\d+/)" aria-label', html) == ["/1200/", "/7/"]
    assert '<a href="/1200/">1.200</a>' in html
    assert html.count("<rect") == 2


def test_nothing_is_drawn_as_nothing():
    html = render_to_string("look/parts/growth.html", {"growth": growth.drawn([], [], DAY), "caption": "Thử"})
    assert "<rect" not in html
