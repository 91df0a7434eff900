"""Two at the same moment, in two connections of PostgreSQL."""

from __future__ import annotations

from keng.base.errors import ConflictError, RefusedError
from keng.desk.fraud.appeals import actions
from keng.desk.fraud.appeals.models import Appeal
from keng.desk.fraud.measures import actions as measures
from keng.vietnam import rules


def test_two_appeals_at_once_do_not_pass_the_limit_together(cast, meanwhile):
    measure = cast.hold()
    most = int(rules.limit("appeal.open_at_once", cast.clock.at.date()).value)

    def lodge():
        return actions.lodge(measure.code, "Tiền của tôi", cast.keys, now=cast.clock.at)

    for _ in range(most - 1):
        lodge()
    _, refused = meanwhile(lodge, lodge)

    assert isinstance(refused, ConflictError)
    assert refused.code == "too_many"
    assert Appeal.objects.count() == most


def test_who_is_just_confirming_the_hold_cannot_decide_the_appeal(cast, meanwhile):
    measure = cast.hold()
    actions.lodge(measure.code, "Tiền của tôi", cast.keys, now=cast.clock.at)
    appeal = Appeal.objects.get()

    _, refused = meanwhile(
        lambda: measures.approve(cast.second, measure.pk, now=cast.clock.at),
        lambda: actions.decide(cast.second, appeal.pk, grant=False, reason="đủ căn cứ", now=cast.clock.at),
    )

    assert isinstance(refused, RefusedError)
    assert refused.code == "took_part"
    assert Appeal.objects.get().state == "open"
