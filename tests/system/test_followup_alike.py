"""Kẻng's orders and the carrier's robot, written apart: the very messages of the desk are given to the robot, and its answers to
the desk's own API, signed, with days going by in between. Both ends agree about what stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from keng.base.webhooks import sign
from keng.conftest import cast, clock, first_cast  # noqa: F401
from keng.desk.fraud.followup.tests.conftest import NUMBER, Play, play  # noqa: F401
from keng.nation.robot.books.answers import close_answer, list_due
from keng.nation.robot.books.orders import Level, level_of, list_told, note_correction
from keng.nation.robot.books.store import Store
from keng.nation.robot.desk import Policy
from keng.nation.robot.kinds.carrier.lines import add_subscriber
from keng.nation.robot.kinds.carrier.trade import CarrierTrade
from keng.nation.robot.orders import take_letter
from keng.nation.robot.wire.orders import Letter, read_call

MOST_BYTES = 1024 * 1024  # that a robot takes


@dataclass
class Ends:
    """The desk, and a robot's books in memory."""

    play: Play
    client: Any
    policy: Policy = field(default_factory=lambda: Policy(CarrierTrade("carrier:a")))

    def __post_init__(self) -> None:
        self.store = Store(":memory:", self.policy.trade.schema)
        with self.store.write() as tx:
            add_subscriber(tx, NUMBER)

    def days(self, days: float) -> None:
        """Days go by; each evening the mail is carried both ways."""
        for _ in range(round(days)):
            self.play.days(1)
            self.carry()
        self.carry()

    def carry(self) -> None:
        """Every message to the robot, oldest first, twice over; then every answer back."""
        from django.db import connection

        now = self.play.cast.clock.at
        self.play.work()
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, body FROM jobs_outgoing WHERE recipient = 'carrier:a' ORDER BY created_at, id")
            outgoing = cursor.fetchall()
        for message_id, body in outgoing:
            assert len(body) < MOST_BYTES
            letter = read_call(bytes(body))
            assert isinstance(letter, Letter)
            with self.store.write() as tx:
                take_letter(tx, self.policy, letter, str(message_id), now)
        while self._answer():
            pass

    def _answer(self) -> bool:
        with self.store.write() as tx:
            due = list_due(tx, self.play.cast.clock.at)
        for waiting in due:
            secret = self.play.cast.keys.partner_secrets("carrier:a", self.play.cast.clock.at)[0]
            headers = sign(secret, waiting.message_id, self.play.cast.clock.at, waiting.body)
            reply = self.client.post(
                f"/api/v1/{waiting.outbox.place}/{waiting.about}/answer",
                waiting.body,
                content_type="application/json",
                headers={**headers, "keng-partner": "carrier:a"},
            )
            assert reply.status_code == 200, reply.content
            with self.store.write() as tx:
                close_answer(tx, waiting, "200")
        return bool(due)

    def orders(self) -> list[tuple[str, str]]:
        """What the desk asked, and how it stands there."""
        from keng.desk.fraud.followup.models import Order

        return list(Order.objects.order_by("number").values_list("action", "state"))

    def level(self) -> Level:
        with self.store.read() as tx:
            return level_of(tx, NUMBER)

    def texts(self) -> list[str]:
        with self.store.read() as tx:
            return [told.notice.vi for told in list_told(tx, NUMBER)]


@pytest.fixture
def ends(play: Play, client: Any) -> Ends:  # noqa: F811
    return Ends(play, client)


def test_the_robot_carries_out_what_the_desk_asks_until_the_holder_has_it_corrected(ends: Ends) -> None:
    case = ends.play.case(sims=2)
    ends.days(16)
    assert ends.level() is Level.OUT
    ends.days(15)
    assert ends.level() is Level.BOTH
    assert {state for _action, state in ends.orders()} == {"executed"}

    code = re.search(r"/sua/([^/\s]+)/", ends.texts()[-1])
    assert code, ends.texts()[-1]
    say = f"/sua/{code[1]}/noi/"
    assert ends.client.post(say, {"way": "corrected"}).status_code in (200, 302)
    ends.carry()
    assert ("check", "refused") in ends.orders() and ends.level() is Level.BOTH

    with ends.store.write() as tx:
        note_correction(tx, NUMBER, ends.play.cast.clock.at)
    assert ends.client.post(say, {"way": "corrected"}).status_code in (200, 302)
    ends.carry()
    ends.carry()
    assert ends.play.read(case).outcome == "corrected"
    assert ends.orders()[-1] == ("restore", "executed") and ends.level() is Level.NONE
    assert "Mọi hạn chế đã được gỡ." in ends.texts()[-1]
    answered = {state for action, state in ends.orders() if action != "check"}
    assert answered == {"executed"}, "nothing is left unanswered"
