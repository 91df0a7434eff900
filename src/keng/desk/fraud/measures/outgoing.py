"""The messages that tell a partner what is asked. Each holds the whole state of the request and nothing of the reporter."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings

from keng.base.errors import Said
from keng.base.times import day_in_vietnam, iso
from keng.desk.fraud.measures import notices
from keng.desk.fraud.measures.kinds import Kind, scope_said
from keng.desk.fraud.measures.models import Measure, MeasureState, Request
from keng.desk.ground.jobs import actions as jobs
from keng.vietnam import rules


def describe(request: Request) -> dict[str, Any]:
    """`data` of docs/partner-api.md: the request as it stands now."""
    measure = request.measure
    is_hold = measure.kind == Kind.HOLD_FUNDS
    return {
        "request_id": str(request.pk),
        "version": request.version,
        "measure": measure.code,
        "action": measure.kind,
        "object": {"kind": measure.object_kind, "value": measure.object_value},
        "amount": measure.amount,
        "currency": "VND" if is_hold else None,
        "until": iso(request.until),
        "answer_by": iso(request.answer_by),
        "confirmed": measure.state == MeasureState.ACTIVE,
        "state": request.state,
        "basis": _basis(measure),
        "transfer_at": iso(measure.report.loss.sent_at) if is_hold else None,
        "scope": _both(scope_said(measure.scope)),
        "notice": _notice(measure),
        "appeal_url": notices.address(measure),
        "demo": settings.KENG_DEMO,
    }


def post(kind: str, request: Request, *, key: str, now: datetime) -> None:
    """Put one message about the request into the outbox, in the caller's transaction; a key is posted once.

    Nothing is sent to a partner without an address: it finds the request on its desk, in its file or by `GET /requests`.
    """
    if not request.partner.address:
        return
    message = {"type": kind, "timestamp": iso(now), "data": describe(request)}
    jobs.post(
        key=key,
        recipient=request.partner_id,
        subject=request.subject,
        version=request.version,
        about=request.measure.report_id,
        owner_id=request.measure.report.owner_id,
        body=json.dumps(message, ensure_ascii=False).encode(),
        lane=jobs.Lane.URGENT,
        now=now,
    )


def _basis(measure: Measure) -> dict[str, Any]:
    basis = rules.find_basis(measure.basis, day_in_vietnam(measure.proposed_at))
    assert basis is not None, f"{measure.basis} was valid when it was used"  # noqa: S101 - our own invariant
    return {
        "code": basis.code,
        "text": _both(basis.said),
        "source": basis.source,
        "confirmed_by": basis.confirmed_by,
    }


def _notice(measure: Measure) -> dict[str, str] | None:
    told = notices.latest(measure)
    return {"vi": told.vi, "en": told.en} if told else None


def _both(said: Said | None) -> dict[str, str] | None:
    return {"vi": said.vi, "en": said.en} if said else None
