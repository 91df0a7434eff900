"""Two at the same moment, in two connections of PostgreSQL: the one that commits later acts on what the other left."""

from __future__ import annotations

import uuid

import pytest

from keng.base.errors import ConflictError, RefusedError
from keng.desk.fraud.measures import actions, answers
from keng.desk.fraud.measures.actions import Proposal
from keng.desk.fraud.measures.models import Measure, Request
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import queries as report_queries
from keng.desk.ground.ledger import queries as ledger

BASIS = "fraud.hold.nd52-2024.d11"
EXECUTED = answers.Told("executed", 4_800_000, None, None, None)


@pytest.fixture
def report(meanwhile, cast):
    return cast.report().report


def hold(cast, report, officer=None):
    asked = Proposal.hold(report.pk, "970436:0071000123456", 4_800_000, BASIS, "bị lừa")
    return actions.hold_urgently(officer or cast.first, asked, now=cast.clock.at)


def propose(cast, report):
    asked = Proposal.hold(report.pk, "970436:0071000123456", 4_800_000, BASIS, "bị lừa")
    return actions.propose(cast.first, asked, now=cast.clock.at)


def test_two_officers_hold_at_once_and_one_is_told_who_was_first(cast, meanwhile, report):
    _, refused = meanwhile(lambda: hold(cast, report), lambda: hold(cast, report, cast.second))

    assert isinstance(refused, ConflictError)
    assert refused.code == "held_already"
    assert (Measure.objects.count(), Request.objects.count()) == (1, 1)


def test_nothing_is_held_for_a_report_that_is_being_closed(cast, meanwhile, report):
    _, refused = meanwhile(
        lambda: reports.close(cast.second, report.pk, "nhầm", now=cast.clock.at), lambda: hold(cast, report)
    )

    assert isinstance(refused, RefusedError)
    assert refused.code == "report_closed"
    assert not Measure.objects.exists()


def test_a_proposal_does_not_go_out_for_a_report_that_is_being_closed(cast, meanwhile, report):
    proposed = propose(cast, report)

    _, refused = meanwhile(
        lambda: reports.close(cast.first, report.pk, "nhầm", now=cast.clock.at),
        lambda: actions.approve(cast.second, proposed.pk, now=cast.clock.at),
    )

    assert isinstance(refused, RefusedError)
    assert refused.code == "report_closed"
    assert not Request.objects.exists()


def test_a_hold_and_the_approval_of_a_proposal_wait_for_each_other_in_one_order(cast, meanwhile, report):
    """The hold has the report and still has to meet the proposal's row; the approval may not have that row already."""
    proposed = propose(cast, report)

    def press() -> None:
        with pytest.raises(ConflictError):
            hold(cast, report, cast.second)

    _, approved = meanwhile(
        lambda: report_queries.loss_facts(report.pk, locked=True),
        lambda: actions.approve(cast.second, proposed.pk, now=cast.clock.at),
        then=press,
    )

    assert approved.state == "active"


def test_one_confirms_while_another_declines(cast, meanwhile, report):
    measure = hold(cast, report)

    _, refused = meanwhile(
        lambda: actions.decline(cast.second, measure.pk, "chưa rõ", now=cast.clock.at),
        lambda: actions.approve(cast.second, measure.pk, now=cast.clock.at),
    )

    assert isinstance(refused, ConflictError)
    assert refused.code == "decided_already"
    assert Request.objects.get().version == 2


def test_a_hold_ends_once_though_two_workers_see_its_end(cast, meanwhile, report):
    measure = hold(cast, report)
    over = cast.clock.pass_by(hours=24)

    ended = meanwhile(lambda: actions.end_what_is_over(now=over), lambda: actions.end_what_is_over(now=over))

    assert ended == (1, 0)
    assert [row.verb for row in ledger.entries_on(measure.subject)].count("measures.lapsed") == 1


def test_a_reminder_goes_out_once_though_two_workers_see_the_silence(cast, meanwhile, report):
    hold(cast, report)
    late = cast.clock.pass_by(hours=2)

    assert meanwhile(lambda: actions.remind_the_silent(now=late), lambda: actions.remind_the_silent(now=late)) == (1, 0)


def test_the_same_message_twice_at_once_counts_once(cast, meanwhile, report):
    hold(cast, report)
    request = Request.objects.get()

    def answer():
        return answers.take(cast.bank, "m1", request.pk, EXECUTED, now=cast.clock.at)

    _, refused = meanwhile(answer, answer)

    assert isinstance(refused, ConflictError)
    assert refused.code == "webhook_id_seen"


def test_two_answers_at_once_are_both_kept_and_one_counts(cast, meanwhile, report):
    hold(cast, report)
    request = Request.objects.get()
    part = answers.Told("part", 1_000_000, None, None, None)

    _, refused = meanwhile(
        lambda: answers.take(cast.bank, "m1", request.pk, EXECUTED, now=cast.clock.at),
        lambda: answers.take(cast.bank, "m2", request.pk, part, now=cast.clock.at),
    )

    assert isinstance(refused, ConflictError)
    request.refresh_from_db()
    assert (request.held_amount, request.answers.count()) == (4_800_000, 2)


def test_an_answer_does_not_lock_out_a_confirmation_that_goes_on_to_the_request(cast, meanwhile, report):
    """The confirmation has the measure and goes on to the request; an answer has the request and may not need the measure."""
    measure = hold(cast, report)
    request = Request.objects.get()

    _, answered = meanwhile(
        lambda: actions.get_measure(measure.pk),
        lambda: answers.take(cast.bank, str(uuid.uuid4()), request.pk, EXECUTED, now=cast.clock.at),
        then=lambda: actions.approve(cast.second, measure.pk, now=cast.clock.at),
    )

    assert answered.state == "executed"
    assert Request.objects.get().version == 2


def test_a_hold_that_meets_the_third_decline_counts_as_before_it_and_the_next_is_refused(cast, meanwhile):
    """Nothing needs to be locked for the one-officer path: either order of the two is one that the rule allows."""
    reported = [cast.report().report for _ in range(5)]
    measures = [hold(cast, one) for one in reported[:3]]
    for measure in measures[:2]:
        actions.decline(cast.second, measure.pk, "chưa rõ", now=cast.clock.at)

    _, fourth = meanwhile(
        lambda: actions.decline(cast.second, measures[2].pk, "chưa rõ", now=cast.clock.at),
        lambda: hold(cast, reported[3]),
    )

    assert fourth.state == "unconfirmed"
    with pytest.raises(RefusedError, match="path_closed"):
        hold(cast, reported[4])
