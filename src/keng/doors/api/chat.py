"""A question from a chat network: its bridge forwards what somebody asks, and carries the answer back. Every call is signed.

The words are judged in the process that got them and kept nowhere, as in the citizen's box; a report is made by `report_create`.
"""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from keng.base import clock
from keng.base.errors import Said
from keng.desk.ground.gate import actions as gate
from keng.desk.ground.keys.queries import store
from keng.desk.ground.partners import actions as partners
from keng.doors.api.partner import signed_by
from keng.doors.api.shapes import ErrorShape
from keng.doors.sms.replies import resembling

HOW = Said(
    "Hãy chuyển tiếp nguyên cả tin bạn ngờ vào đây; Kẻng trả lời tin ấy giống thủ đoạn nào.",
    "Forward the whole message that you doubt to this chat: the answer says which trick it is like.",
)
TO_REPORT = Said("Báo lừa đảo: {address}.", "To report: {address}.")

router = Router(tags=["chat"], auth=signed_by)


class QuestionIn(Schema):
    """What somebody asks in a chat. `sender` tells two people of one network apart; a name or a number is not needed."""

    sender: str = Field(
        min_length=1, max_length=100, description="the network's own identifier; kept as a hash of the day"
    )
    text: str = Field(max_length=20_000, description="the message as it was forwarded")
    language: Literal["vi", "en"] = "vi"


class AnswerOut(Schema):
    """What to say. Nothing where this sender asks too often: `reply` is null then."""

    resembles: Literal["trick", "advert", "nothing", "too_little", "unanswered"]
    trick: str | None = Field(description="a code of `keng classify --tricks`; only of a trick")
    reply: str | None


@router.post(
    "/chat/answer",
    operation_id="chat_answer",
    response={
        200: AnswerOut,
        400: ErrorShape,
        401: ErrorShape,
        409: ErrorShape,
        411: ErrorShape,
        413: ErrorShape,
        422: ErrorShape,
    },
)
def chat_answer(request: HttpRequest, payload: QuestionIn) -> Any:
    """What a forwarded message resembles, why, and what to do. Never that it is genuine or safe."""
    partner, envelope = request.auth  # type: ignore[attr-defined]
    now = clock.now()
    with transaction.atomic():
        partners.take_once(partner, envelope.message_id, "chat_answer", now=now)
    if gate.admit_number(gate.SMS_QUESTION, f"{partner.pk} {payload.sender}", store(), now=now, net=partner.pk) is None:
        return {"resembles": "unanswered", "trick": None, "reply": None}
    found = resembling(payload.text)
    said = [*(found.said or (HOW,)), TO_REPORT.filled(address=f"{settings.KENG_ADDRESS}/")]
    reply = " ".join(one.in_language(payload.language) for one in said)
    return {"resembles": found.kind, "trick": found.trick, "reply": reply}
