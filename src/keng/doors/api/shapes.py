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


class PictureOut(Schema):
    """A picture of the report: that it came and its hash, never its bytes."""

    number: int
    state: Literal["waiting", "read", "unreadable"]
    size: int = Field(description="bytes")
    sha256: str
    received_at: datetime


class PicturesOut(Schema):
    pictures: list[PictureOut]


class TrackOut(Schema):
    """What became of a report so far; money in whole đồng."""

    code: str
    received_at: datetime
    closed_at: datetime | None
    erased_at: datetime | None = Field(None, description="when the content was erased for good")
    lost: int
    asked: int
    held: int
    steps: list[StepOut]
    messages: list[MessageOut]
    pictures: list[PictureOut]


class Bilingual(Schema):
    vi: str
    en: str


class BasisOut(Schema):
    code: str
    text: Bilingual
    source: str
    confirmed_by: str | None


Action = Literal[
    "hold_funds",
    "restrict_account",
    "block_number",
    "block_sender",
    "suspend_domain",
    "take_down_page",
    "preserve_data",
]


class ObjectOut(Schema):
    """The exact object: an indicator's kind and its canonical value."""

    kind: Literal["account", "phone", "sender", "domain", "url", "social"]
    value: str


class RequestOut(Schema):
    """One request to a partner; see docs/partner-api.md. Every key is present."""

    request_id: UUID
    version: int
    measure: str = Field(description="the order's code, BP-…")
    action: Action
    object: ObjectOut
    amount: int | None = Field(description="whole đồng; null unless hold_funds")
    currency: Literal["VND"] | None
    until: str = Field(description="UTC; undo it at this moment, whatever else arrives")
    answer_by: str
    confirmed: bool
    state: str
    basis: BasisOut
    transfer_at: str | None = Field(description="hold_funds only")
    scope: Bilingual | None = Field(description="preserve_data only: what to keep")
    notice: Bilingual | None = Field(
        description="what to tell the person affected; null while a dated reason delays it"
    )
    appeal_url: str
    demo: bool


class RequestList(Schema):
    items: list[RequestOut]


class AnswerIn(Schema):
    """A partner's answer to a request."""

    request_id: UUID | None = Field(None, description="the same as in the address, so that the signature covers it")
    status: str = Field(max_length=40, description="received, executed, part, refused or released")
    held_amount: StrictInt | None = Field(
        None, ge=0, le=MOST_MONEY, description="whole đồng; hold_funds with executed or part, else null"
    )
    reason: str | None = Field(None, max_length=40)
    note: str | None = Field(None, max_length=500)
    reference: str | None = Field(None, max_length=100, description="the partner's own number")
    version: StrictInt | None = Field(None, ge=0, le=2**31 - 1, description="of the request that is answered")


class AnswerOut(Schema):
    request_id: UUID
    state: str
    held_amount: int | None = Field(description="what counts as held; null unless hold_funds")
