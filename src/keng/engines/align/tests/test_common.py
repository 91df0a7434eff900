"""What two sequences have in common, beside the table that everybody knows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from keng.engines.align.common import Pattern

SIGNS = st.lists(st.sampled_from("abcd"), max_size=40)


def by_table(left: list[str], right: list[str]) -> int:
    row = [0] * (len(left) + 1)
    for sign in right:
        new = [0]
        for at, own in enumerate(left):
            new.append(row[at] + 1 if own == sign else max(row[at + 1], new[at]))
        row = new
    return row[-1]


@given(SIGNS, SIGNS)
def test_as_much_is_found_as_there_is(left: list[str], right: list[str]) -> None:
    places = Pattern(left).places_in(right)
    taken = [place for place in places if place >= 0]
    assert len(places) == len(right)
    assert taken == sorted(set(taken))
    assert all(left[place] == sign for sign, place in zip(right, places, strict=True) if place >= 0)
    assert len(taken) == by_table(left, right)
