"""Reports that wait at the same moment share a transaction; each has all of its own, and one that cannot be kept harms no other."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from keng.base import identifiers
from keng.desk.fraud.reports import actions, arriving, reading
from keng.desk.fraud.reports.models import Indicator, Loss, Report, ReportKey
from keng.desk.fraud.reports.sealed import unlock
from keng.desk.fraud.reports.submission import read_submission
from keng.desk.ground.ledger.models import Entry


def original(cast, number: int) -> bytes:
    return json.dumps(cast.body(text=f"Chuyen tien vao STK 00710{number:08d} Vietcombank")).encode()


def coming(cast, number: int, retry_hash: bytes | None = None) -> arriving.Coming:
    """A report of its own number, as `receive` makes it ready."""
    body = original(cast, number)
    submission = read_submission(body, now=cast.clock.at)
    found = reading.read_indicators(submission, cast.clock.at)
    sent = arriving.Sent(body, hashlib.sha256(body).digest(), submission, found, None)
    return arriving.make_ready(sent, identifiers.new_receipt(), retry_hash, cast.keys, cast.clock.at)


def keep_together(some: list[arriving.Coming]) -> list[arriving.Kept | BaseException]:
    return arriving._keep_together(some)


def test_each_report_of_a_crowd_has_its_own_rows_key_and_entry(cast, entries):
    kept = keep_together([coming(cast, number) for number in range(3)])

    for number, one in enumerate(kept):
        assert isinstance(one, arriving.Kept)
        assert one.is_new
        report = Report.objects.get(pk=one.report.pk)
        assert unlock(report, cast.keys).original() == original(cast, number)
        assert f"970436:00710{number:08d}" in set(report.indicators.values_list("value", flat=True))
        assert entries(report.subject) == ["reports.receive"]
        assert report.owner is not None
    assert (ReportKey.objects.count(), Loss.objects.count()) == (3, 3)


def test_a_crowd_costs_no_more_statements_than_one(cast):
    def statements(some: list[arriving.Coming]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            keep_together(some)
        return len(asked)

    assert statements([coming(cast, number) for number in range(5)]) <= statements([coming(cast, 9)])


def test_one_that_cannot_be_kept_is_told_so_and_the_others_are_kept(cast):
    some = [coming(cast, number) for number in range(3)]
    assert some[1].loss is not None
    some[1].loss.amount = 0  # the database's own check refuses it

    first, broken, last = keep_together(some)

    assert isinstance(broken, IntegrityError)
    assert isinstance(first, arriving.Kept)
    assert isinstance(last, arriving.Kept)
    assert set(Report.objects.values_list("pk", flat=True)) == {first.report.pk, last.report.pk}
    assert Entry.objects.filter(verb="reports.receive").count() == 2


def test_a_short_code_that_is_taken_gives_way_to_another(cast):
    taken = cast.report().report.code
    one = coming(cast, 1)
    one.report.code = taken

    [kept] = keep_together([one])

    assert isinstance(kept, arriving.Kept)
    assert kept.report.code != taken
    assert Report.objects.count() == 2


def test_an_idempotency_key_used_before_brings_the_first_report_and_lets_the_others_in(cast):
    key = hashlib.sha256(b"retry-key-0123456789").digest()
    [first] = keep_together([coming(cast, 1, key)])

    again, other = keep_together([coming(cast, 1, key), coming(cast, 2)])

    assert isinstance(first, arriving.Kept)
    assert isinstance(again, arriving.Kept)
    assert isinstance(other, arriving.Kept)
    assert (again.report.pk, again.is_new, other.is_new) == (first.report.pk, False, True)
    assert (Report.objects.count(), Indicator.objects.values("report").distinct().count()) == (2, 2)


def test_the_same_key_twice_in_a_crowd_makes_one_report(cast):
    key = hashlib.sha256(b"retry-key-0123456789").digest()

    kept = keep_together([coming(cast, 1, key), coming(cast, 1, key), coming(cast, 2)])

    assert all(isinstance(one, arriving.Kept) for one in kept)
    assert [one.is_new for one in kept if isinstance(one, arriving.Kept)] == [True, False, True]
    assert Report.objects.count() == 2


def test_two_crowds_with_the_same_keys_in_another_order_do_not_wait_for_each_other_for_ever(cast, meanwhile):
    low, high = b"\0" * 32, b"\xff" * 32

    def send(*keys: bytes):
        return [arriving._keep([coming(cast, key[0], key)])[0] for key in keys]

    def crowd():
        return keep_together([coming(cast, key[0], key) for key in (high, low)])

    _, kept = meanwhile(lambda: send(low), crowd, then=lambda: send(high))

    assert [one.is_new for one in kept] == [False, False]
    assert Report.objects.count() == 2


def test_threads_that_report_at_once_are_each_answered_with_their_own_report(cast, meanwhile):
    ready = Barrier(6)

    def send(number: int) -> actions.Received:
        try:
            ready.wait(20)
            return actions.receive(original(cast, number), cast.keys, retry_key=None, now=cast.clock.at)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        received = list(pool.map(send, range(6)))

    assert [unlock(one.report, cast.keys).original() for one in received] == [original(cast, n) for n in range(6)]
    assert Report.objects.count() == Entry.objects.filter(verb="reports.receive").count() == 6
    assert all(actions.report_of(one.receipt).pk == one.report.pk for one in received)


@pytest.mark.parametrize("size", [1, 3])
def test_nothing_of_a_crowd_stays_if_its_entries_cannot_be_written(cast, monkeypatch, size):
    def fail(_happenings):
        raise OSError("the ledger is away")

    monkeypatch.setattr(arriving.ledger, "recording", fail)

    try:
        kept = keep_together([coming(cast, number) for number in range(size)])
    except OSError as error:
        kept = [error]

    assert all(isinstance(one, OSError) for one in kept)
    assert not Report.objects.exists()
