"""Two measures meet: each row of the table in docs/measures.md."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from keng.base.errors import ConflictError, KengError, RefusedError
from keng.desk.fraud.measures import actions, queries
from keng.desk.fraud.measures.kinds import Kind, Target
from keng.desk.fraud.measures.models import Measure, Renewal
from keng.desk.fraud.measures.tests.conftest import TEXT, messages


def test_holds_for_different_losses_on_one_account_stand_beside_each_other(cast):
    first, second = cast.hold(), cast.hold(officer=cast.second)

    actions.lift(cast.first, first.pk, "nhầm", now=cast.clock.at)

    assert queries.is_sent(Measure.objects.get(pk=second.pk), cast.clock.at)
    assert [one["type"] for one in messages(second)] == ["measure.requested"]


def test_a_hold_and_a_restriction_of_one_account_end_each_by_itself(cast, order, named):
    hold = cast.hold(named)
    restriction = order(Kind.RESTRICT_ACCOUNT)

    actions.lift(cast.first, restriction.pk, "tòa đã hủy quyết định", now=cast.clock.at)

    assert queries.is_sent(Measure.objects.get(pk=hold.pk), cast.clock.at)
    assert queries.state_now(Measure.objects.get(pk=hold.pk), hold.confirm_by) == "lapsed"


def test_a_written_decision_goes_before_one_officers_word(cast, order, asking):
    restriction = order(Kind.RESTRICT_ACCOUNT)

    with pytest.raises(RefusedError) as refusal:
        actions.hold_urgently(cast.first, asking(Kind.HOLD_FUNDS), now=cast.clock.at)

    assert refusal.value.code == "restricted_already"
    assert restriction.code in refusal.value.said.vi
    assert actions.propose(cast.first, asking(Kind.HOLD_FUNDS), now=cast.clock.at).state == "proposed"


def test_once_the_decision_has_ended_an_urgent_hold_may_begin(cast, order, asking):
    cast.clock.at = order(Kind.RESTRICT_ACCOUNT).ends_at

    assert actions.hold_urgently(cast.first, asking(Kind.HOLD_FUNDS), now=cast.clock.at).urgent


def test_a_page_under_a_suspended_name_needs_no_order_of_its_own(cast, order, asking):
    page = Target("url", "https://vcb-xacthuc.com.vn/mo")
    from keng.desk.ground.partners.actions import enrol

    enrol("platform:host", "Host", "http://127.0.0.1:9/", serves=["vcb-xacthuc.com.vn"], now=cast.clock.at)
    suspended = order(Kind.SUSPEND_DOMAIN)

    with pytest.raises(ConflictError) as refusal:
        actions.propose(cast.first, asking(Kind.TAKE_DOWN_PAGE, target=page), now=cast.clock.at)
    assert (refusal.value.code, suspended.code in refusal.value.said.vi) == ("covered", True)

    cast.clock.at = suspended.ends_at
    assert actions.propose(cast.first, asking(Kind.TAKE_DOWN_PAGE, target=page), now=cast.clock.at)


def test_a_page_taken_down_before_stays_down_when_the_suspension_of_its_name_is_lifted(cast, order):
    from keng.desk.ground.partners.actions import enrol

    enrol("platform:host", "Host", "http://127.0.0.1:9/", serves=["vcb-xacthuc.com.vn"], now=cast.clock.at)
    page = order(Kind.TAKE_DOWN_PAGE, target=Target("url", "https://vcb-xacthuc.com.vn/mo"))
    suspended = order(Kind.SUSPEND_DOMAIN)

    actions.lift(cast.first, suspended.pk, "không cần nữa", now=cast.clock.at)

    assert queries.is_sent(Measure.objects.get(pk=page.pk), cast.clock.at)


@pytest.mark.parametrize("kind", [Kind.BLOCK_NUMBER, Kind.BLOCK_SENDER, Kind.SUSPEND_DOMAIN, Kind.TAKE_DOWN_PAGE])
def test_a_second_order_of_the_same_effect_is_refused_so_that_a_lift_lifts(cast, order, asking, kind):
    first = order(kind)
    other = cast.report(text=TEXT, sender="Vietcombank")

    with pytest.raises(ConflictError) as refusal:
        actions.propose(cast.second, asking(kind, report_id=other.report.pk), now=cast.clock.at)

    assert (refusal.value.code, first.code in refusal.value.said.vi) == ("stands_already", True)


def test_the_database_refuses_a_second_order_of_the_same_effect(cast, order):
    first = order(Kind.BLOCK_NUMBER)
    other = cast.report(text=TEXT)
    first.pk, first.code, first.report = "00000000-0000-7000-8000-000000000001", "BP-OTHER", other.report

    with pytest.raises(IntegrityError):
        first.save(force_insert=True)


@pytest.mark.parametrize("kind", [Kind.RESTRICT_ACCOUNT, Kind.PRESERVE_DATA])
def test_decisions_and_preservations_for_different_reports_stand_beside_each_other(cast, order, asking, kind):
    order(kind)
    other = cast.report(text=TEXT)

    assert actions.propose(cast.second, asking(kind, report_id=other.report.pk), now=cast.clock.at)


def test_what_is_over_does_not_stand_in_the_way_though_no_worker_wrote_it_down(cast, order, asking):
    first = order(Kind.BLOCK_NUMBER)
    cast.clock.at = first.ends_at

    assert actions.propose(cast.second, asking(Kind.BLOCK_NUMBER), now=cast.clock.at).state == "proposed"
    assert Measure.objects.get(pk=first.pk).state == "ended"


def test_a_lift_while_a_renewal_waits_takes_the_renewal_with_it(cast, order):
    block = order(Kind.BLOCK_NUMBER)
    renewal = actions.propose_renewal(cast.first, block.pk, "lý do mới", now=cast.clock.at)

    actions.lift(cast.second, block.pk, "nhầm số", wrong="wrong_object", now=cast.clock.at)

    assert Renewal.objects.get().state == "lapsed"
    with pytest.raises(KengError):
        actions.approve_renewal(cast.second, renewal.pk, now=cast.clock.at)
    assert Measure.objects.get().state == "lifted"


def test_a_proposal_that_another_order_overtook_is_refused_at_approval(cast, asking, order):
    page = Target("url", "https://vcb-xacthuc.com.vn/mo")
    from keng.desk.ground.partners.actions import enrol

    enrol("platform:host", "Host", "http://127.0.0.1:9/", serves=["vcb-xacthuc.com.vn"], now=cast.clock.at)
    waiting = actions.propose(cast.first, asking(Kind.TAKE_DOWN_PAGE, target=page), now=cast.clock.at)
    order(Kind.SUSPEND_DOMAIN)

    with pytest.raises(ConflictError) as refusal:
        actions.approve(cast.second, waiting.pk, now=cast.clock.at)

    assert refusal.value.code == "covered"
    assert messages(waiting) == []
