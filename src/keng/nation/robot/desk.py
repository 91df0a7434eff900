"""What a partner does with what Kẻng asks: one transaction stores the request, does the deed and queues the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from keng.base.errors import InputError, Said
from keng.nation.robot.books.answers import queue_answer, repeat_final_answer
from keng.nation.robot.books.copies import erase_copy, keep_copy
from keng.nation.robot.books.deeds import (
    Deed,
    begin_deed,
    change_deed,
    find_deed,
    note_end_told,
    release_deed,
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
from keng.nation.robot.kinds.trade import Craft, Trade
from keng.nation.robot.modes import Mode, behaviour_for, most_to_hold
from keng.nation.robot.wire.messages import Action, Answer, Kind, Message, Request, Status


@dataclass(frozen=True, slots=True)
class Policy:
    """Which partner this is and how it behaves."""

    trade: Trade
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
        _refuse_another_object(filed.request, request)
        if request.version <= filed.request.version:
            return _take_repeat(tx, filed, message, now)
    _file(tx, policy, filed, request)
    if message.kind is Kind.RELEASED:
        _end(tx, request, filed, now)
    elif filed is None:
        _begin(tx, policy, _get(tx, request.request_id), now)
    else:
        _renew(tx, policy, filed, request, now)
    return Taken.ACTED


def decide_late(tx: Transaction, policy: Policy, now: datetime) -> int:
    """Decide what waited long enough, on the books of now. Returns how many."""
    due = list_to_decide(tx, now)
    for filed in due:
        _decide(tx, policy, filed, now)
    return len(due)


def tell_fallen(tx: Transaction, now: datetime) -> int:
    """Tell Kẻng of deeds that fell by themselves. The telling may be late; the falling never is. Returns how many."""
    fallen = take_fallen(tx, now)
    for deed in fallen:
        erase_copy(tx, deed.request_id)
        queue_answer(tx, deed.request_id, _released(_get(tx, deed.request_id).request), now)
    return len(fallen)


def _file(tx: Transaction, policy: Policy, filed: Filed | None, request: Request) -> None:
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
    answer = _refusal(tx, policy, filed, now) or _do(tx, policy, filed, now)
    set_stage(tx, filed.request.request_id, Stage.DECIDED)
    for _ in range(2 if filed.behaviour is Mode.TWICE else 1):
        queue_answer(tx, filed.request.request_id, answer, now)


def _refusal(tx: Transaction, policy: Policy, filed: Filed, now: datetime) -> Answer | None:
    """What speaks against it, the plainest first: not our craft, too late, not our object, our own conditions."""
    request = filed.request
    refused = Answer(Status.REFUSED, request.version)
    craft = policy.trade.crafts().get(request.action)
    note = _cannot(policy.trade, craft, request, now)
    if craft is None or note:
        return replace(refused, reason="other", note=note)
    reason = craft.reason(tx, request.target, now)
    if reason is None and filed.behaviour is Mode.REFUSE:
        reason = "needs_document"
    if reason is None and craft.most and craft.most(tx, policy.trade.name_of(request.target), now) == 0:
        reason = "no_money"
    return replace(refused, reason=reason) if reason else None


def _cannot(trade: Trade, craft: Craft | None, request: Request, now: datetime) -> str | None:
    """A note on what this partner does not do for anybody."""
    if craft is None:
        return f"Đơn vị này không làm được việc {request.action} / this partner does not do {request.action}"
    if request.target.kind not in craft.objects:
        kind = request.target.kind
        return f"Việc này không làm được với {kind} / {request.action} is not for an object of kind {kind}"
    if craft.most and request.currency != "VND":
        return f"{trade.code} chỉ giữ tiền đồng / only VND can be held"
    if request.until <= now:
        return "Đến sau thời hạn / it came after until"
    return None


def _do(tx: Transaction, policy: Policy, filed: Filed, now: datetime) -> Answer:
    """Do what is asked, allowed and there: the caller knows that this is more than nothing."""
    request, trade = filed.request, policy.trade
    name, amount = trade.name_of(request.target), request.amount
    craft = trade.crafts()[request.action]
    if amount is not None and craft.most:
        amount = min(most_to_hold(filed.behaviour, amount), craft.most(tx, name, now))
    whole = amount == request.amount if craft.most else filed.behaviour is not Mode.PART
    deed = begin_deed(tx, request.request_id, request.action, name, amount, whole, request.until, now)
    _keep(tx, trade, request, deed, now)
    return _done(trade, request, deed)


def _keep(tx: Transaction, trade: Trade, request: Request, deed: Deed, now: datetime) -> None:
    if request.action == Action.PRESERVE_DATA:
        content = trade.describe(tx, request.target, now, whole=deed.whole)
        keep_copy(tx, request.request_id, content or {}, now)


def _renew(tx: Transaction, policy: Policy, filed: Filed, request: Request, now: datetime) -> None:
    """A newer version of a request that is decided changes the end of its deed, and never makes it larger.

    A deed that had fallen before the news came is taken up again as far as it still can be. Kẻng is told if that is less
    or nothing, or if it had been told of the end.
    """
    deed = find_deed(tx, request.request_id)
    if filed.stage is not Stage.DECIDED or deed is None or deed.released:
        return
    again = not deed.in_force(now)
    if again and request.until <= now:
        return
    amount = None if deed.amount is None or request.amount is None else min(deed.amount, request.amount)
    if again:
        amount, reason = _what_is_left(tx, policy.trade, request, amount, now)
        if reason:
            note_end_told(tx, request.request_id)
            queue_answer(tx, request.request_id, Answer(Status.REFUSED, request.version, reason=reason), now)
            return
        _keep(tx, policy.trade, request, deed, now)
    change_deed(tx, request.request_id, amount, request.until, now)
    if deed.end_told or amount != deed.amount:
        queue_answer(tx, request.request_id, _done(policy.trade, request, replace(deed, amount=amount)), now)


def _what_is_left(
    tx: Transaction, trade: Trade, request: Request, amount: int | None, now: datetime
) -> tuple[int | None, str | None]:
    """How much can be taken up again, and the reason if nothing can."""
    craft = trade.crafts()[request.action]
    reason = craft.reason(tx, request.target, now)
    if reason is None and amount is not None and craft.most:
        amount = min(amount, craft.most(tx, trade.name_of(request.target), now))
        reason = None if amount else "no_money"
    return amount, reason


def _end(tx: Transaction, request: Request, filed: Filed | None, now: datetime) -> None:
    silent = _get(tx, request.request_id).behaviour is Mode.SILENT
    set_stage(tx, request.request_id, Stage.OVER)
    release_deed(tx, request.request_id, now)
    erase_copy(tx, request.request_id)
    if not silent and (filed is None or filed.stage is not Stage.OVER):
        queue_answer(tx, request.request_id, _released(request), now)


def _done(trade: Trade, request: Request, deed: Deed) -> Answer:
    craft = trade.crafts()[request.action]
    whole = deed.amount == request.amount if craft.most else deed.whole
    status = Status.EXECUTED if whole else Status.PART
    note = None if whole else craft.part
    reference = f"{craft.prefix}-{deed.number:06d}"
    return Answer(status, request.version, held_amount=deed.amount, reference=reference, note=note)


def _released(request: Request) -> Answer:
    return Answer(Status.RELEASED, request.version)


def _get(tx: Transaction, request_id: str) -> Filed:
    filed = find_request(tx, request_id)
    if filed is None:
        raise LookupError("a filed request is in the books")
    return filed


def _refuse_another_object(known: Request, request: Request) -> None:
    if (known.target, known.action) != (request.target, request.action):
        said = Said("Yêu cầu này đã nói đến đối tượng khác", "This request spoke of another object before")
        raise InputError("object_changed", said, field="object")
