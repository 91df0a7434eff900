"""Who may do what: the whole matrix, and the one-use link."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from keng.base.errors import RefusedError
from keng.desk.ground.people import actions, rights
from keng.desk.ground.people.models import Role

ALLOWED = {
    "officer": {
        "reports.list", "reports.look", "reports.close", "reports.write", "measures.list", "measures.hold_urgently",
        "measures.propose", "measures.approve", "measures.decline", "measures.lift", "measures.find_wrong",
        "measures.propose_renewal", "measures.approve_renewal", "measures.decline_renewal",
        "appeals.read", "appeals.confirm_holder", "appeals.decide",
        "erasure.list", "erasure.decide", "erasure.hold", "looks.list", "ledger.list", "outbox.list", "rules.list",
        "signin.manage_own",
    },
    "auditor": {
        "reports.list", "reports.look", "measures.list", "appeals.read", "erasure.list", "looks.list", "looks.withhold",
        "ledger.list", "outbox.list", "rules.list", "signin.manage_own",
    },
    "operator": {
        "ledger.list", "outbox.list", "outbox.retry", "outbox.retry_all", "outbox.drop", "tasks.retry", "tasks.drop",
        "batches.retry_failed", "batches.cancel", "rules.list", "signin.manage_own",
    },
}  # fmt: skip


@dataclass
class Somebody:
    role: str
    is_active: bool = True


@pytest.mark.parametrize("role", [*Role.values, "stranger", ""])
@pytest.mark.parametrize("verb", sorted(rights.MATRIX))
def test_the_matrix_is_what_it_says(role, verb):
    assert rights.is_allowed(Somebody(role), verb) is (verb in ALLOWED.get(role, set()))


@pytest.mark.parametrize("verb", sorted(rights.MATRIX))
def test_who_has_left_may_nothing(verb):
    for role in Role.values:
        with pytest.raises(RefusedError):
            rights.require(Somebody(role, is_active=False), verb)


def test_a_link_lets_one_in_once(cast):
    token = actions.make_entry_link(cast.first, now=cast.clock.at)

    assert actions.enter(token, now=cast.clock.at) == cast.first
    with pytest.raises(RefusedError):
        actions.enter(token, now=cast.clock.at)


def test_a_link_ends_after_twelve_hours(cast):
    token = actions.make_entry_link(cast.first, now=cast.clock.at)

    with pytest.raises(RefusedError):
        actions.enter(token, now=cast.clock.pass_by(hours=12))


def test_a_wrong_link_lets_nobody_in(cast):
    with pytest.raises(RefusedError):
        actions.enter("x" * 32, now=cast.clock.at)
