"""SIGKILL of web, worker, sequencer and robot at random moments of the thread: nothing is lost, nothing held twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from keng.base.signing import load_signer
from tests.system.books import (
    Books,
    entries_of,
    wrong_histories,
    wrong_holds,
    wrong_ledger,
    wrong_messages,
    wrong_reports,
)
from tests.system.crowd import Crowd
from tests.system.killer import kill_at_random
from tests.system.rehearsal import Rehearsal, rehearse, wait_for
from tests.system.visitor import Visitor

SEED = 20261121
KILLS = int(os.environ.get("KENG_KILLS", "1000"))  # of the long run; a multiple of 20
PAIRS = 3  # of a first and a second officer who work side by side
DEMO = ("--quiet-day", "--banks", "mixed", "--bank-delay", "3", "--restart-after", "0.1")
RUNNING = {"robot": 11, "worker": 1, "linker": 1, "sequencer": 1, "day": 1}
SETTLED_WITHIN = 60  # seconds
LEASES_AND_PAUSES = {"minutes": 2}  # longer than a lease, and than the pauses after the few failures of these minutes


def test_a_hundred_kills_lose_nothing_and_hold_nothing_twice(tmp_path: Path, new_database: Callable[[], str]) -> None:
    kill_and_compare(tmp_path, new_database(), 100, SEED)


@pytest.mark.soak
def test_a_thousand_kills_lose_nothing_and_hold_nothing_twice(tmp_path: Path, new_database: Callable[[], str]) -> None:
    kill_and_compare(tmp_path, new_database(), KILLS, SEED + 1)


def kill_and_compare(tmp_path: Path, database: str, kills: int, seed: int) -> None:
    """Kill so often while a crowd works; when all is settled, compare what everybody has written down."""
    sys.stdout.write(f"{kills} kills, seed {seed}\n")
    with rehearse(tmp_path / "home", *DEMO, database=database) as rehearsal:
        first = Visitor(rehearsal.address).enter(rehearsal.links["Trực ban 1"])
        second = Visitor(rehearsal.address).enter(rehearsal.links["Trực ban 2"])
        crowd = Crowd(rehearsal, first, second, seed)
        hands = [threading.Thread(target=crowd.work) for _ in range(PAIRS)]
        for hand in hands:
            hand.start()
        wait_for(lambda: counted(rehearsal).items() >= RUNNING.items(), f"all run: {RUNNING}")
        running, set_up = counted(rehearsal), entries_of(books_of(rehearsal))
        began = time.monotonic()
        try:
            kill_at_random(crowd, kills, random.Random(seed))
        finally:
            crowd.stop.set()
            for hand in hands:
                hand.join()
        assert crowd.faults == []
        wait_for(lambda: told_equal(counted(rehearsal), running), f"each process runs once: {running}", SETTLED_WITHIN)
        rehearsal.move_clock(**LEASES_AND_PAUSES)
        books = wait_for(lambda: settled(rehearsal), "everything is sent, answered and placed", SETTLED_WITHIN)
        tally = f"{len(crowd.cases)} cases, {len(books.requests)} requests, {len(books.ledger)} entries"
        sys.stdout.write(f"{time.monotonic() - began:.0f} s: {tally}, {len(crowd.unanswered)} tries met nobody, "
                         f"{len(crowd.struck)} were cut off: {Counter(crowd.struck)}\n")  # fmt: skip

        assert_the_kills_struck_work(crowd, books, kills)
        assert list(wrong_reports(books, crowd)) == []
        assert list(wrong_holds(books, crowd)) == []
        assert list(wrong_histories(books)) == []
        assert list(wrong_messages(books)) == []
        assert list(wrong_ledger(books, set_up)) == []
        for told in crowd.acknowledged.values():
            tracked = Visitor(rehearsal.address).get(f"/api/v1/reports/{told['receipt']}")
            assert (tracked.status, tracked.json()["code"]) == (200, told["code"])
        assert_the_export_verifies(rehearsal, tmp_path)


def books_of(rehearsal: Rehearsal) -> Books:
    return Books(rehearsal.home, rehearsal.database)


def settled(rehearsal: Rehearsal) -> Books | None:
    """The books, once nothing is on its way in them. What comes later, such as a reminder, is not among what is compared."""
    books = books_of(rehearsal)
    return books if books.is_settled() else None


def told_equal(found: dict[str, int], wanted: dict[str, int]) -> bool:
    """Whether they are equal; what was found otherwise stands in the test's output, once for each kind of difference."""
    if found != wanted:
        sys.stdout.write(f"{sorted(set(found.items()) ^ set(wanted.items()))}\n")
    return found == wanted


def counted(rehearsal: Rehearsal) -> dict[str, int]:
    """How many processes of each kind there are: an orphan would serve old code beside the new one."""
    return {kind: len(pids) for kind, pids in rehearsal.children().items()}


def assert_the_kills_struck_work(crowd: Crowd, books: Books, kills: int) -> None:
    """Or the test would pass on processes that had nothing to do."""
    assert len(crowd.cases) >= 0.3 * kills
    assert {"report", "button"} <= set(crowd.struck)
    assert any(row["tries"] > 1 for row in books.outgoing if row["state"] == "sent"), "no message was sent again"
    assert any(row["tries"] > 1 for rows in books.told.values() for row in rows), "no answer was given again"


def assert_the_export_verifies(rehearsal: Rehearsal, folder: Path) -> None:
    """And holds every entry; it is made again if a reminder was written meanwhile."""
    private = next((rehearsal.home / "keys").glob("ledger-*.pem"))
    public = folder / "ledger.pub"
    public.write_bytes(load_signer(private).public.pem())
    turns = count()

    def is_whole() -> bool:
        entries = exported(rehearsal, folder / f"export-{next(turns)}", public)
        return entries == len(books_of(rehearsal).ledger)

    wait_for(is_whole, "the export holds every entry", SETTLED_WITHIN)


def exported(rehearsal: Rehearsal, folder: Path, public: Path) -> int:
    """How many entries an export made now proves."""
    words = [sys.executable, "-m", "keng.cli", "ledger"]
    made = subprocess.run([*words, "export", "-o", str(folder)], env=rehearsal.environment(), capture_output=True)
    assert made.returncode == 0, made.stderr
    verdict = subprocess.run([*words, "verify", str(folder), "--public", str(public)], capture_output=True, text=True)
    assert verdict.returncode == 0, verdict.stderr
    return int(json.loads(verdict.stdout)["entries"])
