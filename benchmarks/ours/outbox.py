"""The outbox: `python -m benchmarks.ours.outbox COUNT`. KENG_HOME is a new folder.

COUNT messages posted in a transaction each, then delivered by `keng worker`, a process of its own, to a receiver in a third
process that takes all. Start-up of the worker is not counted: the clock runs from its first claim until nothing waits.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime

from keng.base import clock
from keng.site.commands.django_world import enter

PARTNERS = ("970436", "970418")  # one alone may take up only half of the threads
BODY = json.dumps({"type": "request.created", "amount": 4_800_000, "text": "x" * 600}).encode()


def main(count: int) -> None:
    enter()
    from django.core.management import call_command
    from django.db import transaction

    from keng.desk.ground.jobs import actions as jobs
    from keng.desk.ground.partners.actions import enrol

    call_command("migrate", verbosity=0)
    receiver = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.ours.receiver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert receiver.stdout is not None
    port = int(receiver.stdout.readline())
    for code in PARTNERS:
        enrol(code, code, f"http://127.0.0.1:{port}/", now=clock.now())
    began = time.perf_counter()
    for number in range(count):
        with transaction.atomic():
            subject, to = f"request:{uuid.uuid4()}", PARTNERS[number % len(PARTNERS)]
            jobs.post(key=subject, recipient=to, subject=subject, version=1, body=BODY, now=clock.now())
    posted = time.perf_counter() - began
    worker = subprocess.Popen([sys.executable, "-m", "keng.cli", "worker"])
    while count_of("waiting"):
        time.sleep(0.05)
    delivered = (clock.now() - first_claimed_at()).total_seconds()
    worker.terminate()
    worker.wait()
    taken = int(receiver.communicate("")[0])
    sent = count_of("sent")
    print(
        json.dumps(
            {
                "post_seconds": posted,
                "deliver_seconds": delivered,
                "sent": sent,
                "taken": taken,
                "entries": entries_of("outbox.sent"),
            }
        )
    )


def count_of(state: str) -> int:
    return int(_ask("SELECT count(*) FROM jobs_outgoing WHERE state = %s", state)[0])


def entries_of(verb: str) -> int:
    return int(_ask("SELECT count(*) FROM ledger_entry WHERE verb = %s", verb)[0])


def first_claimed_at() -> datetime:
    told = str(_ask("SELECT min(last_try_at) FROM jobs_outgoing WHERE state = %s", "sent")[0])
    moment = datetime.fromisoformat(told)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _ask(statement: str, value: str) -> tuple[object, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, [value])
        return tuple(cursor.fetchone())


if __name__ == "__main__":
    main(int(sys.argv[1]))
