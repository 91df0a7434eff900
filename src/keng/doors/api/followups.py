"""The partner API of follow-ups (docs/partner-api.md): orders and their answers, records that were corrected, changes of device."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from keng.base import clock
from keng.desk.fraud.followup import actions, queries
from keng.desk.fraud.followup.answers import Told
from keng.desk.ground.keys.queries import store
from keng.desk.ground.partners import actions as partners
from keng.doors.api.partner import signed_by
from keng.doors.api.shapes import Bilingual, ErrorShape

MOST = 200
MOST_RECORDS = 1000
ERRORS = {
    400: ErrorShape,
    401: ErrorShape,
    403: ErrorShape,
    404: ErrorShape,
    409: ErrorShape,
    413: ErrorShape,
    422: ErrorShape,
}

router = Router(tags=["partner"], auth=signed_by)


class OrderObject(Schema):
    kind: str
    value: str


class OrderRule(Schema):
    code: str
    text: Bilingual
    source: str
    confirmed_by: str | None


class OrderOut(Schema):
    """One order of a follow-up. Of two about one case that with the higher number counts."""

    order_id: UUID
    case: UUID
    number: int
    record: str = Field(description="this partner's own number of the record")
    action: str = Field(description="notice, restrict_out, restrict_both, end, restore or check")
    text: Bilingual
    object: OrderObject
    keeps: dict[str, Any] | None = Field(description="what stays possible however restricted; null for the others")
    fields: list[str]
    made_at: str
    answer_by: str
    rule: OrderRule
    notice: Bilingual | None = Field(description="what the holder is told, word for word")
    page: str = Field(description="the holder's own page; its code is a secret of the holder")
    demo: bool


class OrderList(Schema):
    items: list[OrderOut]


class OrderAnswerIn(Schema):
    status: str = Field(max_length=20, description="received, executed or refused")
    reason: str | None = Field(None, max_length=40)
    note: str | None = Field(None, max_length=500)
    reference: str | None = Field(None, max_length=100, description="the partner's own number")


class OrderAnswerOut(Schema):
    order_id: UUID
    state: str


class CorrectedIn(Schema):
    records: list[str] = Field(min_length=1, max_length=MOST_RECORDS)


class CorrectedOut(Schema):
    items: dict[str, str] = Field(description="for each record `corrected` or `no_record`")


class DeviceIn(Schema):
    number: str = Field(max_length=20, description="E.164")


class DeviceOut(Schema):
    case: UUID


@router.get("/orders", operation_id="orders_list", response={200: OrderList, **ERRORS})
def orders_list(request: HttpRequest, after: UUID | None = None, limit: int = Query(MOST, ge=1, le=MOST)) -> Any:
    """This partner's orders that have no final answer, what gives back on top, then the one that is due first."""
    partner, envelope = request.auth  # type: ignore[attr-defined]
    now = clock.now()
    with transaction.atomic():
        partners.take_once(partner, envelope.message_id, "orders_list", now=now)
    rows, keys = queries.open_orders([partner], after=after, most=limit), store()
    actions.note_seen(rows, now=now)
    return {"items": [queries.described(row, keys) for row in rows]}


@router.post("/orders/{order_id}/answer", operation_id="order_answer", response={200: OrderAnswerOut, **ERRORS})
def order_answer(request: HttpRequest, order_id: UUID, payload: OrderAnswerIn) -> Any:
    """Record this partner's answer to one of its orders."""
    partner, envelope = request.auth  # type: ignore[attr-defined]
    told = Told(payload.status, payload.reason or "", payload.note or "", payload.reference or "")
    row = actions.take(partner, envelope.message_id, order_id, told, now=clock.now())
    return {"order_id": row.pk, "state": row.state}


@router.post("/records/corrected", operation_id="records_correct", response={200: CorrectedOut, **ERRORS})
def records_correct(request: HttpRequest, payload: CorrectedIn) -> Any:
    """These records were corrected and agree now: their cases close, and what was taken away is to be given back."""
    partner, envelope = request.auth  # type: ignore[attr-defined]
    return {"items": actions.correct(partner, envelope.message_id, payload.records, now=clock.now())}


@router.post("/devices/changed", operation_id="device_change", response={200: DeviceOut, **ERRORS})
def device_change(request: HttpRequest, payload: DeviceIn) -> Any:
    """A carrier found that a number is used in another device."""
    partner, envelope = request.auth  # type: ignore[attr-defined]
    return {"case": actions.change_device(partner, envelope.message_id, payload.number, now=clock.now()).pk}
