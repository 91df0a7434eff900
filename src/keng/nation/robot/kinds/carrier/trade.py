"""A carrier: it blocks what goes out from a number or under a sender name, and restricts lines for follow-ups.

Emergency calls, calls that come in and one-time codes always pass, until a contract ends.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from keng.base.errors import ConflictError, InputError, Said
from keng.nation.robot.books.deeds import list_in_force
from keng.nation.robot.books.orders import Level, kept_numbers, level_of
from keng.nation.robot.books.store import Store, Transaction
from keng.nation.robot.kinds.carrier.lines import (
    SCHEMA,
    add_sender,
    add_subscriber,
    is_sender,
    is_subscriber,
    list_passed,
    load_subscribers,
    note_passed,
)
from keng.nation.robot.kinds.trade import Craft, Reply, Trade
from keng.nation.robot.wire.messages import PHONE, SENDER, Action, Target, matching
from keng.nation.robot.wire.orders import Ordered

EMERGENCY = frozenset({"111", "112", "113", "114", "115"})
"""Children at risk, rescue, police, fire, ambulance: reached from every number, blocked or not."""
MOBILE = re.compile(r"\+84[35789][0-9]{8}")
SENDER_RULE = re.compile(r"(?=.*[A-Z])[A-Z0-9 ._-]{1,11}")
"""A name that could be registered: at most eleven characters, and not digits alone."""
CALL, SMS = "call", "sms"
RESTRICTIONS = frozenset({Ordered.RESTRICT_OUT, Ordered.RESTRICT_BOTH, Ordered.END})
SMS_ONLY = "Đã chặn tin nhắn đi; cuộc gọi đi chưa chặn được / outgoing SMS are stopped, outgoing calls are not yet"
OWN_NETWORK_ONLY = (
    "Đã chặn tới thuê bao của mạng này; tin chuyển sang mạng khác chưa chặn được"
    " / stopped towards our own subscribers, not yet towards other networks"
)


class CarrierTrade(Trade):
    """`code` is one of the carriers that share the nation's numbers."""

    kind = "carrier"
    schema = SCHEMA
    restrictions = RESTRICTIONS
    part_of_data: ClassVar[str] = (
        "Đã giữ thông tin thuê bao; chi tiết liên lạc chưa trích được / the subscriber is kept, the traffic is not yet"
    )

    def own_crafts(self) -> dict[str, Craft]:
        return {
            Action.BLOCK_NUMBER: Craft(frozenset({"phone"}), "CS", SMS_ONLY, self._no_number),
            Action.BLOCK_SENDER: Craft(frozenset({"sender"}), "CT", OWN_NETWORK_ONLY, self._no_sender),
        }

    def describe(self, tx: Transaction, target: Target, now: datetime, *, whole: bool) -> dict[str, Any] | None:  # noqa: ARG002
        served = is_subscriber if target.kind == "phone" else is_sender
        if not served(tx, target.value):
            return None
        known: dict[str, Any] = {target.kind: target.value}
        return known | {"passed": list_passed(tx, target.value)} if whole else known

    def load(self, store: Store, register: Path) -> int:
        return load_subscribers(store, self.code, register)

    def look(self, tx: Transaction, path: str, now: datetime) -> Reply | None:
        """GET /core/numbers/{number} or /core/senders/{name}: what may go out."""
        place, _, name = path.partition("/")
        if place == "numbers" and is_subscriber(tx, name):
            return 200, self._line_json(tx, name, now)
        if place == "senders" and is_sender(tx, name):
            deeds = list_in_force(tx, Action.BLOCK_SENDER, name, now)
            return 200, {"sender": name, "stopped": bool(deeds), "everywhere": any(deed.whole for deed in deeds)}
        return None

    def order(self, tx: Transaction, path: str, data: dict[str, Any], now: datetime) -> Reply | None:
        """POST /core/numbers, /core/senders take one on; /core/calls, /core/sms let one pass from `from` to `to`."""
        if path == "numbers":
            return (201 if add_subscriber(tx, matching(data, "number", MOBILE)) else 200), {}
        if path == "senders":
            return (201 if add_sender(tx, matching(data, "sender", SENDER)) else 200), {}
        passing = {"calls": CALL, "sms": SMS}.get(path)
        return self._pass(tx, passing, data, now) if passing else None

    def _pass(self, tx: Transaction, what: str, data: dict[str, Any], now: datetime) -> Reply:
        source, target = matching(data, "from", SENDER), matching(data, "to", PHONE)
        _refuse_ended(tx, source, target)
        if is_subscriber(tx, source):
            stopped = target not in EMERGENCY and (
                self._is_number_blocked(tx, what, source, now) or _is_restricted(tx, source, target)
            )
        elif what == SMS and is_sender(tx, source):
            stopped = self._is_sender_stopped(tx, source, target, now)
        elif is_subscriber(tx, target):
            stopped = False  # from another network: what comes in stays
        else:
            raise InputError(
                "not_our_number", Said("Không số nào của mạng này", "No number of this network"), field="to"
            )
        if stopped:
            raise ConflictError("blocked", Said("Đang bị chặn chiều đi", "What goes out from it is blocked"))
        if what == SMS and data.get("one_time_code") is not True and level_of(tx, target) >= Level.BOTH:
            raise ConflictError("blocked_in", Said("Đang bị chặn hai chiều", "Nothing but calls and codes comes in"))
        note_passed(tx, what, source, target, now)
        return 200, {"passed": True}

    def lacks(self, tx: Transaction, target: Target, ordered: str, now: datetime) -> str | None:  # noqa: ARG002
        """A number of today's plan that is not ours may be another carrier's; one of no plan is nobody's."""
        if target.kind != "phone" or not MOBILE.fullmatch(target.value):
            return "not_delivered" if ordered == Ordered.NOTICE else "no_such_record"
        if not is_subscriber(tx, target.value):
            return "not_our_number"
        if level_of(tx, target.value) is Level.END and ordered not in (Ordered.RESTORE, Ordered.CHECK):
            return "not_delivered" if ordered == Ordered.NOTICE else "no_such_record"
        return None

    def _line_json(self, tx: Transaction, number: str, now: datetime) -> dict[str, Any]:
        """What may pass: by measures and by follow-ups together."""
        level = level_of(tx, number)
        goes_out = {
            what: level < Level.OUT and not self._is_number_blocked(tx, what, number, now) for what in (CALL, SMS)
        }
        return {
            "number": number,
            "calls_out": goes_out[CALL],
            "sms_out": goes_out[SMS],
            "in": level < Level.END,
            "sms_in": level < Level.BOTH,
            "data": level < Level.BOTH,
        }

    def _is_number_blocked(self, tx: Transaction, what: str, number: str, now: datetime) -> bool:
        deeds = list_in_force(tx, Action.BLOCK_NUMBER, number, now)
        return any(deed.whole or what == SMS for deed in deeds)

    def _is_sender_stopped(self, tx: Transaction, name: str, target: str, now: datetime) -> bool:
        deeds = list_in_force(tx, Action.BLOCK_SENDER, name, now)
        return any(deed.whole or is_subscriber(tx, target) for deed in deeds)

    def _no_number(self, tx: Transaction, target: Target, now: datetime) -> str | None:  # noqa: ARG002
        if is_subscriber(tx, target.value):
            return None
        return "not_our_number" if MOBILE.fullmatch(target.value) else "no_such_number"

    def _no_sender(self, tx: Transaction, target: Target, now: datetime) -> str | None:  # noqa: ARG002
        if is_sender(tx, target.value):
            return None
        return "not_our_sender" if SENDER_RULE.fullmatch(target.value) else "no_such_sender"


def _is_restricted(tx: Transaction, number: str, target: str) -> bool:
    """A follow-up takes away what goes out, but never what its order keeps."""
    return level_of(tx, number) >= Level.OUT and target not in kept_numbers(tx, number)


def _refuse_ended(tx: Transaction, *numbers: str) -> None:
    if any(level_of(tx, number) is Level.END for number in numbers):
        raise ConflictError("ended", Said("Hợp đồng đã chấm dứt", "The contract has ended"))
