"""Holds of funds: who may, on what, until when. Success and refusal differ by one fact."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from keng.base.errors import ConflictError, InputError, KengError, RefusedError
from keng.desk.fraud.measures import actions, queries
from keng.desk.fraud.measures.models import Measure, Request
from keng.desk.fraud.reports import actions as reports
from keng.desk.ground.jobs.models import Outgoing


def messages() -> list[dict]:
    return [json.loads(bytes(row.body)) for row in Outgoing.objects.order_by("version", "created_at")]


def test_one_officer_sends_an_urgent_hold_at_once(cast, entries):
    measure = cast.hold()

    [message] = messages()
    assert message["type"] == "measure.requested"
    assert message["data"]["amount"] == 4_800_000
    assert message["data"]["object"] == {"kind": "account", "value": "970436:0071000123456"}
    assert message["data"]["confirmed"] is False
    assert message["data"]["until"] == "2026-11-22T07:30:00Z"
    assert entries(measure.subject) == ["measures.hold_urgently"]


def test_the_message_names_nothing_of_the_reporter(cast):
    report = cast.report()
    cast.hold(report)

    sent = bytes(Outgoing.objects.get().body).decode()

    for secret in (report.receipt, report.report.code, str(report.report.pk), "1234567890", "0912345678"):
        assert secret not in sent


def test_the_message_carries_basis_notice_and_the_way_to_appeal(cast):
    measure = cast.hold()

    [message] = messages()

    assert message["data"]["basis"]["confirmed_by"] is None
    assert measure.code in message["data"]["notice"]["vi"]
    assert message["data"]["appeal_url"].endswith(f"/khieu-nai/{measure.code}/")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 4_800_001}, "too_much"),
        ({"amount": 0}, "too_much"),
        ({"account": "970436:999"}, "other_object"),
        ({"basis": "insult.d331"}, "no_basis"),
        ({"reason": "  "}, "no_reason"),
    ],
)
def test_it_refuses_a_hold_that_does_not_fit_the_report(cast, changes, code):
    with pytest.raises(InputError) as refusal:
        cast.hold(**changes)

    assert refusal.value.code == code
    assert not Measure.objects.exists()
    assert not Outgoing.objects.exists()


def test_it_refuses_a_bank_that_is_not_connected(cast):
    loss = {**cast.body()["loss"], "to_account": "970400:0071000123456"}
    report = cast.report(loss=loss, text="STK khac")

    with pytest.raises(InputError) as refusal:
        cast.hold(report, account="970400:0071000123456")

    assert refusal.value.code == "no_partner"


def test_an_unconfirmed_basis_carries_nothing_outside_the_demo(cast, settings):
    settings.KENG_DEMO = False

    with pytest.raises(RefusedError) as refusal:
        cast.hold()

    assert refusal.value.code == "unconfirmed_basis"


def test_a_second_urgent_hold_for_the_same_loss_and_account_is_refused(cast):
    report = cast.report()
    first = cast.hold(report)

    with pytest.raises(ConflictError) as refusal:
        cast.hold(report, officer=cast.second)

    assert refusal.value.code == "held_already"
    assert first.code in refusal.value.said.vi
    assert Outgoing.objects.count() == 1


def test_not_even_after_the_first_has_fallen(cast):
    report = cast.report()
    cast.hold(report)
    cast.clock.pass_by(hours=25)
    actions.end_what_is_over(now=cast.clock.at)

    with pytest.raises(ConflictError):
        cast.hold(report, officer=cast.second)


def test_a_second_officer_confirms_and_the_bank_hears_of_the_later_end(cast, entries):
    measure = cast.hold()
    cast.clock.pass_by(hours=2)

    confirmed = actions.approve(cast.second, measure.pk, now=cast.clock.at)

    assert confirmed.state == "active"
    assert confirmed.ends_at == cast.clock.at + timedelta(days=30)
    kinds = [message["type"] for message in messages()]
    assert kinds == ["measure.requested", "measure.confirmed"]
    assert messages()[1]["data"]["version"] == 2
    assert entries(measure.subject) == ["measures.hold_urgently", "measures.approve"]


def test_the_first_officer_cannot_be_the_second(cast):
    measure = cast.hold()

    with pytest.raises(RefusedError) as refusal:
        actions.approve(cast.first, measure.pk, now=cast.clock.at)

    assert refusal.value.code == "same_person"


def test_the_database_itself_refuses_one_person_as_both(cast):
    measure = cast.hold()

    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(decided_by=cast.first)


def test_two_officers_decide_at_once_and_one_is_told_so(cast):
    measure = cast.hold()
    actions.approve(cast.second, measure.pk, now=cast.clock.at)

    with pytest.raises(KengError) as refusal:
        actions.decline(cast.second, measure.pk, "không đủ căn cứ", now=cast.clock.at)

    assert refusal.value.code == "decided_already"
    assert Measure.objects.get().state == "active"


def test_a_declined_hold_is_released_at_the_bank(cast):
    measure = cast.hold()

    actions.decline(cast.second, measure.pk, "người báo đã rút lại", now=cast.clock.at)

    assert [message["type"] for message in messages()] == ["measure.requested", "measure.released"]
    assert messages()[1]["data"]["until"] == "2026-11-21T07:30:00Z"


def test_an_unconfirmed_hold_falls_by_itself_though_no_worker_runs(cast):
    measure = cast.hold()
    Request.objects.update(state="executed", held_amount=4_800_000)
    request = Request.objects.select_related("measure").get()
    just_before = cast.clock.at + timedelta(hours=24) - timedelta(seconds=1)

    assert queries.held_now(request, just_before) == 4_800_000
    assert queries.held_now(request, measure.confirm_by) == 0
    assert queries.state_now(measure, measure.confirm_by) == "lapsed"


def test_after_its_time_nobody_can_confirm_it(cast):
    measure = cast.hold()

    with pytest.raises(ConflictError) as refusal:
        actions.approve(cast.second, measure.pk, now=measure.confirm_by)

    assert refusal.value.code == "too_late"


def test_a_worker_writes_the_fall_down_once(cast, entries):
    measure = cast.hold()
    cast.clock.pass_by(hours=24)

    assert actions.end_what_is_over(now=cast.clock.at) == 1
    assert actions.end_what_is_over(now=cast.clock.at) == 0
    assert entries(measure.subject) == ["measures.hold_urgently", "measures.lapsed"]
    assert messages()[-1]["type"] == "measure.released"


def test_a_confirmed_hold_ends_at_its_end(cast):
    measure = cast.hold()
    actions.approve(cast.second, measure.pk, now=cast.clock.at)
    cast.clock.pass_by(days=30)

    assert actions.end_what_is_over(now=cast.clock.at) == 1
    assert Measure.objects.get().state == "ended"


def test_three_unconfirmed_holds_in_thirty_days_close_the_one_officer_path(cast):
    for _ in range(3):
        measure = cast.hold()
        actions.decline(cast.second, measure.pk, "chưa đủ", now=cast.clock.at)

    with pytest.raises(RefusedError) as refusal:
        cast.hold()

    assert refusal.value.code == "path_closed"
    assert cast.hold(officer=cast.second).state == "unconfirmed"


def test_holds_that_fell_count_though_no_worker_wrote_it_down(cast):
    for _ in range(3):
        cast.hold()
    cast.clock.pass_by(hours=25)

    with pytest.raises(RefusedError):
        cast.hold()


def test_the_path_opens_again_after_thirty_days(cast):
    for _ in range(3):
        cast.hold()
    cast.clock.pass_by(days=31)

    assert cast.hold().state == "unconfirmed"


def test_a_proposed_hold_goes_out_only_after_approval(cast):
    report = cast.report()
    asked = actions.Proposal.hold(
        report.report.pk, "970436:0071000123456", 4_800_000, "fraud.hold.blhs.d290", "đề nghị"
    )
    measure = actions.propose(cast.first, asked, now=cast.clock.at)
    assert not Outgoing.objects.exists()

    actions.approve(cast.second, measure.pk, now=cast.clock.at)

    [message] = messages()
    assert message["type"] == "measure.requested"
    assert message["data"]["confirmed"] is True


def test_any_officer_lifts_a_hold_with_a_reason(cast):
    measure = cast.hold()

    actions.lift(cast.first, measure.pk, "chủ tài khoản đã chứng minh", now=cast.clock.at)

    assert Measure.objects.get().state == "lifted"
    assert messages()[-1]["type"] == "measure.released"


def test_a_silent_bank_is_reminded_once_when_its_time_is_over(cast):
    cast.hold()
    cast.clock.pass_by(minutes=14)
    assert actions.remind_the_silent(now=cast.clock.at) == 0

    cast.clock.pass_by(minutes=1)

    assert actions.remind_the_silent(now=cast.clock.at) == 1
    assert actions.remind_the_silent(now=cast.clock.at) == 0
    assert [message["type"] for message in messages()] == ["measure.requested", "request.reminder"]
    assert queries.is_overdue(Request.objects.get(), cast.clock.at)


def test_a_closed_report_holds_nothing_new(cast):
    report = cast.report()
    reports.close(cast.first, report.report.pk, "trùng", now=cast.clock.at)

    with pytest.raises(RefusedError) as refusal:
        cast.hold(report)

    assert refusal.value.code == "report_closed"
