"""One of several processes on one ledger: `python -m ...crowd ROLE KEY`, the roles: write, sequence, settle."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import django

from keng.base import clock
from keng.base.signing import load_signer


def main(role: str, key: str) -> None:
    django.setup()
    from django.db import transaction

    from keng.desk.ground.ledger import actions

    if role == "sequence":
        actions.run_sequencer(threading.Event(), load_signer(Path(key)), 0.001)
    while role == "settle" and actions.sequence_once(load_signer(Path(key)), clock.now()):
        pass
    while role == "write":
        with transaction.atomic():
            for n in range(3):
                actions.record(actor="system:worker", verb="a.b", subject="a:1", data={"n": n}, at=clock.now())
        sys.stdout.write("3\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
