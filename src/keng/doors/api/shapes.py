"""What the API takes and gives, as the OpenAPI document shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StrictBool, StrictInt

Text = str
MOST_MONEY = 10**13


class ErrorDetail(Schema):
    code: str = Field(description="stable, machine-readable")
    vi: str
    en: str
    field: str | None = None


class ErrorShape(Schema):
    """Every error of the API."""

    error: ErrorDetail


class LossIn(Schema):
    """Money that was sent."""

    sent: StrictBool = True
    amount: StrictInt | None = Field(None, gt=0, le=MOST_MONEY, description="whole đồng; needed if sent")
    to_account: str = Field("", max_length=64, description="BIN:number; ?:number if the bank is not known")
    from_account: str = Field("", max_length=64, description="the reporter's own account, kept sealed")
    at: str | None = Field(None, max_length=40, description="ISO 8601; without an offset Vietnam's time")


class ReportIn(Schema):
    """A citizen's report. An SMS by the 156/5656 grammar `S|V|LD (number) (text)` comes with channel `sms`."""

    text: str = Field(min_length=1, max_length=20_000, description="the message as it came")
    channel: Literal["api", "sms", "web"] = "api"
    at: str | None = Field(None, max_length=40, description="when it was written; ISO 8601")
    sender: str | None = Field(None, max_length=200, description="who the reported message came from, as shown")
    from_: str | None = Field(
        None, alias="from", max_length=40, description="SMS: the reporter's own number, kept sealed"
    )
    to: str | None = Field(None, max_length=20, description="SMS: 156 or 5656")
    place: str = Field("", max_length=5, description="code of the reporter's province or commune, as it stands today")
    loss: LossIn | None = None


class ReportOut(Schema):
    """The receipt opens the tracking page; it is told once."""

    receipt: str
    code: str
    received_at: datetime
    sha256: str = Field(description="of the request's body as it came: proof of what was kept")
    track_url: str


class StepOut(Schema):
    at: datetime | None
    state: Literal["done", "now", "next", "failed"]
    vi: str
    en: str


class MessageOut(Schema):
    at: datetime
    from_reporter: bool
    who: str
    text: str


class TrackOut(Schema):
    """What became of a report so far; money in whole đồng."""

    code: str
    received_at: datetime
    closed_at: datetime | None
    lost: int
    asked: int
    held: int
    steps: list[StepOut]
    messages: list[MessageOut]


class Bilingual(Schema):
    vi: str
    en: str


class BasisOut(Schema):
    code: str
    text: Bilingual
    source: str
    confirmed_by: str | None


class RequestOut(Schema):
    """One request to a partner; see docs/partner-api.md."""

    request_id: UUID
    version: int
    measure: str
    action: str
    account: str
    amount: int
    currency: str
    hold_until: str
    answer_by: str
    confirmed: bool
    state: str
    basis: BasisOut
    transfer_at: str
    notice: Bilingual
    appeal_url: str
    demo: bool


class RequestList(Schema):
    items: list[RequestOut]


class AnswerIn(Schema):
    """A partner's answer to a request."""

    request_id: UUID | None = Field(None, description="the same as in the address, so that the signature covers it")
    status: str = Field(max_length=40, description="received, executed, part, refused or released")
    held_amount: StrictInt | None = Field(None, ge=0, le=MOST_MONEY, description="whole đồng")
    reason: str | None = Field(None, max_length=40)
    note: str | None = Field(None, max_length=500)
    reference: str | None = Field(None, max_length=100, description="the partner's own number")
    version: StrictInt | None = Field(None, ge=0, le=2**31, description="of the request that is answered")


class AnswerOut(Schema):
    request_id: UUID
    state: str
    held_amount: int
