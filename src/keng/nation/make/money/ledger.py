"""Puts all transfers in the order of time and finds opening balances with which nobody ever spends what they do not have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keng.nation.make.money.book import Book, Transfers

MULE_CUSHION = 120_000  # đồng that lie in an account before it is hired out
CUSHION_MEDIAN, CUSHION_SPREAD = 3_500_000, 1.6


@dataclass(frozen=True, slots=True)
class Ledger:
    """Transfers by time; `number[row]` is the transfer_id of the row as it was given, and ids follow the order of time from 1."""

    transfers: Transfers
    number: np.ndarray
    opening: np.ndarray


def make_ledger(draw: np.random.Generator, book: Book, transfers: Transfers, mules: np.ndarray) -> Ledger:
    """Sorted transfers and the opening balance of each account of the register. Sums are exact integers."""
    order = np.argsort(transfers.second, kind="stable")
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(1, len(order) + 1)
    ordered = transfers.taken(order)
    cushion = draw.lognormal(np.log(CUSHION_MEDIAN), CUSHION_SPREAD, len(book.names)).astype(np.int64)
    cushion[mules] = draw.integers(0, MULE_CUSHION, len(mules))
    return Ledger(ordered, number, (deepest_debt(ordered, len(book.names)) + cushion)[: book.accounts])


def deepest_debt(transfers: Transfers, accounts: int) -> np.ndarray:
    """For each account how far below zero it would fall if it began with nothing. Transfers must be in the order of time."""
    rows = np.arange(len(transfers))
    account = np.concatenate([transfers.source, transfers.target])
    change = np.concatenate([-transfers.amount, transfers.amount])
    order = np.lexsort((np.concatenate([rows, rows]), account))
    account, running = account[order], np.cumsum(change[order])
    starts = np.flatnonzero(np.r_[True, account[1:] != account[:-1]])
    before = np.r_[0, running[starts[1:] - 1]]
    debt = np.zeros(accounts, dtype=np.int64)
    debt[account[starts]] = np.maximum(0, before - np.minimum.reduceat(running, starts))
    return debt
