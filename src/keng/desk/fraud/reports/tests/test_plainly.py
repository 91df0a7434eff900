"""Rows found by one column are the ones that the ORM finds, with the same values of the same types."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from keng.base import identifiers
from keng.desk.fraud.reports import actions
from keng.desk.fraud.reports.models import Indicator, Loss, Message, Report, ReportKey
from keng.desk.ground.ahead import asked_ahead
from keng.desk.ground.ledger.models import Entry
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.plainly import Statement, add_rows, adding, keep_related, question, rows_with, run_alone


@pytest.fixture
def told(cast):
    """A report that lost money, with three lines of its reporter, beside another one."""
    cast.report()
    received = cast.report(text="Một tin khác, STK 0071000999999 Vietcombank.")
    for line in ("một", "hai", "ba"):
        actions.write_from_reporter(received.receipt, line, cast.keys, now=cast.clock.pass_by(minutes=1))
    return received


def values_of(row):
    return {field.attname: _plain(getattr(row, field.attname)) for field in row._meta.concrete_fields}


def _plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def cases(told):
    report = told.report
    yield Report, "receipt_hash", identifiers.receipt_hash(identifiers.read_receipt(told.receipt)), ""
    yield Loss, "report", report.pk, ""
    yield ReportKey, "report", report.pk, ""
    yield Message, "report", report.pk, "-at pk"
    yield Message, "report", report.pk, "at -pk"
    yield Indicator, "report", report.pk, "kind -start pk"
    yield Entry, "about", report.subject, "-id"
    yield Partner, "code", "970436", ""


def test_the_same_rows_in_the_same_order_with_the_same_values(told):
    for model, column, value, order in cases(told):
        plain = rows_with(model, column, value, order=order)
        by_orm = list(model.objects.filter(**{column: value}).order_by(*order.split()))
        assert by_orm, (model, column)
        assert [values_of(row) for row in plain] == [values_of(row) for row in by_orm], (model, column, order)


def test_a_value_that_nobody_has_finds_nothing(told):
    assert rows_with(Partner, "code", "' OR 1=1 --") == []
    assert rows_with(Message, "report", "00000000-0000-0000-0000-000000000000") == []


def test_what_is_left_out_is_asked_for_when_it_is_read(told, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = rows_with(Message, "report", told.report.pk, order="pk", but="text")
    with django_assert_num_queries(1):
        text = found[0].text
    assert bytes(text) == bytes(Message.objects.get(pk=found[0].pk).text)


def test_one_can_be_saved_and_what_belongs_to_it_is_not_asked_for_again(told, django_assert_num_queries):
    report = rows_with(Report, "code", told.report.code)[0]
    keep_related(report, "loss", rows_with(Loss, "report", report.pk))
    keep_related(report, "key", [])
    with django_assert_num_queries(0):
        assert report.loss.report is report
        with pytest.raises(ReportKey.DoesNotExist):
            _ = report.key
    report.closed_reason = "xong"
    report.save(update_fields=["closed_reason"])
    assert Report.objects.get(pk=report.pk).closed_reason == "xong"
    assert Report.objects.count() == 2


def test_what_is_asked_ahead_is_answered_the_same_with_one_query(told, django_assert_num_queries):
    asked = [*cases(told), (Partner, "code", "nobody", "")]
    one_by_one = [rows_with(model, column, value, order=order) for model, column, value, order in asked]
    questions = [question(model, column, value, order=order) for model, column, value, order in asked]
    is_far = connection.vendor == "postgresql"
    with django_assert_num_queries(1 if is_far else len(asked)), asked_ahead(*questions):
        at_once = [rows_with(model, column, value, order=order) for model, column, value, order in asked]
    assert [[values_of(row) for row in rows] for rows in at_once] == [
        [values_of(row) for row in rows] for rows in one_by_one
    ]


def test_an_answer_is_given_once_and_only_inside(told, cast):
    asked = Message, "report", told.report.pk
    with asked_ahead(question(*asked)):
        assert len(rows_with(*asked)) == 3
        actions.write_from_reporter(told.receipt, "bốn", cast.keys, now=cast.clock.pass_by(minutes=1))
        assert len(rows_with(*asked)) == 4
    with asked_ahead(question(*asked)):
        pass
    actions.write_from_reporter(told.receipt, "năm", cast.keys, now=cast.clock.pass_by(minutes=1))
    assert len(rows_with(*asked)) == 5


def test_what_fails_inside_leaves_nothing_behind(told):
    asked = Message, "report", told.report.pk
    with pytest.raises(ZeroDivisionError), asked_ahead(question(*asked)):
        raise ZeroDivisionError
    Message.objects.filter(report=told.report).delete()
    assert rows_with(*asked) == []


@pytest.mark.parametrize("count", [0, 1, 3])
def test_rows_are_added_as_the_orm_adds_them(cast, monkeypatch, count):
    from keng.desk.ground import plainly

    monkeypatch.setattr(plainly, "ROWS_AT_ONCE", 2)
    told = [cast.report(text=f"Tin số {number}, STK 007100000{number} Vietcombank.") for number in range(count)]
    by_orm = [ReportKey.objects.get(report=one.report) for one in told]
    entries = list(Entry.objects.filter(verb="reports.receive").order_by("pk"))
    ReportKey.objects.all().delete()
    new = [
        Entry(**{f.attname: getattr(one, f.attname) for f in one._meta.fields if f.name not in ("id", "uuid")})
        for one in entries
    ]

    add_rows(by_orm)
    add_rows(new)

    assert [values_of(one) for one in by_orm] == [values_of(ReportKey.objects.get(report=one.report)) for one in told]
    kept = list(Entry.objects.filter(verb="reports.receive").order_by("pk"))
    assert len(kept) == 2 * count

    def rest(one):
        return {name: value for name, value in values_of(one).items() if name not in ("id", "uuid")}

    assert list(map(rest, kept[count:])) == list(map(rest, entries))


OTHER_ADDRESS = Statement(
    "UPDATE partners_partner SET address = %s WHERE code = %s", ["https://other.example", "970436"]
)


def _addresses() -> set[str]:
    return set(Partner.objects.filter(code="970436").values_list("address", flat=True))


@pytest.mark.django_db(transaction=True)
def test_what_runs_alone_is_committed_all_of_it(cast):
    run_alone([OTHER_ADDRESS, *adding([Partner(code="970499", name="Một ngân hàng", kind="bank")])])
    run_alone([])
    connection.close()  # whatever was not committed goes with it
    assert _addresses() == {"https://other.example"} and Partner.objects.filter(code="970499").exists()


@pytest.mark.django_db(transaction=True)
def test_of_what_runs_alone_nothing_stays_if_one_of_it_fails(cast):
    before = _addresses()
    again = Partner(code="970436", name="Một ngân hàng", kind="bank")
    with pytest.raises(IntegrityError):
        run_alone([OTHER_ADDRESS, *adding([again])])
    assert _addresses() == before


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_goes_with_it(cast):
    before = _addresses()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        run_alone([OTHER_ADDRESS])
        raise ZeroDivisionError
    assert _addresses() == before


@pytest.mark.django_db(transaction=True)
def test_on_postgresql_it_is_one_query(cast, django_assert_num_queries):
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 4):  # with BEGIN and COMMIT
        run_alone([OTHER_ADDRESS, OTHER_ADDRESS])
