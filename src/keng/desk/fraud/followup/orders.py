"""Orders to the carrier or bank: made in the action's transaction, put together into messages, described for API and desk."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from keng.base.errors import Said
from keng.base.times import VIETNAM, iso
from keng.desk.fraud.followup import codes, notices
from keng.desk.fraud.followup.models import Action, Batch, Case, Level, Order
from keng.desk.fraud.followup.notices import Cause
from keng.desk.fraud.followup.standing import Standing, State, step_above
from keng.desk.ground.jobs import actions as jobs
from keng.desk.ground.keys.queries import store
from keng.vietnam import rules
from keng.vietnam.rules.followups import ladder

LETTERS = 100  # orders of one message
OBJECTS = {"sim": "phone", "account": "account"}

WHAT = {
    ("sim", Action.NOTICE): Said("Nhắn nguyên văn cho số này.", "Send the text to this number, word for word."),
    ("sim", Action.OUT): Said(
        "Dừng gọi đi và nhắn đi. Vẫn để gọi {numbers}; vẫn nhận cuộc gọi, tin nhắn và mã dùng một lần.",
        "Stop outgoing calls and messages. Calls to {numbers} stay possible; calls, messages and one-time codes come in.",
    ),
    ("sim", Action.BOTH): Said(
        "Dừng gọi đi, nhắn đi, dữ liệu và tin nhắn đến. Vẫn để gọi {numbers}; vẫn nhận cuộc gọi và mã dùng một lần.",
        "Stop outgoing calls, messages, data and incoming messages. Calls to {numbers} stay possible; calls and codes come in.",
    ),
    ("sim", Action.END): Said("Chấm dứt hợp đồng của số này.", "End the contract of this number."),
    ("sim", Action.RESTORE): Said("Mở lại số này như trước, ngay.", "Restore this number as it was, at once."),
    ("sim", Action.CHECK): Said(
        "Chủ số báo đã sửa: xem hồ sơ đã khớp chưa rồi trả lời.",
        "The holder says that it is corrected: check it and answer.",
    ),
    ("account", Action.NOTICE): Said(
        "Báo nguyên văn cho chủ tài khoản.", "Give the text to the holder of the account, word for word."
    ),
    ("account", Action.OUT): Said(
        "Dừng giao dịch điện tử. Giao dịch tại quầy vẫn mở; tiền vẫn vào.",
        "Stop electronic transactions. The counter stays open; money still comes in.",
    ),
    ("account", Action.RESTORE): Said("Mở lại giao dịch điện tử, ngay.", "Restore electronic transactions, at once."),
    ("account", Action.CHECK): Said(
        "Chủ tài khoản báo đã sửa: xem hồ sơ đã khớp chưa rồi trả lời.",
        "The holder says that it is corrected: check it and answer.",
    ),
}
KEEPS: dict[str, dict[str, Any]] = {
    "sim": {"calls_to": list(notices.EMERGENCY), "incoming_calls": True, "one_time_codes": True},
    "account": {"counter": True, "incoming_credits": True},
}
RESTRICTING = (Action.OUT, Action.BOTH)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order that is to be made, and why the holder is told."""

    case: Case
    action: Action
    cause: Cause


def send(batch: Batch, wanted: Sequence[Wanted], now: datetime) -> list[Order]:
    """Make the orders and put them into the outbox, in the caller's transaction. The cases' counters are saved by the caller."""
    key = codes.open_key(batch, store())
    made = [_make(batch, one, key, now) for one in wanted]
    for first in range(0, len(made), LETTERS):
        part = made[first : first + LETTERS]
        letter = uuid.uuid4() if batch.partner.address else None
        for order, _described in part:
            order.letter = letter
        if letter is not None:
            _post(batch, letter, part, now)
    Order.objects.bulk_create([order for order, _described in made])
    return [order for order, _described in made]


