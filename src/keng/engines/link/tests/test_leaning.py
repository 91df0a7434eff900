"""What the engine would ask a person: campaigns that may be one, and that it does not join itself."""

from __future__ import annotations

import random

import pytest

from keng.engines.link import Leaning, Linker, Report, lean, read_batch
from keng.engines.link.tests.cases import WORDS, account, babble, phone, report, settled
from keng.engines.link.tests.test_linking import background, mutated, scripted

SCRIPT = babble(1, 40).split()


def half_told(share: float) -> Report:
    """The gang's message, of which such a share of the words is the teller's own."""
    dice = random.Random(0)
    return report(500, " ".join(word if dice.random() > share else dice.choice(WORDS) for word in SCRIPT))


def gang_and(*others: Report) -> list[Report]:
    return [*scripted(0, account(1), SCRIPT), *others, *background()]


@pytest.mark.parametrize(("share", "asked"), [(0.4, 1), (0.9, 0)])
def test_what_says_too_little_to_be_joined_is_asked_about_and_what_says_nothing_is_not(share: float, asked: int):
    linker = settled(gang_and(half_told(share)))
    gang, alone = linker.code(0), linker.code(12)
    found = lean(linker.book, 10)
    assert gang != alone and [(one.code, one.other) for one in found] == [(alone, gang)] * asked
    assert all(0.05 <= one.belief < 0.65 for one in found)


def test_what_is_joined_is_asked_about_no_more():
    linker = settled(gang_and(half_told(0)))
    assert linker.code(0) == linker.code(12) and lean(linker.book, 10) == []


def two_hands(*, tell_both: bool) -> list[Report]:
    """Two groups that say the same; each report tells an account, and a number if both are told."""
    dice = random.Random(5)
    reports = background()
    for hand in range(2):
        for place in range(12):
            pairs = account(10 * hand + place % 2), phone(10 * hand + place % 3)
            reports.append(report(100 * hand + place, mutated(SCRIPT, dice), *pairs[: 1 + tell_both]))
    return reports


def test_hands_that_had_the_occasion_to_share_something_are_not_asked_about():
    apart = settled(two_hands(tell_both=True))
    assert apart.code(120) != apart.code(132) and lean(apart.book, 10) == []
    joined = settled(two_hands(tell_both=False))
    assert joined.code(120) == joined.code(132)


def test_the_order_of_arrival_means_nothing_and_the_most_worth_come_first():
    reports = gang_and(half_told(0.4), *scripted(600, phone(7), babble(3, 40).split(), 3))
    dice = random.Random(0)
    told = " ".join(word if dice.random() > 0.4 else dice.choice(WORDS) for word in babble(3, 40).split())
    reports.append(report(700, told))
    expected = [named(settled(reports), reports, 10)]
    for seed in range(3):
        shuffled = random.Random(seed).sample(reports, len(reports))
        expected.append(named(settled(shuffled), shuffled, 10))
    assert len(expected[0]) >= 1 and all(one == expected[0] for one in expected)
    assert named(settled(reports), reports, 1) == expected[0][:1]


def named(linker: Linker, reports: list[Report], most: int) -> list[tuple[frozenset[str], frozenset[str], float]]:
    """The leanings by the reports of both sides."""
    members: dict[str, set[str]] = {}
    for row, one in enumerate(reports):
        members.setdefault(linker.code(row), set()).add(one.identifier)
    found: list[Leaning] = lean(linker.book, most)
    return [(frozenset(members[one.code]), frozenset(members[one.other]), one.belief) for one in found]


def test_nothing_is_asked_of_nobody():
    linker = Linker()
    linker.extend(read_batch([]))
    linker.settle()
    assert lean(linker.book, 10) == []
