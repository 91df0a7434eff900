from __future__ import annotations

import pytest

from keng.vietnam.phones import Line, canonical_phone, number_plan, parse_phone

NUMBERS = [
    ("0912 345.678", "+84912345678"),
    ("+84 (0)912 345 678", "+84912345678"),
    ("0084912345678", "+84912345678"),
    ("84912345678", "+84912345678"),
    ("０９１２３４５６７８", "+84912345678"),
    ("0162 345 6789", "+84323456789"),
    ("0123 456 7890", "+84834567890"),
    ("+84 1991234567", "+84591234567"),
    ("024 3824 1234", "+842438241234"),
    ("0236 3824 123", "+842363824123"),
    ("1900 545413", "1900545413"),
    ("18001091", "18001091"),
    ("156", "156"),
    ("+1 202 555 0123", "+12025550123"),
    ("+999123456789", None),
    ("0101234567", None),
    ("012345678", None),
    ("912345678", None),
    ("0170 123 4567", None),
    ("12", None),
    ("hello", None),
    ("", None),
]


@pytest.mark.parametrize(("written", "expected"), NUMBERS)
def test_a_number_has_one_form(written: str, expected: str | None) -> None:
    assert canonical_phone(written) == expected
    if expected:
        assert canonical_phone(expected) == expected


def test_a_prefix_tells_only_who_was_given_it_first() -> None:
    phone = parse_phone("0868123456")
    assert phone is not None
    assert (phone.line, phone.first_carrier) == (Line.MOBILE, "viettel")


def test_every_moved_prefix_leads_to_a_mobile_one() -> None:
    plan = number_plan()
    assert len(plan.moved_in_2018) == 21
    assert set(plan.moved_in_2018.values()) <= set(plan.mobile)
