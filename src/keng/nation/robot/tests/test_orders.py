"""What a partner does with orders of follow-ups, on books in memory: numbers, repeats, reasons, modes, and its history."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from keng.base.errors import InputError
from keng.nation.robot.books.order_tables import ONLY_ADDED_TO
from keng.nation.robot.books.orders import Level, level_at, level_of, note_correction
from keng.nation.robot.desk import Taken
from keng.nation.robot.kinds.bank.trade import BankTrade
from keng.nation.robot.kinds.carrier.trade import CarrierTrade
from keng.nation.robot.kinds.registry.trade import RegistryTrade
from keng.nation.robot.modes import Mode, behaviour_for
from keng.nation.robot.tests.followups import ELSEWHERE, LINE, NOW, OF_NO_PLAN, TEXT, Books, make_order
from keng.nation.robot.wire.orders import LONGEST_NOTE, read_call, read_order

HOUR = timedelta(hours=1)
ACCOUNT = "970436:0071"
LEVELS = {"restrict_out": Level.OUT, "restrict_both": Level.BOTH, "end": Level.END, "restore": Level.NONE}


def carrier(mode: Mode = Mode.AT_ONCE) -> Books:
    return Books(CarrierTrade("carrier:viettel"), "numbers", {"number": LINE}, mode)


def bank() -> Books:
    return Books(BankTrade("970436"), "accounts", {"account": ACCOUNT, "opening": 1_000})


@pytest.fixture
def books() -> Iterator[Books]:
    books = carrier()
    yield books
    books.store.close()


@pytest.mark.parametrize("action", LEVELS)
def test_an_order_is_carried_out_told_word_for_word_and_answered(books, action):
    order = make_order(action)
    assert books.take(order) is Taken.ACTED
    assert books.level() is LEVELS[action]
    assert books.texts() == [TEXT]
    assert books.answers() == [("executed", "")]


def test_a_notice_is_told_and_takes_nothing_away(books):
    books.take(make_order("notice"))
    assert (books.level(), books.texts(), books.answers()) == (Level.NONE, [TEXT], [("executed", "")])


def test_a_letter_is_taken_once_by_its_id_and_an_order_once_by_its_own(books):
    order = make_order("restrict_out")
    assert books.take(order, order, message_id="m") is Taken.ACTED
    assert books.take(make_order("end", 2), message_id="m") is Taken.DUPLICATE
    assert books.take(order, message_id="another") is Taken.OLD
    assert books.take(order) is Taken.OLD
    assert (books.level(), len(books.texts()), len(books.answers())) == (Level.OUT, 1, 1)


@pytest.mark.parametrize("order", list(permutations((0, 1, 2))))
def test_whatever_order_they_come_in_the_highest_number_counts(books, order):
    made = [make_order("restrict_out", 1), make_order("restrict_both", 2), make_order("restore", 3)]
    for place in order:
        books.take(made[place])
    last = order.index(2)
    done = [order[place] for place in range(last + 1) if order[place] == max(order[: place + 1])]
    assert books.level() is Level.NONE
    for place in range(3):
        assert books.answers(made[place]) == [("executed", "") if place in done else ("refused", "other")]


def test_one_letter_is_read_by_its_numbers(books):
    out, both = make_order("restrict_out", 1), make_order("restrict_both", 2)
    books.take(both, out)
    assert (books.level(), books.answers()) == (Level.BOTH, [("executed", ""), ("executed", "")])


def test_a_lower_number_that_comes_later_says_which_one_counts(books):
    books.take(make_order("restore", 7))
    books.take(make_order("restrict_out", 6))
    assert "order 7 of this case counts" in books.notes()[1]
    assert len(books.notes()[1]) <= LONGEST_NOTE
    assert len(books.texts()) == 1


def test_two_cases_of_one_line_stand_beside_each_other(books):
    books.take(make_order("restrict_both", 1, case="a"), make_order("restrict_out", 1, case="b"))
    books.take(make_order("restore", 2, case="a"))
    assert books.level() is Level.OUT
    books.take(make_order("restore", 2, case="b"))
    assert books.level() is Level.NONE


@pytest.mark.parametrize(
    ("value", "action", "reason"),
    [
        (ELSEWHERE, "notice", "not_our_number"),
        (ELSEWHERE, "restrict_out", "not_our_number"),
        (OF_NO_PLAN, "notice", "not_delivered"),
        (OF_NO_PLAN, "restrict_out", "no_such_record"),
    ],
)
def test_what_a_carrier_does_not_serve_is_refused_with_its_reason(books, value, action, reason):
    books.take(make_order(action, value=value))
    assert (books.answers(), books.level(value), books.texts(value)) == ([("refused", reason)], Level.NONE, [])


def test_nobody_is_told_at_a_number_whose_contract_ended_until_it_is_restored(books):
    books.take(make_order("end", 1, case="a"))
    books.take(make_order("notice", 1, case="b"), make_order("restrict_out", 2, case="b"))
    assert books.answers()[1:] == [("refused", "not_delivered"), ("refused", "no_such_record")]
    books.take(make_order("restore", 2, case="a"), make_order("notice", 3, case="b"))
    assert books.answers()[3:] == [("executed", ""), ("executed", "")]


@pytest.mark.parametrize(
    ("action", "value", "answer"),
    [
        ("restrict_out", ACCOUNT, ("executed", "")),
        ("notice", ACCOUNT, ("executed", "")),
        ("restrict_both", ACCOUNT, ("refused", "other")),
        ("notice", "970436:9", ("refused", "not_delivered")),
        ("restrict_out", "970436:9", ("refused", "no_such_record")),
        ("notice", "970407:1", ("refused", "no_such_record")),
    ],
)
def test_a_bank_answers_for_its_own_accounts(action, value, answer):
    books = bank()
    books.take(make_order(action, value=value, kind="account"))
    assert books.answers() == [answer]
    books.store.close()


def test_a_partner_without_lines_refuses_in_words():
    books = Books(RegistryTrade("registry:vnnic", None), "names", {"name": "a.vn"})
    books.take(make_order("notice"))
    assert books.answers() == [("refused", "other")]
    assert "keeps no lines" in books.notes()[0]
    books.store.close()


def test_what_nobody_knows_is_refused_in_words(books):
    books.take(make_order("sell_to_the_moon"))
    assert books.answers() == [("refused", "other")]
    assert "sell_to_the_moon" in books.notes()[0]


def test_a_check_is_answered_from_the_records_and_changes_nothing(books):
    books.take(make_order("restrict_out", 1), make_order("check", 2))
    with books.store.write() as tx:
        assert [note_correction(tx, LINE, NOW), note_correction(tx, LINE, NOW)] == [True, False]
    books.take(make_order("check", 3))
    assert books.answers() == [("executed", ""), ("refused", "not_corrected"), ("executed", "")]
    assert (books.level(), len(books.texts())) == (Level.OUT, 1)


def test_a_check_that_was_overtaken_is_still_answered(books):
    """It asks and does nothing: to leave it out would let a holder's clock run on who did have it corrected."""
    books.take(make_order("notice", 3))
    with books.store.write() as tx:
        note_correction(tx, LINE, NOW)
    books.take(make_order("check", 2))
    assert books.answers() == [("executed", ""), ("executed", "")]


