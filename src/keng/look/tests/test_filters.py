"""What the filters make of values, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from keng.base.indicators import Kind
from keng.look.states import ICONS, KINDS, STATES, STEP_ICONS, state_of
from keng.look.templatetags import keng

AT = datetime(2026, 11, 21, 7, 5, 9, tzinfo=UTC)


def test_it_writes_money_with_dots_and_a_space_that_does_not_break() -> None:
    assert keng.vnd(4_800_000) == "4.800.000 đ"
    assert keng.vnd(0) == "0 đ"
    assert keng.vnd("990") == "990 đ"


def test_it_writes_a_dash_for_what_is_not_known() -> None:
    unknown = [keng.vnd(None), keng.moment(None), keng.clock_time(None), keng.duration(None), keng.account("")]
    assert unknown == ["–"] * 5
    assert keng.number(None) == "–"
    assert keng.iso(None) == ""


def test_it_shows_utc_as_the_time_in_viet_nam() -> None:
    assert keng.moment(AT) == "21/11/2026 14:05"
    assert keng.clock_time(AT) == "14:05"
    assert keng.clock_seconds(AT) == "14:05:09"
    assert keng.iso(AT) == "2026-11-21T07:05:09Z"


def test_it_refuses_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        keng.moment(datetime(2026, 11, 21, 7, 5))  # noqa: DTZ001 - the fault that is looked for


@pytest.mark.parametrize(
    ("seconds", "vietnamese"),
    [
        (0, "chưa tới 1 phút"),
        (59, "chưa tới 1 phút"),
        (60, "1 phút"),
        (3700, "1 giờ 1 phút"),
        (7200, "2 giờ"),
        (2 * 86400 + 3700, "2 ngày 1 giờ"),
    ],
)
def test_it_says_lengths_in_the_two_largest_units(seconds: int, vietnamese: str) -> None:
    with translation.override("vi"):
        assert keng.duration(seconds) == keng.duration(timedelta(seconds=seconds)) == vietnamese


def test_it_groups_the_digits_of_an_account_and_leaves_out_the_bank() -> None:
    assert keng.account("970436:0071000123456") == keng.account("0071000123456") == "0071\u00a00001\u00a02345\u00a06"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("+84912345678", "0912\u00a0345\u00a0678"),
        ("+842438262345", "02438\u00a0262\u00a0345"),
        ("19001009", "19001009"),
        ("+6591234567", "+6591234567"),
        ("", "–"),
    ],
)
def test_it_writes_a_number_as_people_here_do(value: str, written: str) -> None:
    assert keng.phone(value) == written


def test_it_names_the_platform_of_a_profile() -> None:
    assert keng.social("zalo:+84912345678") == "Zalo 0912\u00a0345\u00a0678"
    assert keng.social("telegram:viet.kieu") == "Telegram viet.kieu"


def test_it_makes_a_telephone_address_of_digits_only() -> None:
    assert keng.digits("1900 54.54-13") == "1900545413"
    assert keng.digits("+84 912 345 678") == "+84912345678"
    assert keng.digits(None) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00"), (249, "04:09"), (7449, "2:04:09"), (3 * 86400 + 4 * 3600 + 59, "3 ngày 4 giờ"), (-249, "quá 04:09")],
)
def test_a_clock_tells(seconds: int, text: str) -> None:
    with translation.override("vi"):
        assert keng.clock_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "direction", "near", "over", "level"),
    [
        (899, "up", 900, 3600, ""),
        (900, "up", 900, 3600, "is-near"),
        (3600, "up", 900, 3600, "is-over"),
        (9999, "up", 0, 0, ""),
        (301, "down", 300, 0, ""),
        (300, "down", 300, 0, "is-near"),
        (0, "down", 300, 0, "is-near"),
        (-1, "down", 300, 0, "is-over"),
    ],
)
def test_a_clock_turns_near_and_over(seconds: int, direction: str, near: int, over: int, level: str) -> None:
    assert keng.clock_level(seconds, direction, near, over) == level


def test_every_state_and_step_has_a_glyph() -> None:
    assert {state.icon for state in STATES.values()} | set(STEP_ICONS.values()) <= set(ICONS)
    assert {state.tone for state in STATES.values()} <= {"calm", "good", "wait", "urgent"}


def test_no_two_states_of_one_tone_look_and_read_alike() -> None:
    assert len({str(state.label) for state in STATES.values()}) == len(STATES)


def test_every_kind_of_indicator_has_a_name() -> None:
    assert {str(kind) for kind in Kind} <= set(KINDS)


def test_a_state_that_nobody_described_is_shown_as_it_is() -> None:
    assert str(state_of("không-có").label) == "không-có"
    assert keng.kind_name("lạ") == "lạ"
    assert keng.kind_name("account") == str(KINDS["account"])
