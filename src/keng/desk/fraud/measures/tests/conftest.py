"""Everybody who can be asked, a report that names an object of every kind, and the way of a proposal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from keng.conftest import BASIS, MULE
from keng.desk.fraud.measures import actions, answers
from keng.desk.fraud.measures.kinds import Kind, Target
from keng.desk.ground.jobs.models import Outgoing
from keng.desk.ground.partners import actions as partners
from keng.desk.ground.people.actions import enrol

TEXT = (
    "Chuyen 4.800.000d vao STK 0071000123456 Vietcombank, goi 0912345678, vao https://vcb-xacthuc.com.vn/mo "
    "hoac https://www.facebook.com/vcb.hotro.khachhang va https://www.facebook.com/groups/vcb/posts/1"
)
PHONE = Target("phone", "+84912345678")
SENDER = Target("sender", "VIETCOMBANK")
DOMAIN = Target("domain", "vcb-xacthuc.com.vn")
PAGE = Target("url", "https://www.facebook.com/groups/vcb/posts/1")
PROFILE = Target("social", "facebook:vcb.hotro.khachhang")
ACCOUNT = Target("account", MULE)
DOCUMENT = actions.Document("12/QĐ-TA", None, "Tòa án nhân dân khu vực 1")

CARRIERS = ["carrier:mobifone", "carrier:viettel", "carrier:vinaphone"]


@pytest.fixture
def everybody(cast: Any) -> None:
    """Three carriers, a registry and a platform beside the banks."""
    for code in [*CARRIERS, "registry:vnnic", "platform:facebook"]:
        partners.enrol(code, code.partition(":")[2].title(), "http://127.0.0.1:9/keng", now=cast.clock.at)


@pytest.fixture
def third(cast: Any) -> Any:
    return enrol("ba", "Ba", "Trung tâm", "officer", now=cast.clock.at)


@pytest.fixture
def named(cast: Any) -> Any:
    """A report that names an object of every kind."""
    return cast.report(text=TEXT, sender="Vietcombank")


@pytest.fixture
def asking(cast: Any, everybody: None, named: Any) -> Callable[..., actions.Proposal]:
    """A proposal of a kind that passes every check; changes make it one that does not."""
    bases = {
        Kind.HOLD_FUNDS: (ACCOUNT, BASIS, {"amount": 4_800_000}),
        Kind.RESTRICT_ACCOUNT: (
            ACCOUNT,
            "fraud.restrict.nd52-2024.d11",
            {"document": actions.Document("12/QĐ-TA", cast.clock.at.date(), "Tòa án nhân dân khu vực 1")},
        ),
        Kind.BLOCK_NUMBER: (PHONE, "fraud.number.nd163-2024", {}),
        Kind.BLOCK_SENDER: (SENDER, "fraud.sender.nd163-2024", {}),
        Kind.SUSPEND_DOMAIN: (DOMAIN, "fraud.domain.nd147-2024", {}),
        Kind.TAKE_DOWN_PAGE: (PAGE, "identity.page.l116-2025", {}),
        Kind.PRESERVE_DATA: (PHONE, "fraud.preserve.l116-2025", {"scope": ("registration",)}),
    }

    def ask(kind: Kind, **changes: Any) -> actions.Proposal:
        target, basis, more = bases[kind]
        values = {
            "report_id": named.report.pk,
            "target": target,
            "basis": basis,
            "reason": "có căn cứ",
            **more,
            **changes,
        }
        return actions.Proposal(kind=kind, **values)

    return ask


@pytest.fixture
def order(cast: Any, asking: Callable[..., actions.Proposal]) -> Callable[..., Any]:
    """A measure of a kind that two officers sent."""

    def send(kind: Kind, **changes: Any) -> Any:
        measure = actions.propose(cast.first, asking(kind, **changes), now=cast.clock.at)
        return actions.approve(cast.second, measure.pk, now=cast.clock.at)

    return send


def messages(measure: Any = None) -> list[dict[str, Any]]:
    """What was posted, of one measure if it is given; by request and version."""
    rows = Outgoing.objects.order_by("recipient", "subject", "version", "created_at")
    found = [{"to": row.recipient, **json.loads(bytes(row.body))} for row in rows]
    return [one for one in found if measure is None or one["data"]["measure"] == measure.code]


def answer(cast: Any, request: Any, status: str, **values: Any) -> Any:
    """A partner answers one request."""
    told = {"held_amount": None, "reason": None, "note": None, "reference": "DT-1", **values}
    message = f"{request.pk}-{status}-{len(answers.Answer.objects.all())}"
    return answers.take(request.partner, message, request.pk, answers.Told(status, **told), now=cast.clock.at)
