"""Receiving a report: kept as it came, once, sealed; looked at only with a purpose."""

from __future__ import annotations

import hashlib
import json

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.fraud.reports import actions, queries
from keng.desk.fraud.reports.models import ErasedWhy, Indicator, Loss, Report, ReportKey
from keng.desk.fraud.reports.sealed import unlock
from keng.desk.ground.ledger import queries as ledger


def receive(cast, body, retry_key=None):
    return actions.receive(body, cast.keys, retry_key=retry_key, now=cast.clock.at)


def test_the_original_is_kept_byte_for_byte_with_its_hash(cast):
    original = b'{ "text": "xin ch\\u00e0o  b\xc3\xa1o gi\xc3\xa1", "channel":"api"  }'

    received = receive(cast, original)

    assert unlock(received.report, cast.keys).original() == original
    assert received.sha256 == hashlib.sha256(original).hexdigest()


def test_what_was_found_is_stored_with_its_place(cast):
    cast.report()

    found = set(Indicator.objects.values_list("kind", "value"))
    assert ("account", "970436:0071000123456") in found
    assert ("phone", "+84912345678") in found
    assert ("url", "http://vietcombank-xacthuc.example/mo") in found
    one = Indicator.objects.get(kind="phone")
    assert cast.body()["text"][one.start : one.end] == "0912345678"


def test_nothing_of_the_reporter_lies_open_in_the_database(cast, stored_bytes):
    cast.report(**{"from": "+84987654321"})

    dump = stored_bytes()
    for secret in (b"1234567890", b"987654321", b"Vietcombank thong bao"):
        assert secret not in dump
        assert secret.hex().encode() not in dump.lower()
    assert b"0071000123456" in dump, "what may lie open is found"


def test_without_its_key_nothing_can_be_read_again(cast):
    received = cast.report()
    ReportKey.objects.all().delete()

    with pytest.raises(ReportKey.DoesNotExist):
        unlock(Report.objects.get(pk=received.report.pk), cast.keys)


def test_a_retry_gets_the_first_receipt_and_makes_no_second_report(cast):
    body = json.dumps(cast.body()).encode()

    first = receive(cast, body, "retry-key-0123456789")
    again = receive(cast, body, "retry-key-0123456789")

    assert (first.is_new, again.is_new) == (True, False)
    assert again.receipt == first.receipt
    assert Report.objects.count() == 1


def test_a_retry_key_with_another_body_is_refused(cast):
    receive(cast, json.dumps(cast.body()).encode(), "retry-key-0123456789")

    with pytest.raises(ConflictError) as refusal:
        receive(cast, json.dumps(cast.body(text="khác")).encode(), "retry-key-0123456789")

    assert refusal.value.code == "retry_other_body"
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("loss", "code", "field"),
    [
        ({"amount": 0}, "bad_amount", "loss.amount"),
        ({"amount": 10**14}, "bad_amount", "loss.amount"),
        ({"amount": None}, "bad_amount", "loss.amount"),
        ({"at": "2026-11-22T00:00:00"}, "impossible_time", "loss.at"),
        ({"at": "1999-01-01T00:00:00"}, "impossible_time", "loss.at"),
        ({"at": "30/02/2026"}, "bad_time", "loss.at"),
        ({"to_account": "97:<b>"}, "bad_account", "loss.to_account"),
    ],
)
def test_impossible_losses_are_refused_by_field(cast, loss, code, field):
    with pytest.raises(InputError) as refusal:
        cast.report(loss={**cast.body()["loss"], **loss})

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not Report.objects.exists()


def test_a_time_without_an_offset_is_vietnams(cast):
    cast.report(loss={**cast.body()["loss"], "at": "2026-11-21T14:00:00"})

    assert Loss.objects.get().sent_at.isoformat() == "2026-11-21T07:00:00+00:00"


def test_an_sms_by_the_grammar_gives_the_number_complained_of(cast):
    cast.report(channel="sms", text="LD 0912345678 tu xung cong an doi chuyen tien", loss=None)

    assert ("phone", "+84912345678") in set(Indicator.objects.values_list("kind", "value"))


