"""What a follow-up of a register takes: `python -m benchmarks.ours.followup COUNT`, on SQLite in a folder of its own.

Prints a JSON line: seconds of processor time of each act, MiB at most. A fifth of the findings needs a person's decision.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from typing import Any

MOST_STEPS = 20_000  # cases whose first notice is sent: the rest is like them


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="keng-followup-") as home:
        os.environ.update(KENG_HOME=home, KENG_DEMO="1", KENG_DATABASE="")
        print(json.dumps({"findings": count, **measured(count), "MiB": peak_mib()}))


def measured(count: int) -> dict[str, float]:
    """Seconds of processor time, by what was done."""
    from keng.site.commands.django_world import enter

    enter()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from keng.base import clock
    from keng.desk.fraud.followup import actions, queries
    from keng.desk.fraud.followup.models import Batch
    from keng.desk.ground.organisations.actions import NewOrganisation, add
    from keng.desk.ground.partners.actions import enrol as enrol_partner
    from keng.desk.ground.people.actions import enrol

    now, ident = clock.now(), uuid.uuid4()
    officer = enrol("mot", "Một", "Trung tâm", "officer", now=now)
    carrier = add(NewOrganisation("carrier-a", "carrier", "Nhà mạng A"), now=now)
    enrol_partner("carrier:a", "A", "http://127.0.0.1:9/a", organisation=carrier, now=now)

    def step() -> None:
        sent = 0
        while sent < min(count, MOST_STEPS):
            sent += actions.take_steps(ident, now=now)

    taken = {"begin": timed(lambda: actions.begin(officer, ident, carrier, "sim", findings(count), now))}
    taken[f"{min(count, MOST_STEPS):,} first notices"] = timed(step)
    batch = Batch.objects.get(pk=ident)
    taken["sums by state"] = timed(lambda: queries.sums(batch, now))
    taken["lines of the queue"] = timed(lambda: queries.lines(officer, now))
    taken["a page of cases"] = timed(lambda: queries.cases(officer, state="", batch="", number="", now=now))
    taken["roll back"] = timed(lambda: actions.roll_back(officer, ident, "thử nghiệm", now))
    return taken


def findings(count: int) -> Iterator[Any]:
    from keng.desk.fraud.followup.actions import Finding

    for number in range(count):
        is_sure = number % 5 > 0
        yield Finding(
            record=f"r{number}",
            subject=f"+849{number:08d}",
            verdict="mismatch" if is_sure else "ambiguous",
            reasons=("name_differs", "dob_slip"),
            fields=("full_name", "date_of_birth"),
            probability=0.999 if is_sure else 0.5,
            person=f"p{number}",
            sims=1 + number % 3,
        )


def timed(act: Callable[[], object]) -> float:
    """Seconds of processor time that it took."""
    began = sum(os.times()[:2])
    act()
    return round(sum(os.times()[:2]) - began, 3)


def peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
