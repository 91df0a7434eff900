"""The day of a moment is Vietnam's."""

from __future__ import annotations

from datetime import UTC, date, datetime

from keng.base.times import day_in_vietnam


def test_a_day_begins_at_midnight_in_vietnam() -> None:
    assert day_in_vietnam(datetime(2025, 6, 30, 16, 59, 59, tzinfo=UTC)) == date(2025, 6, 30)
    assert day_in_vietnam(datetime(2025, 6, 30, 17, tzinfo=UTC)) == date(2025, 7, 1)
