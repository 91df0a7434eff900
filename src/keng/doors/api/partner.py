"""The partner API (docs/partner-api.md): what is asked of a partner, and its answers. Every call is signed."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from keng.base import clock
from keng.base.errors import InputError, Said
from keng.base.webhooks import Envelope
from keng.desk.fraud.measures import answers, outgoing, own_requests, queries
from keng.desk.ground.keys.queries import store
from keng.desk.ground.partners import actions as partner_actions
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.partners.models import Partner
from keng.doors.api.shapes import AnswerIn, AnswerOut, ErrorShape, RequestList
from keng.doors.partner import filing

MOST = 200
OTHER_REQUEST = Said(
    "request_id trong nội dung khác với địa chỉ được gọi.",
    "request_id in the body differs from the address that was called.",
)


def signed_by(request: HttpRequest) -> tuple[Partner, Envelope]:
    """The partner whose signature this call carries: the authentication of every operation here."""
    return partners.authenticate(request.headers, request.body, store(), now=clock.now())


router = Router(tags=["partner"], auth=signed_by)


@router.get(
    "/requests",
    operation_id="requests_list",
    response={200: RequestList, 401: ErrorShape, 409: ErrorShape, 422: ErrorShape},
)
def requests_list(
    request: HttpRequest,
    state: Literal["open", "all"] = "open",
    after: UUID | None = None,
    limit: int = Query(MOST, ge=1, le=MOST),
) -> Any:
    """This partner's requests, oldest first."""
    partner, envelope = request.auth  # type: ignore[attr-defined]
    now = clock.now()
    with transaction.atomic():
        partner_actions.take_once(partner, envelope.message_id, "requests_list", now=now)
    rows = queries.requests_of(partner, state=state, after=after, limit=limit, now=now)
    return {"items": [outgoing.describe(row) for row in rows]}


@router.get(
    "/requests.csv",
    operation_id="requests_sheet",
    response={401: ErrorShape, 409: ErrorShape, 422: ErrorShape},
    openapi_extra={
        "responses": {200: {"description": "OK", "content": {"text/csv": {"schema": {"type": "string"}}}}},
    },
)
def requests_sheet(request: HttpRequest, language: Literal["vi", "en"] = "vi") -> HttpResponse:
    """This partner's open requests, oldest first, as the sheet of the web desk: UTF-8 with a BOM, headings in `language`."""
    partner, envelope = request.auth  # type: ignore[attr-defined]
    now = clock.now()
    with transaction.atomic():
        partner_actions.take_once(partner, envelope.message_id, "requests_sheet", now=now)
    found = filing.open_requests(partner, now=now)
    own_requests.note_seen(found, now=now)
    return HttpResponse(filing.sheet_of(found, "csv", language), content_type=filing.CSV)


@router.post(
    "/requests/{request_id}/answer",
    operation_id="request_answer",
    response={
        200: AnswerOut,
        400: ErrorShape,
        401: ErrorShape,
        404: ErrorShape,
        409: ErrorShape,
        413: ErrorShape,
        422: ErrorShape,
    },
)
def request_answer(request: HttpRequest, request_id: UUID, payload: AnswerIn) -> Any:
    """Record this partner's answer to one of its requests."""
    partner, envelope = request.auth  # type: ignore[attr-defined]
    if payload.request_id not in (None, request_id):
        raise InputError("bad_answer", OTHER_REQUEST, field="request_id")
    told = answers.Told(
        payload.status, payload.held_amount, payload.reason, payload.note, payload.reference, payload.version
    )
    row = answers.take(partner, envelope.message_id, request_id, told, now=clock.now())
    held = row.held_amount if row.measure.amount is not None else None
    return {"request_id": row.pk, "state": row.state, "held_amount": held}
