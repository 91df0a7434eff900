"""The one spelling of an entry, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from hashlib import sha256
from unicodedata import normalize
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.base.errors import InputError
from keng.desk.ground.ledger.canonical import (
    EntryFields,
    canonical_json,
    checked_identifier,
    data_text,
    leaf_of,
)

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcđ", max_size=3), inner, max_size=4),
    max_leaves=12,
)


class Status(StrEnum):
    HELD = "held"


def test_an_entry_has_exactly_these_bytes() -> None:
    fields = EntryFields(
        UUID(int=1),
        datetime(2026, 3, 5, 14, 30, tzinfo=timezone(timedelta(hours=7))),
        "officer:12",
        "measures.hold_urgently",
        "measure:9",
        None,
        canonical_json({"lý do": "a\n", "amount": 5, "none": None}),
    )
    expected = (
        '{"about":null,"actor":"officer:12","at":"2026-03-05T07:30:00.000000Z",'
        '"data":{"amount":5,"lý do":"a\\n","none":null},"id":"00000000-0000-0000-0000-000000000001",'
        '"subject":"measure:9","verb":"measures.hold_urgently"}'
    ).encode()
    assert fields.canonical() == expected
    assert canonical_json(json.loads(expected)).encode() == expected
    assert leaf_of(b"s" * 32, expected) == sha256(b"s" * 32 + expected).digest()
    with pytest.raises(ValueError, match="32 bytes"):
        leaf_of(b"s", expected)


@given(values)
def test_canonical_json_reads_back_and_is_its_own_canonical_form(value: object) -> None:
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text
    assert "\n" not in text


def test_composed_and_decomposed_letters_are_the_same_entry() -> None:
    assert canonical_json({normalize("NFD", "Huế"): normalize("NFD", "ạ")}) == canonical_json({"Huế": "ạ"})
    assert canonical_json({"status": Status.HELD}) == '{"status":"held"}'


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**63,
        b"x",
        {1: 2},
        {"a": {1, 2}},
        datetime(2026, 1, 1, tzinfo=UTC),
        UUID(int=1),
        "\ud800",
        {"ế": 1, normalize("NFD", "ế"): 2},
        [[[[[[[[[[1]]]]]]]]]],
    ],
)
def test_it_refuses_what_has_more_than_one_spelling(value: object) -> None:
    with pytest.raises(InputError, match="not_canonical"):
        canonical_json(value)


@pytest.mark.parametrize(
    "data",
    [
        {"phone": "0912345678"},
        {"phone": "gọi +84912345678 nhé"},
        {"citizen": ["001099012345"]},
        {"0912345678": 1},
        {"mail": "a@example.com"},
        {"told": "hai\ndòng"},
        {"told": "x" * 201},
    ],
)
def test_slips_of_personal_data_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(InputError, match="personal_data"):
        data_text(data)


def test_codes_hashes_identifiers_and_names_of_units_pass() -> None:
    data = {
        "sha256": "0" * 64,
        "request": "00000000-0000-0000-0000-012345678901",
        "unit": "Phòng An ninh mạng",
        "amount": 912345678,
        "basis": "nd52.2024.d11",
        "at": "2026-03-05T07:30:00Z",
    }
    assert json.loads(data_text(data)) == data
    with pytest.raises(InputError, match="not_canonical"):
        data_text({"many": ["x" * 199] * 100})


@pytest.mark.parametrize(
    "text", ["officer:12", "reporter", "partner:970436", f"report:{UUID(int=7)}", "campaign:KE-12.3"]
)
def test_identifiers_of_ours_pass(text: str) -> None:
    assert checked_identifier(text, "actor") == text


@pytest.mark.parametrize(
    "text", ["", "Nguyễn Văn A", "officer:", "phone:0912345678", "phone:+84912345678", "a:b c", "a\n"]
)
def test_other_identifiers_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        checked_identifier(text, "actor")
