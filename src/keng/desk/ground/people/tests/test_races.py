"""A one-use link used twice at the same moment, in two connections of PostgreSQL."""

from __future__ import annotations

from keng.base.errors import RefusedError
from keng.desk.ground.people import actions


def test_a_link_lets_one_of_two_in(cast, meanwhile):
    token = actions.make_entry_link(cast.first, now=cast.clock.at)

    entered, refused = meanwhile(
        lambda: actions.enter(token, now=cast.clock.at), lambda: actions.enter(token, now=cast.clock.at)
    )

    assert entered == cast.first
    assert isinstance(refused, RefusedError)
