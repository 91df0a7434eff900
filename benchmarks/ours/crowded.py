"""Fill an installation with reports: `python -m benchmarks.ours.crowded COUNT`. KENG_HOME and KENG_DATABASE say which.

Each report has its sealed original, its key, a loss and three indicators, and its entry in the ledger, made as `receive` makes
them but many at a time. They came over the last thirty days; one account is named by 50,000 of them. Prints what to look for.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import time
from datetime import datetime, timedelta

from keng.base import clock, identifiers, sealing
from keng.base.identifiers import new_id
from keng.site.commands.django_world import enter

AT_ONCE = 2_000
HUB, HUB_SHARE = "970436:0071000999999", 0.05
DAYS = 30
SEED = 20261122


def main(count: int) -> None:
    enter()
    dice, now, last = random.Random(SEED), clock.now(), None
    for first in range(0, count, AT_ONCE):
        last = store(range(first, min(first + AT_ONCE, count)), dice, now)
    wait_for_places()
    print(json.dumps({"code": last, "hub": HUB, "rare": f"970418:{count - 1:013d}"}))


def store(numbers: range, dice: random.Random, now: datetime) -> str:
    """One transaction of reports; the code of the last."""
    from django.db import transaction

    from keng.desk.fraud.reports.models import Indicator, Loss, Report, ReportKey
    from keng.desk.fraud.reports.reading import day_of, slot_of
    from keng.desk.fraud.reports.sealed import label
    from keng.desk.fraud.reports.sightings import digest_of
    from keng.desk.ground.keys import Purpose
    from keng.desk.ground.keys.queries import store as key_store
    from keng.desk.ground.ledger.actions import Happening, record_many
    from keng.desk.ground.organisations.queries import find_centre

    wrapped_by, wrapping = key_store().secret(Purpose.REPORTS, now)
    owner = find_centre(now.date())
    reports, keys, losses, indicators, entries = [], [], [], [], []
    for number in numbers:
        at = now - timedelta(seconds=dice.randrange(DAYS * 86_400))
        account = HUB if dice.random() < HUB_SHARE else f"970418:{number:013d}"
        text = f"Chuyển {dice.randrange(1, 90)} triệu vào {account}, lần {number}"
        body = json.dumps({"channel": "api", "text": text}, ensure_ascii=False).encode()
        report = Report(
            id=new_id(), code=identifiers.new_code("TB"), channel="api", received_at=at, engine="bench", owner=owner
        )
        report.receipt_hash, report.original_sha256 = (
            hashlib.sha256(f"r{number}".encode()).digest(),
            hashlib.sha256(body).digest(),
        )
        key = sealing.new_key()
        report.original = sealing.seal(key, label(report, "original"), body)
        reports.append(report)
        keys.append(
            ReportKey(report=report, sealed_by=wrapped_by, sealed=sealing.seal(wrapping, label(report, "key"), key))
        )
        amount = dice.randrange(100_000, 900_000_000)
        losses.append(
            Loss(
                report=report, amount=amount, to_account=account, sent_at=at, sent_slot=slot_of(at), sent_day=day_of(at)
            )
        )
        named = [
            ("account", account),
            ("phone", f"+849{number % 10**8:08d}"),
            ("domain", f"lua{number % 5000}.example"),
        ]
        indicators += [
            Indicator(report=report, kind=kind, value=value, digest=digest_of(kind, value)) for kind, value in named
        ]
        entries.append(Happening("reporter", "reports.receive", report.subject, {}, at, report.subject))
    with transaction.atomic():
        for model, rows in ((Report, reports), (ReportKey, keys), (Loss, losses), (Indicator, indicators)):
            model.objects.bulk_create(rows, batch_size=500)
        record_many(entries)
    return reports[-1].code


def wait_for_places() -> None:
    """Until the sequencer of the installation gave the newest entry its place."""
    from keng.desk.ground.ledger.queries import newest_entries

    while newest_entries(limit=1)[0].place is None:
        time.sleep(0.5)


if __name__ == "__main__":
    main(int(sys.argv[1]))
