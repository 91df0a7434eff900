"""The messages that tell a partner what is asked. Each holds the whole state of the request and nothing of the reporter."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings

from keng.base.errors import Said
from keng.base.times import iso, shown
from keng.desk.fraud.measures.models import Measure, MeasureState, Request
from keng.desk.ground.jobs import actions as jobs
from keng.vietnam import rules

NOTICE = Said(
    "Cơ quan có thẩm quyền yêu cầu giữ {amount} đ trong tài khoản này vì khoản tiền bị báo là tiền lừa đảo. Chỉ số tiền đó "
    "bị giữ; tài khoản vẫn dùng được. Lệnh {code}, căn cứ: {basis}. Lệnh hết hạn lúc {until} nếu không được gia hạn "
    "theo luật. Nếu không đồng ý, bạn có quyền khiếu nại tại {url} với mã lệnh {code}.",
    "The authority asked to hold {amount} VND in this account because the sum was reported as taken by fraud. Only that sum "
    "is held; the account stays usable. Order {code}, basis: {basis}. It ends at {until} (Vietnam time) unless prolonged "
    "by law. If you disagree you may appeal at {url} with the order's code {code}.",
)


def describe(request: Request) -> dict[str, Any]:
    """`data` of docs/partner-api.md: the request as it stands now."""
    measure = request.measure
    basis = rules.find_basis(measure.basis, measure.proposed_at.date())
    assert basis is not None, f"{measure.basis} was valid when it was used"  # noqa: S101 - our own invariant
    url = f"{settings.KENG_ADDRESS}/khieu-nai/{measure.code}/"
    return {
        "request_id": str(request.pk),
        "version": request.version,
        "measure": measure.code,
        "action": measure.kind,
        "account": measure.account,
        "amount": measure.amount,
        "currency": "VND",
        "hold_until": iso(request.hold_until),
        "answer_by": iso(request.answer_by),
        "confirmed": measure.state == MeasureState.ACTIVE,
        "state": request.state,
        "basis": {
            "code": basis.code,
            "text": {"vi": basis.said.vi, "en": basis.said.en},
            "source": basis.source,
            "confirmed_by": basis.confirmed_by,
        },
        "transfer_at": iso(measure.report.loss.sent_at),
        "notice": _notice(measure, request, basis, url),
        "appeal_url": url,
        "demo": settings.KENG_DEMO,
    }


def post(kind: str, request: Request, *, key: str, now: datetime) -> None:
    """Put one message about the request into the outbox, in the caller's transaction; a key is posted once."""
    message = {"type": kind, "timestamp": iso(now), "data": describe(request)}
    jobs.post(
        key=key,
        recipient=request.partner_id,
        subject=request.subject,
        version=request.version,
        body=json.dumps(message, ensure_ascii=False).encode(),
        lane=jobs.Lane.URGENT,
        now=now,
    )


def _notice(measure: Measure, request: Request, basis: rules.Basis, url: str) -> dict[str, str]:
    amount = f"{measure.amount:,}".replace(",", ".")
    until = shown(request.hold_until)
    return {
        "vi": NOTICE.vi.format(amount=amount, code=measure.code, basis=basis.said.vi, until=until, url=url),
        "en": NOTICE.en.format(amount=amount, code=measure.code, basis=basis.said.en, until=until, url=url),
    }
