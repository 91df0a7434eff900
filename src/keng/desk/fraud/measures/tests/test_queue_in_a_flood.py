"""The queue while a flood passes: a large fresh loss is not pushed out, and what was decided is not shown again."""

from __future__ import annotations

from datetime import timedelta

from keng.desk.fraud.measures import queue as queries
from keng.desk.fraud.reports.queueing import BAND_MOST

LARGE = 900_000_000


def lose(cast, amount, *, minutes_ago):
    at = (cast.clock.at - timedelta(minutes=minutes_ago)).isoformat()
    account = f"970436:{amount:013d}"
    return cast.report(loss={"sent": True, "amount": amount, "to_account": account, "at": at}).report


def to_hold(cast):
    return [line for line in queries.queue(cast.first, now=cast.clock.at) if line.what == "hold"]


def test_a_flood_of_small_losses_pushes_no_large_one_out(cast):
    large = lose(cast, LARGE, minutes_ago=55)
    small = [lose(cast, 1000 + n, minutes_ago=n % 50) for n in range(BAND_MOST * 5 + 20)]

    lines = to_hold(cast)

    assert len(small) > len(lines) - 1
    assert lines[0].code == large.code


def test_a_flood_of_old_losses_pushes_no_fresh_one_out(cast):
    fresh = lose(cast, LARGE // 100, minutes_ago=2)
    for n in range(BAND_MOST + 5):
        lose(cast, LARGE + n, minutes_ago=60 * 50)

    assert fresh.code in {line.code for line in to_hold(cast)}


def test_the_horizon_is_seventy_two_hours(cast):
    inside, outside = lose(cast, 2000, minutes_ago=72 * 60 - 1), lose(cast, 3000, minutes_ago=72 * 60 + 1)

    codes = {line.code for line in to_hold(cast)}
    assert inside.code in codes and outside.code not in codes


def test_each_loss_stands_once_whatever_its_age(cast):
    made = [lose(cast, 5000 + minutes, minutes_ago=minutes).code for minutes in range(0, 200, 7)]

    assert sorted(line.code for line in to_hold(cast)) == sorted(made)