def describe(order: Order, case: Case, batch: Batch, said: Said, code: str) -> dict[str, Any]:
    """An item of `orders` in docs/partner-api.md: what one order asks. Nothing of the register, nobody's name."""
    row = ladder(order.rule, order.rule_on)
    return {
        "order_id": str(order.pk),
        "case": str(case.pk),
        "number": order.number,
        "record": case.record,
        "action": str(order.action),
        "text": _both(what(batch.kind, Action(order.action))),
        "object": {"kind": OBJECTS[batch.kind], "value": case.value},
        "keeps": KEEPS[batch.kind] if order.action in RESTRICTING else None,
        "fields": case.fields.split(),
        "made_at": iso(order.made_at),
        "answer_by": iso(order.answer_by),
        "rule": {"code": row.code, "text": _both(row.said), "source": row.source, "confirmed_by": row.confirmed_by},
        "notice": None if order.action == Action.CHECK else _both(said),
        "page": notices.address(code),
        "demo": settings.KENG_DEMO,
    }


def text_of(order: Order, code: str) -> Said:
    """The text to the holder as it was made."""
    return notices.compose(_facts_of(order), code)


def what(kind: str, action: Action) -> Said:
    """What the partner is asked, in words."""
    return WHAT[(kind, action)].filled(numbers=", ".join(notices.EMERGENCY))


def cause_of(action: Action) -> Cause:
    """Why the holder is told of a restriction."""
    return Cause(action.value)


def _make(batch: Batch, wanted: Wanted, key: bytes, now: datetime) -> tuple[Order, dict[str, Any]]:
    case = wanted.case
    case.orders_made += 1
    facts = notices.facts_now(case, batch, wanted.cause, now)
    code = codes.code_of(key, case.record)
    said = notices.compose(facts, code)
    order = Order(
        case=case,
        partner_id=batch.partner_id,
        number=case.orders_made,
        action=wanted.action,
        cause=wanted.cause,
        rule=case.rule,
        rule_on=case.rule_on,
        stood=facts.stands.state,
        stood_level=facts.stands.level,
        step_at=facts.stands.step_at,
        restored=facts.restored,
        made_at=now,
        answer_by=_answer_by(wanted.action, now),
        sha256=notices.digest(said),
    )
    return order, describe(order, case, batch, said, code)


def _facts_of(order: Order) -> notices.Facts:
    row, level = ladder(order.rule, order.rule_on), Level(order.stood_level)
    stands = Standing(State(order.stood), level, step_above(row, level), order.step_at)
    case = order.case
    cause = Cause(order.cause)
    return notices.Facts(case.batch.kind, case.value, case.reasons, row, cause, stands, order.restored)


def _answer_by(action: Action, now: datetime) -> datetime:
    day = now.astimezone(VIETNAM).date()
    match action:
        case Action.RESTORE:
            return rules.limit("followup.restore_within", day).after(now)
        case Action.CHECK:
            return rules.limit("followup.check_within", day).after(now)
    return rules.limit("followup.order_within", day).after(now)


def _post(batch: Batch, letter: uuid.UUID, part: Sequence[tuple[Order, dict[str, Any]]], now: datetime) -> None:
    message = {"type": "followup.orders", "timestamp": iso(now), "data": {"orders": [told for _order, told in part]}}
    hurry = any(order.action in (Action.RESTORE, Action.CHECK) for order, _told in part)
    jobs.post(
        key=f"followup:{letter}",
        recipient=batch.partner_id,
        subject=f"letter:{letter}",
        version=1,
        owner_id=batch.owner_id,
        body=json.dumps(message, ensure_ascii=False).encode(),
        lane=jobs.Lane.URGENT if hurry else jobs.Lane.BULK,
        now=now,
    )


def _both(said: Said) -> dict[str, str]:
    return {"vi": said.vi, "en": said.en}


def level_after(action: Action) -> Level | None:
    """What stands once an order was given; None: it changes nothing of that."""
    return {Action.OUT: Level.OUT, Action.BOTH: Level.BOTH, Action.END: Level.END, Action.RESTORE: Level.NONE}.get(
        action
    )
