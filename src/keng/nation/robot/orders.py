"""What a partner does with the orders of a follow-up: one transaction stores them, carries them out and queues the answers."""

from __future__ import annotations

from datetime import datetime

from keng.base.errors import InputError, Said
from keng.nation.robot.books.answers import queue_order_answer
from keng.nation.robot.books.orders import (
    FiledOrder,
    Level,
    change_line,
    close_order,
    file_order,
    find_order,
    is_corrected,
    later_number,
    list_orders_to_decide,
    put_off_order,
    tell_holder,
)
from keng.nation.robot.books.requests import Stage, remember_message
from keng.nation.robot.books.store import Transaction
from keng.nation.robot.desk import Policy, Taken
from keng.nation.robot.kinds.trade import Trade
from keng.nation.robot.modes import Mode, behaviour_for
from keng.nation.robot.wire.messages import Status
from keng.nation.robot.wire.orders import LONGEST_NOTE, Letter, Order, OrderAnswer, Ordered

LEVELS = {
    Ordered.RESTRICT_OUT: Level.OUT,
    Ordered.RESTRICT_BOTH: Level.BOTH,
    Ordered.END: Level.END,
    Ordered.RESTORE: Level.NONE,
}
ALWAYS = frozenset({Ordered.NOTICE, Ordered.RESTORE, Ordered.CHECK})
"""What every partner that serves lines or accounts carries out."""
NEVER_REFUSED = frozenset({Ordered.RESTORE, Ordered.CHECK})
"""The basis of taking away may be doubted. What gives back, and what only asks, is answered from the books."""
ONLY_TOLD = "Đã báo cho chủ; việc còn lại đang làm / the holder was told, the rest is under way"


def take_letter(tx: Transaction, policy: Policy, letter: Letter, message_id: str | None, now: datetime) -> Taken:
    """Act on a letter at most once by its id (None: it was fetched, not sent), and on each of its orders at most once.

    Within a letter the lower number of a case comes first, however it was written.
    """
    if message_id is not None and not remember_message(tx, message_id, now):
        return Taken.DUPLICATE
    new = [order for order in letter.orders if _is_new(tx, order)]
    for order in sorted(new, key=lambda one: (one.case, one.number)):
        if find_order(tx, order.order_id) is None:  # a letter may name one twice
            _begin(tx, policy, order, now)
    return Taken.ACTED if new else Taken.OLD


def decide_late_orders(tx: Transaction, policy: Policy, now: datetime) -> int:
    """Decide what waited long enough, on the books of now. Returns how many."""
    due = list_orders_to_decide(tx, now)
    for filed in due:
        _decide(tx, policy, filed, now)
    return len(due)


def _is_new(tx: Transaction, order: Order) -> bool:
    """InputError `order_changed` if it spoke of another thing before."""
    filed = find_order(tx, order.order_id)
    if filed is None:
        return True
    known = filed.order
    if (known.case, known.number, known.action, known.target) != (order.case, order.number, order.action, order.target):
        said = Said("Lệnh này đã nói đến việc khác", "This order spoke of another thing before")
        raise InputError("order_changed", said, field="order_id")
    return False


def _begin(tx: Transaction, policy: Policy, order: Order, now: datetime) -> None:
    behaviour = behaviour_for(policy.mode, policy.seed, order.order_id)
    stage = Stage.IGNORED if behaviour is Mode.SILENT else Stage.WAITING
    filed = file_order(tx, order, behaviour, stage)
    if behaviour is Mode.SILENT:
        return
    if behaviour not in (Mode.LATE, Mode.PART):
        _decide(tx, policy, filed, now)
        return
    note = ""
    if behaviour is Mode.PART and _refusal(tx, policy.trade, filed, now) is None:
        tell_holder(tx, order, policy.trade.name_of(order.target), now)
        note = ONLY_TOLD if order.notice else ""
    queue_order_answer(tx, order.order_id, OrderAnswer(Status.RECEIVED, note=note), now)
    put_off_order(tx, order.order_id, now + policy.delay)


def _decide(tx: Transaction, policy: Policy, filed: FiledOrder, now: datetime) -> None:
    answer = _refusal(tx, policy.trade, filed, now) or _carry_out(tx, policy.trade, filed, now)
    close_order(tx, filed.order.order_id, answer.reason or answer.status)
    for _ in range(2 if filed.behaviour is Mode.TWICE else 1):
        queue_order_answer(tx, filed.order.order_id, answer, now)


def _refusal(tx: Transaction, trade: Trade, filed: FiledOrder, now: datetime) -> OrderAnswer | None:
    """What speaks against it, the plainest first: another order counts, not our trade, not ours, our own doubts."""
    order = filed.order
    note = _cannot(trade, order) or _overtaken(tx, filed)
    if note:
        return OrderAnswer(Status.REFUSED, "other", note[:LONGEST_NOTE])
    reason = trade.lacks(tx, order.target, order.action, now)
    if reason is None and order.action == Ordered.CHECK and not is_corrected(tx, trade.name_of(order.target)):
        reason = "not_corrected"
    if reason is None and filed.behaviour is Mode.REFUSE and order.action not in NEVER_REFUSED:
        reason = "legal_doubt"
    return None if reason is None else OrderAnswer(Status.REFUSED, reason)


def _overtaken(tx: Transaction, filed: FiledOrder) -> str:
    """A check asks and does nothing: it is answered whatever came after it."""
    later = None if filed.order.action == Ordered.CHECK else later_number(tx, filed)
    if later is None:
        return ""
    return f"Đã có lệnh số {later} về cùng hồ sơ, lệnh này không làm / order {later} of this case counts, this was not done"


def _cannot(trade: Trade, order: Order) -> str:
    """What this partner does not do for anybody."""
    if trade.restrictions is None:
        return "Đơn vị này không giữ hồ sơ thuê bao hay tài khoản / this partner keeps no lines and no accounts"
    if order.action in ALWAYS or order.action in trade.restrictions:
        return ""
    return f"Đơn vị này không làm được việc {order.action} / this partner does not do {order.action}"


def _carry_out(tx: Transaction, trade: Trade, filed: FiledOrder, now: datetime) -> OrderAnswer:
    """Do what is asked, allowed and there."""
    order, name = filed.order, trade.name_of(filed.order.target)
    tell_holder(tx, order, name, now)
    if order.action in [*LEVELS]:
        change_line(tx, order, name, LEVELS[Ordered(order.action)], now)
    return OrderAnswer(Status.EXECUTED, reference=f"TD-{filed.place:06d}")
