"""A citizen's report by machine, and what became of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import File, Header, Path, Router, Status, UploadedFile

from keng.base import clock
from keng.desk.fraud.reports import actions, pictures, queries
from keng.desk.ground.keys.queries import store
from keng.doors.api.shapes import ErrorShape, PicturesOut, ReportIn, ReportOut, TrackOut
from keng.doors.gate.callers import origin_of
from keng.doors.public.pictures import bytes_of
from keng.doors.story import story_of

router = Router(tags=["reports"])
PICTURE_FILES = File(..., description="JPEG, PNG or WebP, 5 MB at most; three for a report")


@router.post(
    "/reports",
    operation_id="report_create",
    response={
        201: ReportOut,
        400: ErrorShape,
        409: ErrorShape,
        411: ErrorShape,
        413: ErrorShape,
        422: ErrorShape,
        428: ErrorShape,
    },
    by_alias=True,
)
def report_create(
    request: HttpRequest,
    payload: ReportIn,  # noqa: ARG001 - checked by its shape; the bytes themselves are what is kept
    idempotency_key: str | None = Header(None, alias="Idempotency-Key"),
) -> Any:
    """Take a report. The same Idempotency-Key (16 to 128 characters) and body give the first receipt again."""
    now = clock.now()
    received = actions.receive(
        request.body, store(), retry_key=idempotency_key, now=now, origin=origin_of(request, now)
    )
    return Status(
        201,
        {
            "receipt": received.receipt,
            "code": received.report.code,
            "received_at": received.report.received_at,
            "sha256": received.sha256,
            "track_url": f"{settings.KENG_ADDRESS}/theo-doi/{received.receipt}/",
        },
    )


@router.get(
    "/reports/{receipt}",
    operation_id="report_track",
    response={200: TrackOut, 404: ErrorShape, 422: ErrorShape, 428: ErrorShape},
)
def report_track(request: HttpRequest, receipt: str = Path(..., max_length=64)) -> Any:  # noqa: ARG001
    """What became of the report of this receipt."""
    story = story_of(receipt, store(), now=clock.now())
    return {
        "code": story.told.report.code,
        "received_at": story.told.report.received_at,
        "closed_at": story.told.report.closed_at,
        "erased_at": story.told.report.erased_at,
        "lost": story.money.lost,
        "asked": story.money.asked,
        "held": story.money.held,
        "steps": [{"at": step.at, "state": step.state, "vi": step.said.vi, "en": step.said.en} for step in story.steps],
        "messages": [
            {"at": line.at, "from_reporter": line.from_reporter, "who": line.who, "text": line.text}
            for line in story.told.lines
        ],
        "pictures": story.told.pictures,
    }


@router.post(
    "/reports/{receipt}/pictures",
    operation_id="report_pictures",
    response={
        201: PicturesOut,
        404: ErrorShape,
        409: ErrorShape,
        413: ErrorShape,
        415: ErrorShape,
        422: ErrorShape,
        428: ErrorShape,
    },
)
def report_pictures(
    request: HttpRequest,  # noqa: ARG001
    receipt: str = Path(..., max_length=64),
    picture: list[UploadedFile] = PICTURE_FILES,
) -> Any:
    """Add pictures to the report of this receipt (multipart/form-data). They are kept as they came and never given back."""
    actions.report_of(receipt)
    for file in picture:
        pictures.attach(receipt, bytes_of(file), store(), now=clock.now())
    return Status(201, {"pictures": queries.pictures_of(actions.report_of(receipt))})
