"""PostgreSQL is restarted, and crashes, while the demo works: no process of ours ends, nothing is lost, work goes on by itself."""

from __future__ import annotations

import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keng.site.rehearsal.cluster import Cluster, running_cluster
from keng.site.rehearsal.tables import fill
from tests.system.books import Books, entries_of, wrong_holds, wrong_ledger, wrong_messages, wrong_reports
from tests.system.crowd import Crowd
from tests.system.rehearsal import Rehearsal, rehearse, wait_for
from tests.system.visitor import Visitor

SEED = 20261122
DEMO = ("--quiet-day", "--banks", "mixed", "--bank-delay", "3")
STOPS = [signal.SIGINT, signal.SIGQUIT] * 5  # an orderly restart; a crash from which it recovers by its log
WORK_SECONDS, DOWN_SECONDS = (0.5, 3.0), (0.0, 1.5)
SETTLED_WITHIN = 60  # seconds
LEASES_AND_PAUSES = {"minutes": 2}
HANDS = 3


def test_ten_restarts_of_the_server_lose_nothing_and_end_no_process(tmp_path: Path):
    with with_tables() as (cluster, address), rehearse(tmp_path / "home", *DEMO, database=address) as rehearsal:
        first = Visitor(rehearsal.address).enter(rehearsal.links["Trực ban 1"])
        second = Visitor(rehearsal.address).enter(rehearsal.links["Trực ban 2"])
        before, set_up = rehearsal.children(), entries_of(books_of(rehearsal))
        crowd = Crowd(rehearsal, first, second, SEED)
        hands = [threading.Thread(target=crowd.work) for _ in range(HANDS)]
        for hand in hands:
            hand.start()
        try:
            restart_at_random(cluster, random.Random(SEED))
        finally:
            crowd.stop.set()
            for hand in hands:
                hand.join()
        assert crowd.faults == []
        rehearsal.move_clock(**LEASES_AND_PAUSES)
        books = wait_for(lambda: settled(rehearsal), "everything is sent, answered and placed", SETTLED_WITHIN)
        sys.stdout.write(
            f"{len(crowd.cases)} cases, {len(books.ledger)} entries, {len(crowd.refused)} were told to come again\n"
        )

        assert len(crowd.cases) >= 5
        assert crowd.refused, "the restarts struck work"
        assert set(crowd.refused) <= {503}, "a page told of a fault of ours while the database was away"
        assert rehearsal.children() == before, "a process ended and was started again"
        for wrong in (
            wrong_reports(books, crowd),
            wrong_holds(books, crowd),
            wrong_messages(books),
            wrong_ledger(books, set_up),
        ):
            assert list(wrong) == []


@contextmanager
def with_tables() -> Iterator[tuple[Cluster, str]]:
    """A server of this test's own, and the address of a database there that has every table."""
    with running_cluster() as cluster:
        address = cluster.create("keng")
        fill(address)
        yield cluster, address


def restart_at_random(cluster: Cluster, dice: random.Random) -> None:
    for how in STOPS:
        time.sleep(dice.uniform(*WORK_SECONDS))  # not a wait for something: the moment is what the test varies
        cluster.stop(how)
        time.sleep(dice.uniform(*DOWN_SECONDS))
        cluster.start()


def books_of(rehearsal: Rehearsal) -> Books:
    return Books(rehearsal.home, rehearsal.database)


def settled(rehearsal: Rehearsal) -> Books | None:
    """The books, once nothing is on its way in them. What comes later, such as a reminder, is not among what is compared."""
    books = books_of(rehearsal)
    return books if books.is_settled() else None
