"""Many workers at once, each with a connection of its own on PostgreSQL: a message is claimed by one of them."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

from keng.desk.ground.jobs import actions
from keng.desk.ground.jobs.models import Outgoing

MESSAGES, WORKERS = 200, 8


def post(cast, count):
    with transaction.atomic():
        for n in range(count):
            words = {"recipient": "970436", "subject": "request:1", "version": 1, "body": b"{}"}
            actions.post(key=f"k{n}", **words, now=cast.clock.at)


def test_a_worker_passes_over_what_another_is_just_claiming(cast, meanwhile):
    post(cast, 10)

    one, other = meanwhile(lambda: actions.claim(cast.clock.at, most=5), lambda: actions.claim(cast.clock.at, most=5))

    assert (len(one), len(other)) == (5, 5)
    assert not {row.id for row in one} & {row.id for row in other}


def test_eight_workers_claim_each_message_once(cast, meanwhile):
    post(cast, MESSAGES)

    def work(_number):
        mine = []
        while claimed := actions.claim(cast.clock.at, most=3):
            mine += [row.id for row in claimed]
        connection.close()
        return mine

    with ThreadPoolExecutor(WORKERS) as pool:
        claimed = Counter(ident for mine in pool.map(work, range(WORKERS)) for ident in mine)

    assert set(claimed.values()) == {1}
    assert len(claimed) == MESSAGES == Outgoing.objects.filter(tries=1).count()
