"""Bulk messages that wait: `python -m benchmarks.ours.bulk COUNT ADDRESS`. KENG_HOME is that of a running installation."""

from __future__ import annotations

import json
import sys

from keng.base import clock
from keng.site.commands.django_world import enter

PARTNER = "platform:bulk"
BODY = json.dumps({"type": "notice", "text": "x" * 600}).encode()
AT_ONCE = 500  # a transaction, so that others can write between


def main(count: int, address: str) -> None:
    enter()
    from django.db import transaction

    from keng.desk.ground.jobs import actions as jobs
    from keng.desk.ground.jobs.states import Lane
    from keng.desk.ground.partners.actions import enrol

    enrol(PARTNER, PARTNER, address, now=clock.now())
    for first in range(0, count, AT_ONCE):
        with transaction.atomic():
            for number in range(first, min(first + AT_ONCE, count)):
                subject = f"notice:{number}"
                jobs.post(
                    key=subject,
                    recipient=PARTNER,
                    subject=subject,
                    version=1,
                    body=BODY,
                    now=clock.now(),
                    lane=Lane.BULK,
                )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
