"""A flood of bulk messages delays nobody: what is urgent or goes to a citizen is claimed next, by look-ups in an index."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.models import F

from keng.desk.ground.jobs import actions, claims
from keng.desk.ground.jobs.lanes import CEILINGS, room
from keng.desk.ground.jobs.models import Outgoing
from keng.desk.ground.jobs.states import Lane

FLOOD = 100_000
THREADS = 16


def flood(cast, count: int) -> None:
    """So many bulk messages to fifty recipients: one is written, and copied inside the database, which takes a tenth as long."""
    at = cast.clock.at
    Outgoing.objects.create(
        key="bulk0",
        lane=Lane.BULK,
        recipient="970000",
        subject="notice:1",
        version=1,
        body=b"{}",
        created_at=at,
        next_try_at=at,
    )
    is_sqlite = connection.vendor == "sqlite"
    told = {
        "id": "printf('%032x', n)" if is_sqlite else "lpad(to_hex(n), 32, '0')::uuid",
        "key": "'bulk' || n",
        "recipient": "'97' || substr('000' || (n % 50), -4)" if is_sqlite else "'97' || lpad((n % 50)::text, 4, '0')",
    }
    columns = [field.column for field in Outgoing._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count - 1})"
            f" INSERT INTO jobs_outgoing ({', '.join(columns)})"
            f" SELECT {', '.join(told.get(column, column) for column in columns)} FROM s, jobs_outgoing WHERE key = 'bulk0'"
        )
    assert Outgoing.objects.count() == count


def post(cast, key: str, lane: Lane, recipient: str = "970049") -> None:
    with transaction.atomic():
        actions.post(
            key=key, lane=lane, recipient=recipient, subject="request:1", version=1, body=b"{}", now=cast.clock.at
        )


def plan_of(statement: str) -> str:
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        cursor.execute(explain + statement)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def assert_only_looks_up(plan: str) -> None:
    """No row of the table is read but by the index of the lines."""
    assert "outgoing_line" in plan
    assert "SCAN jobs_outgoing" not in plan
    assert "Seq Scan on jobs_outgoing" not in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def test_after_a_flood_the_urgent_and_the_citizens_message_are_claimed_next(cast):
    flood(cast, FLOOD)
    cast.clock.pass_by(minutes=5)
    post(cast, "routine", Lane.ROUTINE)
    post(cast, "citizen", Lane.CITIZEN)
    post(cast, "urgent", Lane.URGENT)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE jobs_outgoing")

    claimed = actions.claim(cast.clock.at, most=4)

    assert [one.lane for one in claimed] == [Lane.URGENT, Lane.CITIZEN, Lane.ROUTINE, Lane.BULK]
    lines = actions.due(cast.clock.at)
    assert len(lines) == 50
    assert_only_looks_up(plan_of(claims.heads_statement(Outgoing)))
    assert_only_looks_up(claims.due_rows(Outgoing, lines[0], cast.clock.at)[:20].explain())


def test_in_a_lane_who_waits_longest_is_served_first(cast):
    post(cast, "k1", Lane.ROUTINE, "b")
    cast.clock.pass_by(seconds=1)
    post(cast, "k2", Lane.ROUTINE, "a")
    post(cast, "k3", Lane.ROUTINE, "c")
    Outgoing.objects.filter(key="k3").update(next_try_at=F("next_try_at") + claims.LEASE)

    assert [line.name for line in actions.due(cast.clock.at)] == ["b", "a"]


def test_what_is_leased_is_in_nobodys_way(cast):
    """Rows that others hold are not due, so no claim steps over them."""
    flood(cast, 200)
    leased = actions.claim(cast.clock.at, most=150)

    assert {line.name: line.due_at for line in actions.due(cast.clock.at)}.keys() <= {f"97{n:04}" for n in range(50)}
    assert Outgoing.objects.filter(next_try_at__lte=cast.clock.at).count() == 200 - len(leased)


@pytest.mark.parametrize("lane", [Lane.URGENT, Lane.CITIZEN, Lane.ROUTINE])
def test_a_flood_below_always_leaves_threads_for_the_lane_above(lane):
    below = [other for other in Lane if other > lane]
    in_use = dict.fromkeys(Lane, 0)
    for other in sorted(below, reverse=True):
        in_use[other] += room(other, THREADS, in_use)

    assert sum(in_use.values()) < THREADS
    assert room(lane, THREADS, in_use) >= 2


def test_bulk_never_takes_more_than_its_quarter():
    assert room(Lane.BULK, THREADS, {}) == THREADS * CEILINGS[Lane.BULK] == 4
    assert room(Lane.BULK, THREADS, {Lane.BULK: 4}) == 0
    assert room(Lane.ROUTINE, THREADS, {Lane.BULK: 4}) == 8


def test_nobody_takes_what_is_not_free():
    assert room(Lane.URGENT, THREADS, {Lane.URGENT: 10, Lane.CITIZEN: 6}) == 0


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_a_small_worker_serves_every_lane(threads):
    assert all(room(lane, threads, {}) >= 1 for lane in Lane)
