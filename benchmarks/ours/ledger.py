"""The ledger: `python -m benchmarks.ours.ledger COUNT SEQUENCED`. KENG_HOME is a new folder.

COUNT entries in a transaction each (WAL, synchronous=FULL), then as many more as make SEQUENCED, then places for all.
"""

from __future__ import annotations

import json
import sys
import time

from keng.base import clock
from keng.base.signing import Signer
from keng.site.commands.django_world import enter

ENTRIES_A_TRANSACTION = 1_000  # of those that only wait for the sequencer


def main(count: int, sequenced: int) -> None:
    enter()
    from django.core.management import call_command
    from django.db import transaction

    from keng.desk.ground.ledger import actions

    def record(number: int) -> None:
        data: dict[str, object] = {"amount": 4_800_000, "basis": "fraud.hold.nd52-2024.d11"}
        subject = f"measure:{number}"
        actions.record(actor="officer:12", verb="measures.hold_urgently", subject=subject, data=data, at=clock.now())

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    for number in range(count):
        with transaction.atomic():
            record(number)
    recorded = time.perf_counter() - began
    for first in range(count, sequenced, ENTRIES_A_TRANSACTION):
        with transaction.atomic():
            for number in range(first, min(first + ENTRIES_A_TRANSACTION, sequenced)):
                record(number)
    signer, placed = Signer.generate("bench"), 0
    began = time.perf_counter()
    while some := actions.sequence_once(signer, clock.now()):
        placed += some
    print(json.dumps({"record_seconds": recorded, "placed": placed, "sequence_seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
