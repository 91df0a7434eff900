"""What the reporter is told: only what a row says, in the tense of now."""

from __future__ import annotations

import pytest

from keng.conftest import BASIS, MULE
from keng.desk.fraud.measures import actions, answers
from keng.desk.fraud.measures.kinds import Kind, Target
from keng.desk.fraud.measures.models import Request
from keng.desk.fraud.reports import actions as reports
from keng.doors.story import story_of


@pytest.fixture
def play(cast):
    report = cast.report()
    measure = cast.hold(report)
    return report.receipt, measure, Request.objects.get()


@pytest.fixture
def proposed_hold():
    def proposal(report):
        target = Target("account", MULE)
        return actions.Proposal(report.report.pk, Kind.HOLD_FUNDS, target, BASIS, "có căn cứ", amount=4_800_000)

    return proposal


def told(cast, receipt):
    story = story_of(receipt, cast.keys, now=cast.clock.at)
    return story, [(step.state, step.said.vi) for step in story.steps]


def answer(cast, request, status, held=None, reason=None):
    what = answers.Told(status, held, reason, None, None)
    answers.take(cast.bank, f"m-{status}", request.pk, what, now=cast.clock.at)


def test_before_anybody_looked_it_says_so(cast):
    report = cast.report()

    story, steps = told(cast, report.receipt)

    assert story.money_state == "received"
    assert steps[-1] == ("now", "Cán bộ trực sẽ xem báo cáo của bạn")


def test_a_proposal_that_was_taken_back_leaves_no_trace(cast, proposed_hold):
    report = cast.report()
    before = told(cast, report.receipt)
    measure = actions.propose(cast.first, proposed_hold(report), now=cast.clock.at)
    assert told(cast, report.receipt) != before

    actions.withdraw(cast.first, measure.pk, "nhầm", now=cast.clock.at)

    assert told(cast, report.receipt) == before


def test_held_money_is_told_with_its_end(cast, play):
    receipt, measure, request = play
    answer(cast, request, "executed", 4_800_000)

    story, steps = told(cast, receipt)

    assert (story.money_state, story.money.held, story.until) == ("held", 4_800_000, measure.confirm_by)
    assert story.held_at == cast.clock.at
    assert ("done", "Vietcombank đang giữ 4.800.000 đ") in steps


def test_what_is_held_no_longer_is_told_as_past(cast, play):
    receipt, _, request = play
    answer(cast, request, "executed", 4_800_000)
    cast.clock.pass_by(hours=24)

    story, steps = told(cast, receipt)

    assert (story.money_state, story.money.held) == ("released", 0)
    assert ("done", "Vietcombank đã giữ 4.800.000 đ") in steps
    assert steps[-1][0] == "failed"


def test_a_refusal_gives_the_banks_reason(cast, play):
    receipt, _, request = play
    answer(cast, request, "refused", reason="no_money")

    story, steps = told(cast, receipt)

    assert (story.money_state, story.money.gone) == ("gone", 4_800_000)
    assert ("failed", "Vietcombank không giữ được tiền: Không còn tiền trong tài khoản") in steps
    assert [step for step in steps if step[0] in ("now", "next")] == []  # nothing is left to confirm


def test_a_reminder_is_told_only_once_it_was_sent(cast, play):
    receipt, _, _ = play
    cast.clock.pass_by(minutes=16)
    story, _ = told(cast, receipt)
    late = next(step for step in story.steps if step.state == "failed")
    assert late.note is None

    actions.remind_the_silent(now=cast.clock.at)

    story, _ = told(cast, receipt)
    late = next(step for step in story.steps if step.state == "failed")
    assert late.note.vi == "Kẻng đã nhắc lại."


def test_a_closed_report_gives_its_reason(cast):
    report = cast.report(loss=None)
    reports.close(cast.first, report.report.pk, "tin quảng cáo", now=cast.clock.at)

    story, steps = told(cast, report.receipt)

    assert steps[-1] == ("done", "Báo cáo đã đóng")
    assert story.steps[-1].note.vi == "tin quảng cáo"
