"""Proofs: bound to source, purpose and time; each serves once; wrong ones are told why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from keng.base.errors import KengError
from keng.desk.ground.gate import work
from keng.desk.ground.gate.sources import DayKey
from keng.desk.ground.gate.work import Purpose

NOW = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
KEY, SOURCE = DayKey("2026-11-22", b"k" * 32), b"s" * 16
BITS = 8


def challenge(bits=BITS, purpose=Purpose.REPORT, source=SOURCE, key=KEY, at=NOW):
    return work.make_challenge(key, source, purpose, bits, at)


def check(token, bits=BITS, purpose=Purpose.REPORT, source=SOURCE, key=KEY, at=NOW):
    return work.check(token, [key], [source], purpose, bits, at)


def refusal_of(token, **how):
    with pytest.raises(KengError) as refusal:
        check(token, **how)
    assert refusal.value.said.vi and refusal.value.said.en
    return refusal.value.code


def test_a_solved_challenge_is_worth_something():
    paid = check(work.solve(challenge()))

    assert (paid.until, paid.waited) == (NOW + work.VALID_FOR, False)


def test_a_token_fits_one_block_of_sha_256():
    assert len(challenge(bits=20)) + 1 + work.MOST_COUNTER_DIGITS <= 55


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"source": b"t" * 16}, "proof_forged"),
        ({"purpose": Purpose.LOOKUP}, "proof_forged"),
        ({"key": DayKey("2026-11-21", b"l" * 32)}, "proof_forged"),
        ({"at": NOW + work.VALID_FOR}, "proof_stale"),
        ({"at": NOW - timedelta(seconds=5)}, "proof_stale"),
        ({"bits": BITS + work.EASIER_BY + 1}, "proof_too_easy"),
    ],
)
def test_a_proof_serves_its_source_purpose_and_time_alone(how, code):
    token = work.solve(challenge())
    check(token)

    assert refusal_of(token, **how) == code


def test_what_is_asked_may_have_risen_a_little_since():
    check(work.solve(challenge()), bits=BITS + work.EASIER_BY)


def test_an_answer_that_does_not_solve_is_told_so():
    token = next(
        f"{made}.7" for made in iter(challenge, None) if work.leading_zero_bits(work._sha256(f"{made}.7")) < BITS
    )

    assert refusal_of(token) == "proof_unsolved"


def test_a_challenge_made_easier_by_its_holder_is_forged():
    raw = bytearray(work._decode(challenge(bits=20)))
    raw[2] = 0
    easy = work.base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()

    assert refusal_of(f"{easy}.1") == "proof_forged"


@pytest.mark.parametrize(
    "token", ["", ".", "x", "x.1", "ư.1", "A" * 34, "A" * 34 + ".1", "A" * 10_000, challenge() + ".", challenge() + ".-1",
              challenge() + ".٣", challenge() + "." + "9" * 13, " " + challenge() + ".1"],
    ids=[str(number) for number in range(13)],  # not the tokens: each run makes others
)  # fmt: skip
def test_nonsense_is_told_and_nothing_breaks(token):
    assert refusal_of(token) in ("proof_forged", "proof_unsolved")


def test_a_ticket_serves_once_its_time_has_come():
    ticket = work.make_ticket(KEY, SOURCE, Purpose.REPORT, NOW + timedelta(seconds=10))

    assert refusal_of(ticket) == "too_early"
    assert check(ticket, at=NOW + timedelta(seconds=10)).waited
    assert refusal_of(ticket + ".1", at=NOW + timedelta(seconds=10)) == "proof_forged"
    assert refusal_of(ticket, at=NOW + timedelta(minutes=11)) == "proof_stale"


def test_one_challenge_is_one_payment_however_often_it_is_solved():
    made = challenge(bits=2)
    tokens = [f"{made}.{n}" for n in range(64) if work.leading_zero_bits(work._sha256(f"{made}.{n}")) >= 2]

    assert len(tokens) > 1
    assert len({check(token, bits=2).digest for token in tokens}) == 1
