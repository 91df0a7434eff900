"""Money adds up: replayed one by one, nobody spends what they do not have, and crews are fast."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import numpy as np
import pyarrow.parquet as pq

from keng.nation.make.money.book import Transfers
from keng.nation.make.money.ledger import deepest_debt
from keng.nation.make.money.lookalikes import PARTS
from keng.nation.make.tests.conftest import Written

ENDS = ("cash:", "wallet:", "abroad:")


def test_the_columns_are_those_of_the_contract(town: Written):
    schema = pq.read_schema(town.folder / "transfers.parquet")
    assert {field.name: str(field.type) for field in schema} == {
        "transfer_id": "int64", "from_account": "string", "to_account": "string", "amount": "int64", "at": "timestamp[us]",
    }  # fmt: skip


def test_no_account_spends_more_than_it_has(town: Written):
    accounts = {row["record_id"] for row in town.rows("accounts.parquet")}
    balance = {row["account"]: row["opening"] for row in town.rows("balances.parquet")}
    assert set(balance) == accounts
    assert min(balance.values()) >= 0
    before = None
    for row in town.rows("transfers.parquet"):
        assert row["amount"] > 0
        assert row["from_account"] != row["to_account"]
        assert before is None or before < (row["at"], row["transfer_id"])
        before = (row["at"], row["transfer_id"])
        balance[row["from_account"]] -= row["amount"]
        assert balance[row["from_account"]] >= 0
        if not row["to_account"].startswith(ENDS):
            balance[row["to_account"]] += row["amount"]


def test_the_deepest_debt_is_found_in_a_case_counted_by_hand():
    transfers = Transfers.of([0, 1, 0, 2], [1, 2, 2, 0], [5, 9, 3, 4], [1, 2, 3, 4])
    assert deepest_debt(transfers, 4).tolist() == [8, 4, 0, 0]


def test_the_truth_tells_each_transfer_of_a_wave_and_no_other(town: Written):
    transfers = {row["transfer_id"]: row for row in town.rows("transfers.parquet")}
    mules = {row["record_id"]: row["crew"] for row in town.rows("truth/accounts.parquet") if row["crew"]}
    truth = {row["transfer_id"]: row for row in town.rows("truth/transfers.parquet")}
    for number, row in transfers.items():
        told = truth.get(number)
        assert (told is not None) == (row["from_account"] in mules or row["to_account"] in mules)
        if told:
            crew = mules.get(row["to_account"]) if told["role"] == "loss" else mules.get(row["from_account"])
            assert crew == told["wave"]


def test_most_of_what_a_victim_paid_leaves_the_mules_within_ten_minutes(town: Written):
    transfers = {row["transfer_id"]: row for row in town.rows("transfers.parquet")}
    truth = town.rows("truth/transfers.parquet")
    paid, gone = 0, 0
    arrivals = defaultdict(list)
    for row in truth:
        if row["role"] == "loss":
            arrivals[row["wave"]].append(transfers[row["transfer_id"]]["at"])
            paid += transfers[row["transfer_id"]]["amount"]
    for row in truth:
        transfer = transfers[row["transfer_id"]]
        soon = any(timedelta(0) < transfer["at"] - at <= timedelta(minutes=10) for at in arrivals[row["wave"]])
        if transfer["to_account"].startswith(ENDS) and soon:
            gone += transfer["amount"]
    assert 0.75 < gone / paid < 1


def test_lookalikes_are_no_mules_and_each_part_moves_money(town: Written):
    mules = {row["record_id"] for row in town.rows("truth/accounts.parquet") if row["crew"]}
    parts = {row["account"]: row["role"] for row in town.rows("truth/lookalikes.parquet")}
    assert not mules & set(parts)
    assert Counter(parts.values()) == dict.fromkeys([role for role, _ in PARTS], 2)
    moves = Counter(
        (parts[row[side]], side)
        for row in town.rows("transfers.parquet")
        for side in ("from_account", "to_account")
        if row[side] in parts
    )
    assert all(moves[role, side] >= 2 for role, _ in PARTS for side in ("from_account", "to_account"))


def test_who_gathers_for_others_keeps_next_to_nothing(town: Written):
    parts = {row["account"]: row["role"] for row in town.rows("truth/lookalikes.parquet")}
    came, went = Counter(), Counter()
    for row in town.rows("transfers.parquet"):
        came[parts.get(row["to_account"])] += row["amount"]
        went[parts.get(row["from_account"])] += row["amount"]
    for role in ("savings_round", "payment_collector"):
        assert 0.7 < went[role] / came[role] < 1.4, role


def test_ordinary_life_has_hours_and_a_heavy_tail(town: Written):
    ordinary = town.nation.ledger.transfers
    life = ordinary.taken(np.flatnonzero(ordinary.wave < 0))
    hours = Counter(((life.second - town.nation.plan.first_second) % 86_400 // 3600).tolist())
    assert sum(hours[hour] for hour in (9, 10, 11, 18, 19, 20)) > 8 * sum(hours[hour] for hour in (0, 1, 2, 3, 4))
    assert np.mean(life.amount) > 4 * np.median(life.amount)
