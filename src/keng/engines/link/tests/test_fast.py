"""The compiled twins give the same bits as the plain functions, whatever they read. Nothing is left out where numba is there."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keng.engines.link import Report, Strings, fast, read_batch
from keng.engines.link.deciding import measure_likeness, settle
from keng.engines.link.evidence import Voice, choose_kin, find_models
from keng.engines.link.profiles import _count_same, _rare, count_hands, listen
from keng.engines.link.tests.cases import WORDS, account, bank, job, phone
from keng.engines.link.words import read_words

pytest.importorskip("numba")

PIECES = [
    *("a", "b", "5", "12", "@", "/", "//", " ", "\n", "\t", "\u200b", ".", "_", "-", "http://a.b/c", "x@y.vn"),
    *("xin", "chào", "t.i.ề.n", "đ", "ß", "Ⅷ", "漢", "字", "😀", "ﬁ", "ı", "Ð", "０", "\u0301", "\x00"),
]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled code for sets of any size."""
    monkeypatch.setattr(fast, "WORTH", 1)


def mixed(seed: int, count: int) -> list[Report]:
    """Reports of few scams, their words changed here and there, some values shared, some texts the same."""
    dice = random.Random(seed)
    found = []
    for number in range(count):
        pairs = [account(dice.randrange(12)), phone(dice.randrange(30))][: dice.randrange(3)]
        one = dice.choice((bank, job))(dice.randrange(count), *pairs)
        words = [dice.choice(WORDS) if dice.random() < 0.15 else word for word in one.text.split()]
        found.append(Report(number, number, " ".join(words[: dice.choice((2, 200, 200))]), tuple(pairs)))
    return found


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), max_size=6))
def test_texts_are_read_alike(texts: list[str]):
    from keng.engines.link.fast.words import read_utf8

    plain = read_words(texts)
    strings = Strings.of([text.encode() for text in texts])
    made = read_utf8(strings.letters, strings.ends)
    assert np.array_equal(plain.phrases, made.phrases)
    assert np.array_equal(plain.sketch, made.sketch)
    assert np.array_equal(plain.story, made.story)


@pytest.mark.parametrize("seed", range(4))
def test_kin_and_likeness_are_found_alike(seed: int, compiled: None):
    from keng.engines.link.fast.kin import find_kin

    features = read_batch(mixed(seed, 300)).features
    features = features.take(np.argsort(features.rank))
    weights = np.random.default_rng(seed).choice(np.array([1, 1 / 3, 3 / 7], np.float32), 64 << 14)
    asks = np.random.default_rng(seed).random(len(features)) < 0.7
    voice, (reports, models) = Voice.of(features.sketch, weights), find_models(features, asks)
    plain = choose_kin(features, voice, reports, models)
    assert (plain >= 0).sum() > 100
    assert np.array_equal(plain, find_kin(features, asks, weights))
    assert np.array_equal(voice.likeness(reports, models), measure_likeness(features, weights, reports, models))


@pytest.mark.parametrize("seed", range(4))
def test_what_groups_say_is_counted_alike(seed: int, monkeypatch: pytest.MonkeyPatch):
    features = read_batch(mixed(seed, 300)).features
    group = np.random.default_rng(seed).integers(0, 60, len(features))
    speech = listen(features, group)
    plain, rare = count_hands(speech), _rare(speech, count_hands(speech))
    monkeypatch.setattr(fast, "WORTH", 1)
    made = count_hands(speech)
    assert (
        np.array_equal(plain.cell, made.cell) and np.array_equal(plain.using, made.using) and plain.total == made.total
    )
    assert rare[0].size > 100
    first = np.arange(0, len(speech.sketch) - 3, 2)
    counts = np.arange(first.size) % 4
    asks = speech.sketch[first[::-1]]
    same = _count_same(asks, speech.sketch, first, counts)
    monkeypatch.setattr(fast, "WORTH", 10**9)
    assert same.sum() > 100 and np.array_equal(same, _count_same(asks, speech.sketch, first, counts))
    monkeypatch.setattr(fast, "WORTH", 1)
    assert all(np.array_equal(one, other) for one, other in zip(rare, _rare(speech, made), strict=True))


def test_pieces_are_copied_alike(monkeypatch: pytest.MonkeyPatch):
    strings = Strings.of([b"", b"one", b"", b"two!", b"three"])
    places = np.array([3, 0, 4, 4, 2, 1])
    plain = strings.take(places)
    monkeypatch.setattr(fast, "WORTH", 1)
    assert list(strings.take(places)) == list(plain) == [b"two!", b"", b"three", b"three", b"", b"one"]


def test_a_set_is_settled_alike(monkeypatch: pytest.MonkeyPatch):
    features = read_batch(mixed(9, 600)).features
    evidence, group = settle(features)
    monkeypatch.setattr(fast, "WORTH", 1)
    made, found = settle(features)
    assert 5 < group.max() < 500
    assert np.array_equal(group, found)
    assert np.array_equal(evidence.kin, made.kin) and np.array_equal(evidence.hands.using, made.hands.using)
