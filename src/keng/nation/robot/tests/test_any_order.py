"""Whatever arrives in whatever order: no request is held twice, no đồng is held that is not there, none is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from keng.base.errors import KengError
from keng.nation.robot.books.deeds import list_deeds, was_in_force
from keng.nation.robot.books.store import Store
from keng.nation.robot.desk import Policy, decide_late, take, tell_fallen
from keng.nation.robot.kinds.bank.accounts import Transfer, find_position, move, open_account
from keng.nation.robot.kinds.bank.trade import BankTrade
from keng.nation.robot.modes import Mode
from keng.nation.robot.tests.parties import CASES
from keng.nation.robot.wire.messages import Kind, Message, Request, Target

START = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
ACCOUNTS = ("970436:1", "970436:2")
OUTSIDE = "970407:1"
OPENING = 100
REQUESTS = {f"r{number}": (ACCOUNTS[number % 2], 30 + 20 * number) for number in range(4)}
TRADE = BankTrade("970436")
POLICY = Policy(TRADE, Mode.MIXED, seed=11, delay=timedelta(hours=2))

messages = st.tuples(
    st.just("message"),
    st.sampled_from([*Kind]),
    st.sampled_from([*REQUESTS]),
    st.integers(1, 4),
    st.integers(1, 60),
    st.one_of(st.none(), st.sampled_from("abcdefgh")),
)
transfers = st.tuples(
    st.just("transfer"),
    st.sampled_from(["t1", "t2", "t3", "t4"]),
    st.sampled_from([*ACCOUNTS, OUTSIDE]),
    st.sampled_from([*ACCOUNTS, OUTSIDE]),
    st.integers(1, 120),
)
hours = st.tuples(st.just("hours"), st.integers(1, 30))
steps = st.lists(st.one_of(messages, messages, transfers, hours, st.just(("work",))), max_size=40)


class World:
    """The books, a clock that only goes forward, and what came in and went out."""

    def __init__(self) -> None:
        self.store = Store(":memory:", TRADE.schema)
        self.now = START
        self.outside = 0
        with self.store.write() as tx:
            for account in ACCOUNTS:
                open_account(tx, account, OPENING)

    def do(self, step: tuple) -> None:
        name, *values = step
        try:
            with self.store.write() as tx:
                getattr(self, name)(tx, *values)
        except KengError:
            return

    def message(self, tx, kind, request_id, version, until_hours, message_id) -> None:
        account, amount = REQUESTS[request_id]
        until = START + timedelta(hours=until_hours)
        request = Request(
            request_id, version, "hold_funds", Target("account", account), amount, "VND", until, version > 1
        )
        take(tx, POLICY, Message(kind, request), message_id, self.now)

    def transfer(self, tx, transfer_id, source, target, amount) -> None:
        moved = move(tx, "970436", Transfer(transfer_id, source, target, amount, "now"), self.now)
        if not moved.duplicate:
            self.outside += amount * (moved.debited - moved.credited)

    def hours(self, tx, count) -> None:
        self.now += timedelta(hours=count)

    def work(self, tx) -> None:
        decide_late(tx, POLICY, self.now)
        tell_fallen(tx, self.now)

    def check(self) -> None:
        with self.store.read() as tx:
            positions = [find_position(tx, account, self.now) for account in ACCOUNTS]
            holds = list_deeds(tx)
            answers = [(row[0], json.loads(row[1])) for row in tx.execute("SELECT request_id, body FROM answer")]
        assert all(0 <= position.held <= position.balance for position in positions), positions
        assert sum(position.balance for position in positions) + self.outside == OPENING * len(ACCOUNTS)
        assert len({hold.request_id for hold in holds}) == len(holds)
        assert all(hold.amount <= REQUESTS[hold.request_id][1] for hold in holds)
        told = [(request_id, value["held_amount"]) for request_id, value in answers if value["held_amount"]]
        assert {hold.request_id for hold in holds} == {request_id for request_id, _ in told}
        assert all(amount <= REQUESTS[request_id][1] for request_id, amount in told)


@seed(20261122)
@settings(max_examples=400, deadline=None)
@given(steps)
def test_nothing_is_held_twice_lost_or_beyond_what_is_there(taken):
    world = World()
    for step in taken:
        world.do(step)
        world.check()
    world.store.close()


def test_the_steps_reach_what_they_must_break():
    """Guards the test above: these steps hold, spend, fall and hold again."""
    world = World()
    world.do(("message", Kind.REQUESTED, "r0", 1, 5, "a"))
    with world.store.read() as tx:
        assert [hold.amount for hold in list_deeds(tx)] == [30]
    world.do(("transfer", "t1", ACCOUNTS[0], OUTSIDE, 71))
    assert world.outside == 0
    world.do(("hours", 6))
    world.do(("transfer", "t1", ACCOUNTS[0], OUTSIDE, 71))
    assert world.outside == 71
    world.do(("message", Kind.CONFIRMED, "r0", 2, 40, "b"))
    with world.store.read() as tx:
        assert [hold.amount for hold in list_deeds(tx)] == [29]
    world.check()
    world.store.close()


@seed(20261122)
@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(CASES),
    st.lists(
        st.tuples(
            st.sampled_from([*Kind]),
            st.integers(1, 4),
            st.integers(1, 60),
            st.integers(0, 20),
            st.sampled_from("abcdef"),
        ),
        max_size=12,
    ),
)
def test_history_state_and_what_is_seen_agree_at_every_moment(case, taken):
    """The books' history is compared with what somebody outside saw at the time, hour by hour."""
    trade, now = case.trade, START
    store = Store(":memory:", trade.schema)
    with store.write() as tx:
        trade.order(tx, *case.opening, now)
    seen: dict[datetime, bool] = {}
    place, field, _, bound = case.look
    for kind, version, until_hours, wait_hours, message_id in taken:
        until = START + timedelta(hours=until_hours)
        request = Request("r1", version, case.action, case.target, case.amount, "VND", until, version > 1)
        with store.write() as tx:
            take(tx, Policy(trade), Message(kind, request), message_id, now)
            tell_fallen(tx, now)
        for _ in range(wait_hours):
            with store.read() as tx:
                seen[now] = trade.look(tx, place, now)[1][field] == bound
            now += timedelta(hours=1)
    with store.read() as tx:
        assert {moment: was_in_force(tx, "r1", moment) for moment in seen} == seen
        assert len(list_deeds(tx)) <= 1
    store.close()
