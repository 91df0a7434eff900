"""What the tests of two at the same moment stand on: who acts first finds out that the second waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from django.db import connection

from keng.desk.ground.jobs.models import Task


@contextmanager
def strangers_wait() -> Iterator[None]:
    """Two connections of another database wait for each other, as those of another process of the tests do at times."""
    import psycopg

    told = {**connection.get_connection_params(), "dbname": "postgres"}
    kept = {name: told[name] for name in ("host", "user", "dbname")}
    with psycopg.connect(**kept, autocommit=True) as one, psycopg.connect(**kept, autocommit=True) as two:
        one.execute("SELECT pg_advisory_lock(1)")
        waiting = Thread(target=lambda: two.execute("SELECT pg_advisory_lock(1)"))
        waiting.start()
        while not one.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %s", [two.info.backend_pid]
        ).fetchone()[0]:
            pass
        yield
        one.execute("SELECT pg_advisory_unlock(1)")
        waiting.join()


def test_a_second_is_seen_to_wait_while_strangers_wait_too(meanwhile, clock):
    task = Task.objects.create(kind="x", payload={}, created_at=clock.at, next_try_at=clock.at)

    def change() -> int:
        return Task.objects.filter(pk=task.pk).update(kind="y")

    with strangers_wait():
        _, second = meanwhile(change, change)

    assert second == 1