def test_late_says_received_and_acts_when_its_time_comes():
    books, order = carrier(Mode.LATE), make_order("restrict_out")
    books.take(order)
    assert (books.level(), books.texts(), books.answers()) == (Level.NONE, [], [("received", "")])
    assert (books.decide_late(NOW + HOUR / 2), books.decide_late(NOW + HOUR), books.decide_late(NOW + HOUR)) == (
        0,
        1,
        0,
    )
    assert (books.level(), books.texts(), books.answers()[1:]) == (Level.OUT, [TEXT], [("executed", "")])
    books.store.close()


def test_a_late_restriction_that_was_overtaken_while_it_waited_is_not_carried_out():
    books, out = carrier(Mode.LATE), make_order("restrict_out", 1)
    books.take(out)
    books.take(make_order("restore", 2), now=NOW + HOUR / 2)
    books.decide_late(NOW + 2 * HOUR)
    assert books.level() is Level.NONE
    assert books.answers(out) == [("received", ""), ("refused", "other")]
    with books.store.read() as tx:
        assert [level_at(tx, LINE, NOW + HOUR * part / 4) for part in range(12)] == [Level.NONE] * 12
    books.store.close()


def test_part_tells_the_holder_first_and_the_line_follows():
    books = carrier(Mode.PART)
    books.take(make_order("restrict_out"))
    assert (books.level(), books.texts(), books.answers()) == (Level.NONE, [TEXT], [("received", "")])
    assert "the rest is under way" in books.notes()[0]
    books.decide_late(NOW + HOUR)
    assert (books.level(), books.texts(), books.answers()[1:]) == (Level.OUT, [TEXT], [("executed", "")])
    books.store.close()


def test_refuse_doubts_what_takes_away_and_never_what_gives_back():
    books = carrier(Mode.REFUSE)
    with books.store.write() as tx:
        note_correction(tx, LINE, NOW)
    for number, action in enumerate(("notice", "restrict_out", "restrict_both", "end", "restore", "check"), 1):
        books.take(make_order(action, number))
    doubts = [("refused", "legal_doubt")] * 4
    assert books.answers() == [*doubts, ("executed", ""), ("executed", "")]
    assert books.level() is Level.NONE
    books.store.close()


def test_twice_is_two_answers_and_one_deed():
    books = carrier(Mode.TWICE)
    books.take(make_order("restrict_out"))
    assert (books.answers(), len(books.texts())) == ([("executed", "")] * 2, 1)
    books.store.close()


