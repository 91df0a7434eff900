"""What the bank does with what Kẻng asks: one transaction stores the request, makes the hold and queues the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from keng.base.errors import InputError, Said
from keng.nation.robot.books.accounts import find_position
from keng.nation.robot.books.answers import queue_answer, repeat_final_answer
from keng.nation.robot.books.holds import (
    Hold,
    change_hold,
    find_hold,
    place_hold,
    release_hold,
    take_fallen,
)
from keng.nation.robot.books.requests import (
    Filed,
    Stage,
    file_request,
    find_request,
    list_to_decide,
    remember_message,
    set_stage,
)
from keng.nation.robot.books.store import Transaction
from keng.nation.robot.modes import Mode, behaviour_for, most_to_hold
from keng.nation.robot.wire.messages import HOLD_FUNDS, Answer, HoldRequest, Kind, Message, Status


@dataclass(frozen=True, slots=True)
class Policy:
    """Which bank this is and how it behaves."""

    bank_bin: str
    mode: Mode = Mode.AT_ONCE
    seed: int = 0
    delay: timedelta = timedelta(seconds=20)


class Taken(StrEnum):
    """What a message changed."""

    ACTED = "acted"
    DUPLICATE = "duplicate"
    OLD = "old"
    REMINDED = "reminded"


def take(tx: Transaction, policy: Policy, message: Message, message_id: str | None, now: datetime) -> Taken:
    """Act on a message at most once by its id (None: it was fetched, not sent) and at most once by its version."""
    if message_id is not None and not remember_message(tx, message_id, now):
        return Taken.DUPLICATE
    request = message.request
    filed = find_request(tx, request.request_id)
    if filed is not None:
        _refuse_another_account(filed.request, request)
        if request.version <= filed.request.version:
            return _take_repeat(tx, filed, message, now)
    _file(tx, policy, filed, request)
    if message.kind is Kind.RELEASED:
        _end(tx, request, filed, now)
    elif filed is None:
        _begin(tx, policy, _get(tx, request.request_id), now)
    else:
        _renew(tx, filed, request, now)
    return Taken.ACTED


def decide_late(tx: Transaction, policy: Policy, now: datetime) -> int:
    """Decide what waited long enough, on the balances of now. Returns how many."""
    due = list_to_decide(tx, now)
    for filed in due:
        _decide(tx, policy, filed, now)
    return len(due)


def tell_fallen(tx: Transaction, now: datetime) -> int:
    """Tell Kẻng of holds that fell by themselves. The telling may be late; the falling never is. Returns how many."""
    fallen = take_fallen(tx, now)
    for hold in fallen:
        filed = _get(tx, hold.request_id)
        queue_answer(tx, hold.request_id, _released(filed.request), now)
    return len(fallen)


def _file(tx: Transaction, policy: Policy, filed: Filed | None, request: HoldRequest) -> None:
    if filed is not None:
        file_request(tx, request, filed.behaviour, filed.stage)
        return
    behaviour = behaviour_for(policy.mode, policy.seed, request.request_id)
    file_request(tx, request, behaviour, Stage.IGNORED if behaviour is Mode.SILENT else Stage.WAITING)


def _take_repeat(tx: Transaction, filed: Filed, message: Message, now: datetime) -> Taken:
    if message.kind is not Kind.REMINDER:
        return Taken.OLD
    repeat_final_answer(tx, filed.request.request_id, now)
    return Taken.REMINDED


def _begin(tx: Transaction, policy: Policy, filed: Filed, now: datetime) -> None:
    if filed.behaviour is Mode.SILENT:
        return
    if filed.behaviour is Mode.LATE:
        request = filed.request
        queue_answer(tx, request.request_id, Answer(Status.RECEIVED, request.version), now)
        set_stage(tx, request.request_id, Stage.WAITING, decide_at=now + policy.delay)
        return
    _decide(tx, policy, filed, now)


def _decide(tx: Transaction, policy: Policy, filed: Filed, now: datetime) -> None:
    answer = _refusal(tx, policy, filed, now) or _hold(tx, filed, now)
    set_stage(tx, filed.request.request_id, Stage.DECIDED)
    for _ in range(2 if filed.behaviour is Mode.TWICE else 1):
        queue_answer(tx, filed.request.request_id, answer, now)


def _refusal(tx: Transaction, policy: Policy, filed: Filed, now: datetime) -> Answer | None:
    request = filed.request
    refused = Answer(Status.REFUSED, request.version)
    if not request.account.startswith(f"{policy.bank_bin}:"):
        return replace(refused, reason="not_our_account")
    if request.action != HOLD_FUNDS or request.currency != "VND":
        return replace(refused, reason="other", note="Ngân hàng này chỉ giữ tiền đồng / only hold_funds in VND")
    if request.hold_until <= now:
        return replace(refused, reason="other", note="Đến sau thời hạn giữ / it came after hold_until")
    position = find_position(tx, request.account, now)
    if position is None:
        return replace(refused, reason="no_such_account")
    if filed.behaviour is Mode.REFUSE:
        return replace(refused, reason="needs_document")
    return replace(refused, reason="no_money") if position.available == 0 else None


def _hold(tx: Transaction, filed: Filed, now: datetime) -> Answer:
    """Hold what is asked, allowed and there: the caller knows that this is more than nothing."""
    request = filed.request
    position = find_position(tx, request.account, now)
    available = position.available if position else 0
    amount = min(most_to_hold(filed.behaviour, request.amount), available)
    return _held(request, place_hold(tx, request.request_id, request.account, amount, request.hold_until))


def _renew(tx: Transaction, filed: Filed, request: HoldRequest, now: datetime) -> None:
    """A newer version of a request that is decided changes the end of its hold, and never makes it larger.

    A hold that had fallen before the news came is taken up again with what is still there, and Kẻng is told if that is
    less or if it had been told of the end.
    """
    hold = find_hold(tx, request.request_id)
    if filed.stage is not Stage.DECIDED or hold is None or hold.released:
        return
    amount = min(hold.amount, request.amount)
    if not hold.in_force(now):
        position = find_position(tx, hold.account, now)
        amount = min(amount, position.available if position else 0)
        if amount == 0 or request.hold_until <= now:
            return
    change_hold(tx, request.request_id, amount, request.hold_until)
    if hold.end_told or amount < hold.amount:
        queue_answer(tx, request.request_id, _held(request, replace(hold, amount=amount)), now)


def _end(tx: Transaction, request: HoldRequest, filed: Filed | None, now: datetime) -> None:
    silent = _get(tx, request.request_id).behaviour is Mode.SILENT
    set_stage(tx, request.request_id, Stage.OVER)
    release_hold(tx, request.request_id)
    if not silent and (filed is None or filed.stage is not Stage.OVER):
        queue_answer(tx, request.request_id, _released(request), now)


def _held(request: HoldRequest, hold: Hold) -> Answer:
    status = Status.EXECUTED if hold.amount == request.amount else Status.PART
    reference = f"GT-{hold.number:06d}"
    return Answer(status, request.version, held_amount=hold.amount, reference=reference)


def _released(request: HoldRequest) -> Answer:
    return Answer(Status.RELEASED, request.version)


def _get(tx: Transaction, request_id: str) -> Filed:
    filed = find_request(tx, request_id)
    if filed is None:
        raise LookupError("a filed request is in the books")
    return filed


def _refuse_another_account(known: HoldRequest, request: HoldRequest) -> None:
    if (known.account, known.action) != (request.account, request.action):
        said = Said("Yêu cầu này đã nói đến tài khoản khác", "This request spoke of another account before")
        raise InputError("account_changed", said, field="account")
