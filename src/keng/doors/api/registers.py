"""Registers by machine (docs/registers.md): hand one in part by part, read its results, ask one question. Signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field, StrictInt

from keng.base import clock
from keng.desk.fraud.registers import actions, queries, scope
from keng.desk.fraud.registers.models import Register
from keng.desk.ground.keys.queries import store
from keng.desk.ground.partners import actions as partner_actions
from keng.desk.ground.partners.models import Partner
from keng.doors import registers as view
from keng.doors.api.partner import signed_by
from keng.doors.api.shapes import ErrorShape

MOST = 200
ERRORS = {
    400: ErrorShape,
    401: ErrorShape,
    403: ErrorShape,
    404: ErrorShape,
    409: ErrorShape,
    413: ErrorShape,
    422: ErrorShape,
    503: ErrorShape,
}


class RegisterIn(Schema):
    """A register before its first byte."""

    kind: Literal["sim", "account"]
    form: Literal["csv", "parquet"]
    purpose: str = Field(max_length=60, description="code of a purpose in force, see docs/registers.md")
    size: StrictInt = Field(gt=0, description="bytes of the whole file")
    name: str = Field("", max_length=200)


class FaultOut(Schema):
    """What is wrong with the file; rows count from 1 (a CSV's heading), 0: the file as a whole."""

    row: int
    column: str
    code: str
    vi: str
    en: str


class RegisterOut(Schema):
    """How far a register is. `received`: bytes that are here without a gap; the next part begins there."""

    register_id: UUID
    code: str
    kind: Literal["sim", "account"]
    form: Literal["csv", "parquet"]
    purpose: str
    size: int
    received: int
    part_bytes: int = Field(description="the most that one part may have")
    state: Literal["receiving", "checking", "bad", "cleansing", "cleansed", "abandoned"]
    effect: Literal["none", "proposed", "beginning", "in_effect", "rolled_back"]
    stage: str = Field(description="of the work under way; empty: none")
    done: int
    total: int
    trouble: str = Field(description="why the work waits; empty: it does not")
    records: int | None
    fault_count: int
    faults: list[FaultOut]
    opened_at: datetime
    cleansed_at: datetime | None


class RegisterList(Schema):
    items: list[RegisterOut]


class FinishIn(Schema):
    sha256: str = Field(min_length=64, max_length=64, description="of the whole file, 64 hexadecimal digits")


class SumOut(Schema):
    """How many records; `reason` null: all with that verdict."""

    province_code: str | None
    verdict: str
    reason: str | None
    records: int


class ResultsOut(Schema):
    items: list[SumOut]


class QuestionIn(Schema):
    """What the customer says."""

    purpose: str = Field(max_length=60)
    holder_id: str = Field(min_length=1, max_length=40)
    full_name: str = Field(min_length=1, max_length=200)
    date_of_birth: str = Field(min_length=1, max_length=10, description="YYYY-MM-DD or DD/MM/YYYY")
    sex: Literal["M", "F"] | None = None


class QuestionOut(Schema):
    """`fields`: names of the fields that differ, with `partly` alone. Never a value."""

    answer: Literal["yes", "partly", "no"]
    fields: list[Literal["holder_id", "full_name", "date_of_birth", "sex"]]


router = Router(tags=["registers"], auth=signed_by)


@router.post("/registers", operation_id="register_open", response={201: RegisterOut, **ERRORS})
def register_open(request: HttpRequest, payload: RegisterIn) -> Any:
    """Begin to hand in a register."""
    partner, now = _once(request, "register_open"), clock.now()
    wanted = actions.Wanted(payload.kind, payload.form, payload.purpose, payload.size, payload.name)
    return Status(201, _told(actions.open_register(partner, wanted, store(), actor=_actor(partner), now=now)))


@router.get("/registers", operation_id="registers_list", response={200: RegisterList, **ERRORS})
def registers_list(request: HttpRequest, after: UUID | None = None, limit: int = Query(MOST, ge=1, le=MOST)) -> Any:
    """This partner's registers, oldest first."""
    partner = _once(request, "registers_list")
    return {"items": [_told(one) for one in queries.list_of_partner(partner, after=after, limit=limit)]}


@router.get("/registers/{register_id}", operation_id="register_read", response={200: RegisterOut, **ERRORS})
def register_read(request: HttpRequest, register_id: UUID) -> Any:
    """One of them: where to go on, how far the work is, what is wrong with the file."""
    return _told(scope.get_of_partner(_once(request, "register_read"), register_id))


@router.post(
    "/registers/{register_id}/parts",
    operation_id="register_part",
    response={200: RegisterOut, **ERRORS},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def register_part(
    request: HttpRequest,
    register_id: UUID,
    offset: int = Query(ge=0),
    sha256: str = Query(min_length=64, max_length=64),
) -> Any:
    """The part of the file that begins at byte `offset`, and its SHA-256. The same part again changes nothing."""
    partner, _envelope = request.auth  # type: ignore[attr-defined]
    return _told(actions.take_part(partner, register_id, offset, request.body, sha256, store()))


@router.post("/registers/{register_id}/finish", operation_id="register_finish", response={200: RegisterOut, **ERRORS})
def register_finish(request: HttpRequest, register_id: UUID, payload: FinishIn) -> Any:
    """All parts are here. The same again changes nothing."""
    partner = _once(request, "register_finish")
    return _told(actions.finish(partner, register_id, payload.sha256, actor=_actor(partner), now=clock.now()))


@router.post("/registers/{register_id}/abandon", operation_id="register_abandon", response={200: RegisterOut, **ERRORS})
def register_abandon(request: HttpRequest, register_id: UUID) -> Any:
    """Leave a hand-in that is not whole."""
    partner = _once(request, "register_abandon")
    return _told(actions.abandon(partner, register_id, actor=_actor(partner), now=clock.now()))


@router.get("/registers/{register_id}/results", operation_id="register_results", response={200: ResultsOut, **ERRORS})
def register_results(request: HttpRequest, register_id: UUID) -> Any:
    """Sums by province and verdict, and of these by reason."""
    register = scope.get_of_partner(_once(request, "register_results"), register_id)
    scope.check_cleansed(register)
    rows = register.sums.filter(run=register.run).order_by("province", "verdict", "reason")
    return {
        "items": [
            {
                "province_code": one.province or None,
                "verdict": one.verdict,
                "reason": one.reason or None,
                "records": one.records,
            }
            for one in rows
        ]
    }


@router.get(
    "/registers/{register_id}/records.csv",
    operation_id="register_records",
    response=ERRORS,
    openapi_extra={"responses": {200: {"description": "OK", "content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def register_records(request: HttpRequest, register_id: UUID) -> HttpResponse:
    """Each record: record_id, verdict, reasons, fields to correct."""
    register = scope.get_of_partner(_once(request, "register_records"), register_id)
    return view.export(register, "csv", queries.rows_of(register), register.records or 0)


@router.post("/holder-questions", operation_id="holder_ask", response={200: QuestionOut, **ERRORS})
def holder_ask(request: HttpRequest, payload: QuestionIn) -> Any:
    """Is this the holder? For a stated purpose, counted, and shown to the person whose number it is."""
    partner, envelope = request.auth  # type: ignore[attr-defined]
    found = actions.ask(
        partner,
        actions.Question(**payload.dict()),
        store(),
        actor=_actor(partner),
        now=clock.now(),
        message=envelope.message_id,
    )
    return {"answer": found.answer, "fields": list(found.fields)}


def _once(request: HttpRequest, what: str) -> Partner:
    """The partner whose signature the call carries; its message id is taken, and never again."""
    partner, envelope = request.auth  # type: ignore[attr-defined]
    with transaction.atomic():
        partner_actions.take_once(partner, envelope.message_id, what, now=clock.now())
    return partner  # type: ignore[no-any-return]


def _actor(partner: Partner) -> str:
    return f"partner:{partner.pk}"


def _told(register: Register) -> dict[str, Any]:
    names = ("code", "kind", "form", "purpose", "size", "received", "state", "effect", "stage", "done", "total", "trouble",
             "records", "fault_count", "opened_at", "cleansed_at")  # fmt: skip
    faults = [
        {"row": row, "column": column, "code": code, "vi": view.FAULTS[code].vi, "en": view.FAULTS[code].en}
        for row, column, code in register.faults
    ]
    return {
        "register_id": register.pk,
        "part_bytes": actions.MOST_PART,
        "faults": faults,
        **{name: getattr(register, name) for name in names},
    }