def test_silent_keeps_it_and_neither_acts_nor_answers():
    books = carrier(Mode.SILENT)
    assert books.take(make_order("restrict_out"), message_id="m") is Taken.ACTED
    assert (books.level(), books.texts(), books.answers(), books.outcomes()) == (Level.NONE, [], [], [""])
    books.store.close()


def test_mixed_draws_for_each_order():
    books = carrier(Mode.MIXED)
    orders = [make_order("notice", case=f"case-{number}", order_id=f"order-{number}") for number in range(300)]
    books.take(*orders)
    for order in orders:
        first = {Mode.LATE: "received", Mode.PART: "received", Mode.REFUSE: "refused"}
        drawn = behaviour_for(Mode.MIXED, 0, order["order_id"])
        expected = [] if drawn is Mode.SILENT else [first.get(drawn, "executed")] * (2 if drawn is Mode.TWICE else 1)
        assert [status for status, _reason in books.answers(order)] == expected
    assert {behaviour_for(Mode.MIXED, 0, order["order_id"]) for order in orders} == {*Mode} - {Mode.MIXED}
    books.store.close()


def test_an_order_that_speaks_of_another_thing_is_refused_and_leaves_nothing(books):
    order = make_order("restrict_out")
    books.take(order)
    with pytest.raises(InputError, match="order_changed"):
        books.take(make_order("notice", case="b"), order | {"action": "end"}, message_id="m")
    assert (books.level(), len(books.answers())) == (Level.OUT, 1)
    assert books.take(make_order("notice", case="b"), message_id="m") is Taken.ACTED


@pytest.mark.parametrize("table", ONLY_ADDED_TO)
def test_the_history_can_only_be_added_to(books, table):
    books.take(make_order("restrict_out"))
    with books.store.write() as tx:
        note_correction(tx, LINE, NOW)
    for order in (f"UPDATE {table} SET at_ms = 0", f"DELETE FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match="only added to"), books.store.write() as tx:
            tx.execute(order)


@pytest.mark.parametrize(
    "change",
    [
        {"order_id": "../x"},
        {"case": None},
        {"number": 0},
        {"number": True},
        {"record": ""},
        {"action": "A B"},
        {"object": {"kind": "phone", "value": "x"}},
        {"notice": None},
        {"notice": {"vi": "…"}},
        {"made_at": "yesterday"},
    ],
)
def test_an_order_of_another_shape_is_refused_by_the_name_of_its_field(change):
    with pytest.raises(InputError) as fault:
        read_order(make_order("notice") | change)
    assert (fault.value.code, fault.value.field) == ("bad_message", next(iter(change)))


@pytest.mark.parametrize(
    "body", [b'{"type": "followup.orders"}', b'{"type": "followup.orders", "data": {"orders": [1]}}']
)
def test_a_letter_of_another_shape_is_refused(body):
    with pytest.raises(InputError, match="bad_message"):
        read_call(body)


orders = st.tuples(
    st.sampled_from(["notice", *LEVELS, "check"]),
    st.integers(1, 6),
    st.sampled_from("ab"),
    st.integers(0, 3),
)


@seed(20261123)
@settings(max_examples=150, deadline=None)
@given(st.sampled_from([Mode.AT_ONCE, Mode.LATE, Mode.PART, Mode.TWICE, Mode.MIXED]), st.lists(orders, max_size=14))
def test_the_history_agrees_with_what_was_seen_and_with_the_highest_number(mode, taken):
    """Hour by hour what stands is noted; in the end the history says the same of each hour, and by the rule of numbers."""
    books, now, made = carrier(mode), NOW, []
    seen: dict[datetime, Level] = {}
    for place, (action, number, case, wait) in enumerate(taken):
        order = make_order(action, number, case=case, order_id=f"{number}{case}{place}")
        made.append(order)
        books.take(order, now=now)
        books.take(order, now=now)
        for _ in range(wait):
            books.decide_late(now)
            seen[now] = books.level()
            now += HOUR / 2
    books.decide_late(now + HOUR)
    with books.store.read() as tx:
        assert {moment: level_at(tx, LINE, moment) for moment in seen} == seen
        assert level_of(tx, LINE) == _by_the_rule(tx, made)
        assert (
            len({order["order_id"] for order in made})
            == tx.execute("SELECT count(*) FROM followup_order").fetchone()[0]
        )
    books.store.close()


def _by_the_rule(tx, made) -> Level:
    """Of the orders that were executed: by case the one with the highest number that says what stands."""
    done = {row[0] for row in tx.execute("SELECT order_id FROM followup_order WHERE outcome = 'executed'")}
    standing: dict[str, tuple[int, Level]] = {}
    for order in made:
        if order["order_id"] in done and order["action"] in LEVELS:
            found = (order["number"], LEVELS[order["action"]])
            standing[order["case"]] = max(standing.get(order["case"], (0, Level.NONE)), found, key=lambda one: one[0])
    return max((level for _number, level in standing.values()), default=Level.NONE)
