"""A sealed value opens with its key, in its place, unaltered; and otherwise not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.base.sealing import BrokenSealError, new_key, seal, unseal

KEY = new_key()


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_again(plain, label):
    assert unseal(KEY, label, seal(KEY, label, plain)) == plain


@given(st.binary(max_size=50), st.integers(min_value=0))
def test_one_changed_bit_breaks_it(plain, where):
    sealed = bytearray(seal(KEY, "a", plain))
    sealed[where % len(sealed)] ^= 1

    with pytest.raises(BrokenSealError):
        unseal(KEY, "a", bytes(sealed))


@pytest.mark.parametrize("short", [b"", b"x", b"x" * 12])
def test_too_short_is_broken_and_no_crash(short):
    with pytest.raises(BrokenSealError):
        unseal(KEY, "a", short)


def test_another_place_or_key_does_not_open_it():
    sealed = seal(KEY, "report:1:original", b"x")

    for key, label in ((KEY, "report:2:original"), (new_key(), "report:1:original")):
        with pytest.raises(BrokenSealError):
            unseal(key, label, sealed)
