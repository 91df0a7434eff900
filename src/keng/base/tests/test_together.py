"""Group commit without a database: who comes while somebody is at work shares the next turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from keng.base.together import Together

LATE = 20  # seconds; only a fault takes so long


class Turns:
    """Keeps what each turn got. The first one lasts until `go_on`."""

    def __init__(self, outcome: Callable[[int], int | BaseException] = lambda asked: asked * 10) -> None:
        self.outcome = outcome
        self.turns: list[list[int]] = []
        self.begun, self.go_on = Event(), Event()

    def __call__(self, asked: list[int]) -> list[int | BaseException]:
        self.turns.append(asked)
        if len(self.turns) == 1:
            self.begun.set()
            assert self.go_on.wait(LATE)
        return [self.outcome(one) for one in asked]


def ask_while_the_first_is_served(turns: Turns, later: list[int]) -> list[Future[int]]:
    """0 is asked first, the others in order while it is served. All are over."""
    together: Together[int, int] = Together(turns)
    with ThreadPoolExecutor(len(later) + 1) as pool:
        futures = [pool.submit(together.ask, 0)]
        assert turns.begun.wait(LATE)
        for number in later:
            futures.append(pool.submit(together.ask, number))
            deadline = time.monotonic() + LATE
            while together.waiting < len(futures) - 1:
                assert time.monotonic() < deadline
        turns.go_on.set()
    return futures


def test_who_comes_alone_is_served_alone_and_at_once():
    turns = Turns()
    turns.go_on.set()
    together: Together[int, int] = Together(turns)

    assert [together.ask(1), together.ask(2)] == [10, 20]
    assert turns.turns == [[1], [2]]


def test_those_who_come_meanwhile_share_the_next_turn_in_order():
    turns = Turns()

    futures = ask_while_the_first_is_served(turns, [3, 1, 2])

    assert [future.result() for future in futures] == [0, 30, 10, 20]
    assert turns.turns == [[0], [3, 1, 2]]


def test_only_its_own_asker_meets_an_error():
    turns = Turns(lambda asked: ValueError("odd") if asked == 1 else asked)

    first, odd, even = ask_while_the_first_is_served(turns, [1, 2])

    assert (first.result(), even.result()) == (0, 2)
    with pytest.raises(ValueError, match="odd"):
        odd.result()


def test_when_a_turn_falls_all_of_it_meet_the_error_and_the_next_turn_comes():
    def outcome(asked: int) -> int:
        if asked == 1:
            raise ConnectionError("away")
        return asked

    turns = Turns(outcome)
    together: Together[int, int] = Together(turns)
    turns.go_on.set()
    with pytest.raises(ConnectionError):
        together.ask(1)
    assert together.ask(2) == 2

    first, one, two = ask_while_the_first_is_served(Turns(outcome), [1, 2])
    assert first.result() == 0
    assert [type(future.exception()) for future in (one, two)] == [ConnectionError, ConnectionError]


def test_a_turn_that_forgets_somebody_is_a_fault_of_all_and_the_next_turn_comes():
    answers = iter([[], [20]])
    together: Together[int, int] = Together(lambda _asked: next(answers))

    with pytest.raises(ValueError, match="shorter"):
        together.ask(1)
    assert together.ask(2) == 20
