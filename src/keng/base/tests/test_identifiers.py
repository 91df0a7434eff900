"""Receipts and codes that people read aloud."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from keng.base import identifiers

SHAPE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}")


def test_a_receipt_has_eighty_bits_and_no_letter_that_looks_like_another():
    receipts = {identifiers.new_receipt() for _ in range(500)}

    assert len(receipts) == 500
    assert all(SHAPE.fullmatch(receipt) for receipt in receipts)


def test_a_receipt_is_read_however_it_is_typed():
    assert identifiers.read_receipt(" 7k3m 2qxw-9oab  cilf ") == "7K3M-2QXW-90AB-C11F"
    assert identifiers.read_receipt("7K3M-2QXW-90AB") is None
    assert identifiers.read_receipt("7K3M-2QXW-90AB-CDE*") is None
    assert identifiers.read_receipt("ư" * 16) is None


@given(st.binary(min_size=1, max_size=50), st.binary(max_size=50), st.binary(max_size=50))
def test_a_retry_gets_the_same_receipt_and_others_do_not(secret, key, body):
    receipt = identifiers.receipt_from(secret, key, body)

    assert identifiers.receipt_from(secret, key, body) == receipt
    assert identifiers.receipt_from(secret, key + b"x", body) != receipt
    assert identifiers.receipt_from(secret, key, body + b"x") != receipt
    assert identifiers.read_receipt(receipt) == receipt


def test_parts_do_not_run_into_each_other():
    assert identifiers.receipt_from(b"s", b"ab", b"c") != identifiers.receipt_from(b"s", b"a", b"bc")


def test_new_ids_are_version_7_and_grow():
    ids = [identifiers.new_id() for _ in range(50)]

    assert {one.version for one in ids} == {7}
    assert [one.int >> 80 for one in ids] == sorted(one.int >> 80 for one in ids)
