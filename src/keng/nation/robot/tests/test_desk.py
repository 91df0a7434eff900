"""The bank's decisions on books in memory: versions, repeats, ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from keng.base.errors import ConflictError
from keng.nation.robot.books.answers import list_due
from keng.nation.robot.books.deeds import list_deeds
from keng.nation.robot.books.store import Store
from keng.nation.robot.desk import Policy, Taken, decide_late, take, tell_fallen
from keng.nation.robot.kinds.bank.accounts import Transfer, find_position, move, open_account
from keng.nation.robot.kinds.bank.trade import BankTrade
from keng.nation.robot.modes import SHARES, Mode, behaviour_for
from keng.nation.robot.wire.messages import Answer, Kind, Message, Request, Status, Target

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
DAY = timedelta(days=1)
ACCOUNT = "970436:1"
TRADE = BankTrade("970436")
POLICY = Policy(TRADE)


class Books:
    """A store in memory with one account, and words to act on it."""

    def __init__(self, opening: int = 5_000) -> None:
        self.store = Store(":memory:", TRADE.schema)
        with self.store.write() as tx:
            open_account(tx, ACCOUNT, opening)

    def take(self, kind: Kind, request: Request, message_id: str | None = None, now=NOW, policy=POLICY) -> Taken:
        with self.store.write() as tx:
            return take(tx, policy, Message(kind, request), message_id, now)

    def spend(self, transfer_id: str, amount: int, now=NOW) -> None:
        with self.store.write() as tx:
            move(tx, "970436", Transfer(transfer_id, ACCOUNT, "970407:9", amount, "now"), now)

    def held(self, now=NOW) -> int:
        with self.store.read() as tx:
            return find_position(tx, ACCOUNT, now).held

    def amounts(self) -> list[int]:
        with self.store.read() as tx:
            return [hold.amount for hold in list_deeds(tx)]

    def answers(self) -> list[tuple[str, int | None]]:
        with self.store.read() as tx:
            rows = tx.execute("SELECT body FROM answer ORDER BY number").fetchall()
        return [(value["status"], value["held_amount"]) for value in (json.loads(row[0]) for row in rows)]


@pytest.fixture
def books() -> Iterator[Books]:
    books = Books()
    yield books
    books.store.close()


def request(version: int = 1, amount: int = 4_000, until: datetime = NOW + DAY, request_id: str = "r1") -> Request:
    return Request(
        request_id, version, "hold_funds", Target("account", ACCOUNT), amount, "VND", until, confirmed=version > 1
    )


def test_a_version_that_is_not_newer_changes_nothing(books):
    assert books.take(Kind.CONFIRMED, request(2)) is Taken.ACTED
    assert books.take(Kind.REQUESTED, request(1), "late") is Taken.OLD
    assert books.take(Kind.REQUESTED, request(2), "repeat") is Taken.OLD
    assert books.amounts() == [4_000]
    assert books.answers() == [("executed", 4_000)]


def test_an_id_is_acted_on_once_even_with_a_newer_version(books):
    books.take(Kind.REQUESTED, request(1), "m")
    assert books.take(Kind.RELEASED, request(2), "m") is Taken.DUPLICATE
    assert books.held() == 4_000


def test_a_release_that_overtakes_its_request_leaves_nothing_held(books):
    books.take(Kind.RELEASED, request(2))
    books.take(Kind.REQUESTED, request(1))
    assert books.amounts() == []
    assert books.answers() == [("released", None)]


def test_a_hold_falls_at_its_moment_and_this_is_told_once(books):
    books.take(Kind.REQUESTED, request())
    assert books.held(NOW + DAY - timedelta(milliseconds=1)) == 4_000
    assert books.held(NOW + DAY) == 0
    with books.store.write() as tx:
        assert [tell_fallen(tx, NOW + DAY), tell_fallen(tx, NOW + DAY)] == [1, 0]
    assert books.answers() == [("executed", 4_000), ("released", None)]


def test_a_confirmation_extends_and_never_enlarges(books):
    books.take(Kind.REQUESTED, request(1, amount=3_000))
    books.take(Kind.CONFIRMED, request(2, amount=5_000, until=NOW + 3 * DAY))
    assert books.held(NOW + 2 * DAY) == 3_000
    assert books.answers() == [("executed", 3_000)]


def test_a_confirmation_after_the_fall_takes_up_what_is_still_there(books):
    books.take(Kind.REQUESTED, request(1))
    books.spend("t1", 3_500, NOW + DAY)
    books.take(Kind.CONFIRMED, request(2, until=NOW + 3 * DAY), now=NOW + DAY)
    assert books.held(NOW + DAY) == 1_500
    assert books.answers() == [("executed", 4_000), ("part", 1_500)]


def test_a_confirmation_after_all_is_gone_is_refused_and_a_later_one_may_find_something(books):
    books.take(Kind.REQUESTED, request(1))
    books.spend("t1", 5_000, NOW + DAY)
    books.take(Kind.CONFIRMED, request(2, until=NOW + 3 * DAY), now=NOW + DAY)
    assert books.held(NOW + DAY) == 0
    with books.store.write() as tx:
        assert tell_fallen(tx, NOW + DAY) == 0
        move(tx, "970436", Transfer("t2", "970407:9", ACCOUNT, 700, "now"), NOW + DAY)
    assert books.answers() == [("executed", 4_000), ("refused", None)]
    books.take(Kind.RENEWED, request(3, until=NOW + 3 * DAY), now=NOW + DAY)
    assert books.answers()[2:] == [("part", 700)]


def test_two_requests_share_what_is_there(books):
    books.take(Kind.REQUESTED, request(request_id="r1"))
    books.take(Kind.REQUESTED, request(request_id="r2"))
    books.take(Kind.REQUESTED, request(request_id="r3"))
    assert books.answers() == [("executed", 4_000), ("part", 1_000), ("refused", None)]
    with pytest.raises(ConflictError, match="held"):
        books.spend("t1", 1)


def test_what_comes_after_the_end_is_not_held(books):
    books.take(Kind.REQUESTED, request(until=NOW))
    assert books.answers() == [("refused", None)]


def test_a_late_bank_that_is_told_of_the_release_first_holds_nothing(books):
    late = Policy(TRADE, Mode.LATE, delay=timedelta(minutes=5))
    books.take(Kind.REQUESTED, request(1), policy=late)
    books.take(Kind.RELEASED, request(2), policy=late)
    with books.store.write() as tx:
        assert decide_late(tx, late, NOW + DAY) == 0
    assert books.answers() == [("received", None), ("released", None)]


def test_answers_of_one_request_wait_for_each_other(books):
    books.take(Kind.REQUESTED, request(1))
    books.take(Kind.RELEASED, request(2))
    with books.store.read() as tx:
        due = list_due(tx, NOW)
    assert [b'"executed"' in waiting.body for waiting in due] == [True]


def test_a_failed_transaction_leaves_nothing_behind(books):
    with pytest.raises(ZeroDivisionError), books.store.write() as tx:
        take(tx, POLICY, Message(Kind.REQUESTED, request()), "m", NOW)
        raise ZeroDivisionError
    assert books.held() == 0
    assert books.take(Kind.REQUESTED, request(), "m") is Taken.ACTED


def test_every_behaviour_is_drawn_and_always_the_same_for_a_request():
    drawn = [behaviour_for(Mode.MIXED, 7, f"request-{number}") for number in range(2000)]
    assert drawn == [behaviour_for(Mode.MIXED, 7, f"request-{number}") for number in range(2000)]
    for behaviour, share in SHARES:
        assert abs(drawn.count(behaviour) / 2000 - share / 100) < 0.04
        assert drawn.count(behaviour) > 0


def test_an_answer_has_all_keys_of_the_contract():
    assert Answer(Status.RECEIVED, 1).to_json("r1") == (
        '{"request_id": "r1", "status": "received", "version": 1, "held_amount": null, "reference": null, '
        '"reason": null, "note": null}'
    )
