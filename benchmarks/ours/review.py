"""The review of a year with many reports: `python -m keng.site.rehearsal.cluster python -m benchmarks.ours.review COUNT`.

On PostgreSQL only. COUNT reports of the last 365 days go in by SQL, in the 34 provinces, seven in ten with a loss, one
in five with a hold that a bank answered; then the worker's sums are counted. Prints milliseconds at the median and the
longest of TIMES.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from keng.base import clock
from keng.site.commands.django_world import enter

TIMES = 11
FILL = (
    """
    CREATE TEMPORARY TABLE made AS
    SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS measure,
           %(now)s::timestamptz - n * (interval '365 days' / %(count)s) AS at,
           (%(owners)s::bigint[])[1 + n %% 34] AS owner, (%(codes)s::text[])[1 + n %% 34] AS place
    FROM generate_series(1, %(count)s) AS n
    """,
    """
    INSERT INTO reports_report (id, code, receipt_hash, channel, received_at, original, original_sha256, engine, lane,
                                place_code, owner_id, route, closed_reason, erased_why)
    SELECT id, 'TB-' || n, decode(lpad(to_hex(n), 64, '0'), 'hex'), 'api', at, '', '', 'bench', 0, place, owner, '', '', ''
    FROM made
    """,
    """
    INSERT INTO reports_loss (report_id, amount, to_account, sent_at, sent_slot, sent_day, lane)
    SELECT id, 100000 + n, '', at, 0, 0, 0 FROM made WHERE n %% 10 < 7
    """,
    """
    INSERT INTO measures_measure (id, code, kind, report_id, object_kind, object_value, amount, scope, chosen_partners, basis,
        reason,
        document_number, document_body, suggested_by, urgent, state, proposed_by_id, proposed_at, decided_by_id, decided_at,
        decided_reason, sent_at, ends_at, renewals_done, notice_delay_reason, lift_reason, wrong)
    SELECT measure, 'BP-' || n, 'hold_funds', id, 'account', '970436:' || n, 100000 + n, '', '', 'b', '', '', '', '', false,
        'ended', %(first)s, at, %(second)s, at, '', at, at + interval '3 days', 0, '', '', '' FROM made WHERE n %% 10 < 2
    """,
    """
    INSERT INTO measures_request (id, measure_id, partner_id, state, version, asked_at, answer_by, until, answered_at,
        answered_version, held_amount, refusal, note, reference)
    SELECT gen_random_uuid(), measure, %(bank)s, 'part', 1, at, at + interval '1 hour', at + interval '3 days',
        at + (n %% 90) * interval '1 minute', 1, 50000 + n, '', '', '' FROM made WHERE n %% 10 < 2
    """,
    "ANALYZE",
)  # fmt: skip


def main(count: int) -> None:
    enter()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from keng.desk.ground.people.actions import enrol
    from keng.desk.steering.review import queries, sums
    from keng.desk.steering.review.periods import Length, around, day_of, span

    now = clock.now()
    first, second = (enrol(name, name, "Trung tâm", "officer", now=now) for name in ("mot", "hai"))
    fill(count, first, second)
    today = day_of(now)
    year = span(today - timedelta(days=364), today)
    told = {"reports": count, "year without sums": timed(lambda: queries.read(first, year, now=now), times=3)}
    began = time.perf_counter()
    days = 0
    while counted := sums.keep_sums(now=now):
        days += counted
    told["a day's sums"] = [round((time.perf_counter() - began) * 1000 / days)]
    told["year"] = timed(lambda: queries.read(first, year, now=now))
    told["month"] = timed(lambda: queries.read(first, around(Length.MONTH, today), now=now))
    print(json.dumps(told))


def fill(count: int, first: object, second: object) -> None:
    """The rows, as `receive`, `hold_funds` and answers leave them; no ledger entries, which the sums would only read."""
    from django.db import connection

    from keng.desk.ground.organisations import queries as organisations
    from keng.desk.ground.organisations.tree import load
    from keng.desk.ground.partners import actions as partners

    now = clock.now()
    centre = organisations.find_centre(now.date())
    assert centre is not None
    load(centre, now.date(), now=now)
    bank = partners.enrol("970436", "Vietcombank", "http://127.0.0.1:9/keng", now=now)
    units = organisations.children(centre, now.date())
    values = {
        "now": now,
        "count": count,
        "owners": [one.pk for one in units],
        "codes": [one.place_code for one in units],
        "first": first.pk,  # type: ignore[attr-defined]
        "second": second.pk,  # type: ignore[attr-defined]
        "bank": bank.pk,
    }
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, values if "%" in statement else None)


def timed(read: Callable[[], object], times: int = TIMES) -> list[int]:
    """Milliseconds at the median and at most; the first time is not counted."""
    read()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        read()
        taken.append(1000 * (time.perf_counter() - began))
    return [round(statistics.median(taken)), round(max(taken))]


if __name__ == "__main__":
    main(int(sys.argv[1]))
