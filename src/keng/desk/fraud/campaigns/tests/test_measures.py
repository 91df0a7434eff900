"""A measure that was proposed from a campaign comes up for review when what it rests on is undone, and a person decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.conftest import BASIS
from keng.desk.fraud.campaigns import actions, queries
from keng.desk.fraud.campaigns.tests.conftest import MULE, OTHER_MULE, scam
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures.actions import Proposal
from keng.desk.fraud.measures.kinds import Kind, Target
from keng.desk.fraud.measures.models import Measure, Review, ReviewState
from keng.desk.fraud.measures.queue import queue


@pytest.fixture
def told(desk):
    """Two campaigns of three, each report with a loss."""
    both = [
        [
            desk.tell(scam(name, account), account=account, amount=2_000_000 + n, minutes_ago=5)
            for n, name in enumerate("Hoa Lan Mai".split())
        ]
        for account in (MULE, OTHER_MULE)
    ]
    desk.link()
    return both


def propose(desk, report, account=MULE, officer=None, **changes):
    proposal = Proposal.hold(report, account, 1_000_000, BASIS, "nhiều người báo")
    return actions.propose_measure(
        officer or desk.cast.first, desk.code(report), changes.get("proposal", proposal), now=desk.cast.clock.at
    )


def waiting(desk):
    return [line for line in queue(desk.cast.second, now=desk.cast.clock.at) if line.what == "review"]


def test_a_candidate_tells_what_speaks_for_and_against_and_can_be_proposed(desk, told):
    (one,) = [
        row
        for row in queries.next_measures(desk.cast.first, desk.code(told[0][0]), now=desk.cast.clock.at)
        if row.kind == "hold_funds"
    ]
    assert (one.object_value, one.amount) == (MULE, 2_000_002)
    assert one.evidence and one.against
    measure = propose(desk, one.report_id)
    assert measure.suggested_by.startswith("link ")
    left = queries.next_measures(desk.cast.first, desk.code(told[0][0]), now=desk.cast.clock.at)
    assert MULE not in {row.object_value for row in left}
    assert [
        value.measures for value in queries.values_of(desk.cast.first, desk.code(told[0][0])) if value.value == MULE
    ] == [(measure.code,)]


def test_neither_a_hotline_nor_a_restriction_is_ever_a_candidate(desk):
    for name in "Hoa Lan Mai".split():
        desk.tell(
            f"Toi la {name}, hay goi 19001009 hoac vao https://www.vietcombank.com.vn de mo khoa the cua ban",
            sender="VIETCOMBANK",
        )
    desk.link()
    code = queries.campaigns(desk.cast.first)[0].code
    rows = queries.next_measures(desk.cast.first, code, now=desk.cast.clock.at)
    assert rows == []
    assert all(value.is_hub for value in queries.values_of(desk.cast.first, code))


def test_a_restriction_of_an_account_is_not_proposed_from_a_campaign(desk, told):
    proposal = Proposal(told[0][0], Kind.RESTRICT_ACCOUNT, Target("account", MULE), "x", "vì thế")
    with pytest.raises(RefusedError, match="not_by_engine"):
        propose(desk, told[0][0], proposal=proposal)


def test_a_report_of_another_campaign_is_refused_and_nothing_is_proposed(desk, told):
    proposal = Proposal.hold(told[1][0], OTHER_MULE, 1_000_000, BASIS, "nhầm")
    with pytest.raises(InputError, match="no_reports"):
        propose(desk, told[0][0], proposal=proposal)
    assert not Measure.objects.exists()


def test_undoing_the_merge_that_it_rests_on_brings_it_up_and_it_may_stand(desk, told, entries):
    merged = actions.merge(
        desk.cast.first, desk.code(told[1][0]), desk.code(told[0][0]), "một nhóm", now=desk.cast.clock.at
    )
    measure = propose(desk, told[0][0])
    earlier_only = Measure.objects.count()
    assert waiting(desk) == []
    actions.undo(desk.cast.second, merged.pk, "hai nhóm", now=desk.cast.clock.at)

    (line,) = waiting(desk)
    assert (line.measure_id, line.clock_to) == (measure.pk, desk.cast.clock.at + timedelta(hours=24))
    review = Review.objects.get()
    assert review.cause.startswith("judgement:")
    with pytest.raises(InputError, match="no_reason"):
        measures.let_stand(desk.cast.second, review.pk, " ", now=desk.cast.clock.at)
    measures.let_stand(desk.cast.second, review.pk, "ba người vẫn nêu", now=desk.cast.clock.at)
    assert waiting(desk) == []
    with pytest.raises(ConflictError, match="decided_already"):
        measures.let_stand(desk.cast.second, review.pk, "lại", now=desk.cast.clock.at)
    assert {"measures.open_review", "measures.let_stand", "campaigns.pin"} <= set(entries())
    assert Measure.objects.count() == earlier_only


def test_a_measure_from_before_the_merge_does_not_rest_on_it(desk, told):
    propose(desk, told[0][0])
    merged = actions.merge(
        desk.cast.first, desk.code(told[1][0]), desk.code(told[0][0]), "một nhóm", now=desk.cast.clock.at
    )
    actions.undo(desk.cast.second, merged.pk, "hai nhóm", now=desk.cast.clock.at)
    assert waiting(desk) == []


def test_cutting_its_report_or_one_that_names_its_object_brings_it_up_another_cut_does_not(desk, told):
    plain = desk.tell(scam("Sen", MULE).replace(MULE.partition(":")[2], ""))
    desk.link()
    assert desk.code(plain) == desk.code(told[0][0])
    propose(desk, told[0][0])
    actions.cut(desk.cast.second, plain, "chuyện khác", now=desk.cast.clock.at)
    assert waiting(desk) == []
    actions.cut(desk.cast.second, told[0][1], "chuyện khác", now=desk.cast.clock.at)
    assert len(waiting(desk)) == 1


def test_a_measure_that_is_lifted_waits_no_more(desk, told):
    measure = propose(desk, told[0][0])
    measures.approve(desk.cast.second, measure.pk, now=desk.cast.clock.at)
    actions.cut(desk.cast.second, told[0][0], "chuyện khác", now=desk.cast.clock.at)
    assert len(waiting(desk)) == 1
    measures.lift(desk.cast.second, measure.pk, "sai", now=desk.cast.clock.at, wrong="no_fraud")
    assert waiting(desk) == []
    assert Review.objects.get().state == ReviewState.OVER
