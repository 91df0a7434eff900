"""How messages went, written down at what they were about."""

from __future__ import annotations

from keng.desk.fraud.followup.tests.conftest import play  # noqa: F401
from keng.desk.ground.jobs import actions as jobs
from keng.site.outcomes import write_down


def test_an_order_of_a_follow_up_is_delivered_when_its_message_arrived(play):  # noqa: F811
    case = play.case()
    play.work()
    (line,) = jobs.due(play.cast.clock.at)
    claimed = jobs.claim_line(line, play.cast.clock.at, most=5)
    write_down([jobs.Outcome(one, play.cast.clock.at) for one in claimed])

    assert [order.state for order in play.orders(case)] == ["delivered"]