def test_the_number_complained_of_is_a_telephone_whatever_bank_stands_beside_it(cast):
    cast.report(channel="sms", text="LD (0912345678) (VCB: TK cua quy khach bi khoa, vao vcb-xacthuc.top)", loss=None)

    assert list(Indicator.objects.values_list("kind", "value").order_by("pk")) == [
        ("phone", "+84912345678"),
        ("domain", "vcb-xacthuc.top"),
    ]


def test_a_sender_name_complained_of_by_sms_is_kept(cast):
    cast.report(channel="sms", text="S (VIETCOMBANK) tai khoan bi khoa", loss=None)

    assert ("sender", "VIETCOMBANK") in set(Indicator.objects.values_list("kind", "value"))


def test_a_look_needs_a_purpose_and_is_seen_by_the_reporter(cast, entries):
    received = cast.report()

    opened = actions.look(cast.first, received.report.pk, "triage", cast.keys, now=cast.clock.at)

    assert opened.text().startswith("Vietcombank thong bao")
    [look] = queries.track(received.receipt, cast.keys, now=cast.clock.at).looks
    assert look.purpose.vi == "Xem để quyết định giữ tiền"
    assert entries(received.report.subject) == ["reports.receive", "reports.look"]


def test_a_look_without_a_purpose_is_refused_and_leaves_nothing(cast, entries):
    received = cast.report()

    with pytest.raises(InputError):
        actions.look(cast.first, received.report.pk, "curiosity", cast.keys, now=cast.clock.at)

    assert entries(received.report.subject) == ["reports.receive"]


def test_the_operator_may_not_look(cast):
    received = cast.report()

    with pytest.raises(RefusedError):
        actions.look(cast.operator, received.report.pk, "triage", cast.keys, now=cast.clock.at)


def test_both_sides_write_and_read(cast):
    received = cast.report()
    actions.write_from_reporter(received.receipt.lower(), "tôi nhớ thêm số 0900000000", cast.keys, now=cast.clock.at)
    actions.write_to_reporter(cast.first, received.report.pk, "cảm ơn bạn", cast.keys, now=cast.clock.at)

    lines = queries.track(received.receipt, cast.keys, now=cast.clock.at).lines

    assert [(line.from_reporter, line.text) for line in lines] == [
        (True, "tôi nhớ thêm số 0900000000"),
        (False, "cảm ơn bạn"),
    ]
    assert lines[1].who == "Trung tâm"


def test_a_wrong_receipt_opens_nothing(cast):
    cast.report()

    for wrong in ("0000-0000-0000-0000", "", "x" * 400, "TB-1234567"):
        with pytest.raises(InputError) as refusal:
            queries.track(wrong, cast.keys, now=cast.clock.at)
        assert refusal.value.code == "no_receipt"


def test_closing_needs_a_reason_and_happens_once(cast):
    received = cast.report()
    with pytest.raises(InputError):
        actions.close(cast.first, received.report.pk, " ", now=cast.clock.at)
    actions.close(cast.first, received.report.pk, "trùng với TB-1", now=cast.clock.at)

    with pytest.raises(ConflictError):
        actions.close(cast.second, received.report.pk, "nữa", now=cast.clock.at)


def test_what_was_closed_can_be_reopened_and_waits_again(cast):
    received = cast.report()
    with pytest.raises(ConflictError):
        actions.reopen(cast.first, received.report.pk, now=cast.clock.at)
    actions.close(cast.first, received.report.pk, "nhầm", now=cast.clock.at)

    actions.reopen(cast.second, received.report.pk, now=cast.clock.at)

    report = Report.objects.get(pk=received.report.pk)
    assert (report.closed_at, report.closed_reason) == (None, "")
    verbs = [entry.verb for entry in ledger.entries_about(report.subject)]
    assert sorted(verbs) == ["reports.close", "reports.receive", "reports.reopen"]


def test_what_was_erased_stays_closed(cast):
    received = cast.report()
    actions.erase(received.report.pk, ErasedWhy.REQUEST, actor="system:retention", now=cast.clock.at)
    with pytest.raises(ConflictError):
        actions.reopen(cast.first, received.report.pk, now=cast.clock.at)
