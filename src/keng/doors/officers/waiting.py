"""Decisions that wait and are about no new money: appeals, and reports that another unit offers. They stand in the queue too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keng.base.errors import Said
from keng.desk.fraud.appeals import queries as appeals
from keng.desk.fraud.followup import queries as followups
from keng.desk.fraud.jurisdiction import queries as jurisdiction
from keng.desk.fraud.measures.kinds import SAID, Kind
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.models import Channel
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

Row = dict[str, Any]
FOLLOWED = {
    "batch": Said("Quyết định trước khi hạn chế", "Decide before anybody is restricted"),
    "person": Said("Chủ số xin có người xem", "A holder asks for a person"),
    "appeal": Said("Khiếu nại của chủ số", "A holder's appeal"),
}


def rows(officer: Officer, now: datetime) -> list[Row]:
    """Lines for officers/queue_rows.html, the soonest clock first, those without a clock last."""
    found: list[Row] = []
    if rights.is_allowed(officer, "appeals.read"):
        found += [_appeal(officer, one) for one in appeals.waiting(officer)]
    if rights.is_allowed(officer, "followup.list"):
        found += [_followed(line) for line in followups.lines(officer, now)]
    if rights.is_allowed(officer, "jurisdiction.answer"):
        found += [_offer(one) for one in jurisdiction.offered_to(officer, now=now)]
    return sorted(found, key=soonest)


def soonest(row: Row) -> tuple[bool, float, str]:
    """The order of lines by their clocks."""
    clock = row["answer_by"]
    return clock is None, clock.timestamp() if clock else 0.0, row["code"]


def _appeal(officer: Officer, one: appeals.Waiting) -> Row:
    report, is_account = one.measure.report, one.measure.object_kind == "account"
    said = SAID[Kind(one.measure.kind)].in_language(get_language() or "vi")
    return {
        "what": "appeal",
        "code": report.code,
        "line": f"appeal-{one.id}",
        "url": reverse("officers:report", args=[report.code]) + "#appeals",
        "asks": _("Khiếu nại: %(what)s") % {"what": said[:1].lower() + said[1:]},
        "measure": one.measure.code,
        "lost": one.measure.amount,
        "received_at": one.lodged_at,
        "bank": reports.bank_name(one.measure.object_value) if is_account else "",
        "account": one.measure.object_value if is_account else "",
        "object": "" if is_account else one.measure.object_value,
        "channel": Channel(report.channel).label,
        "state": "appealed",
        "answer_by": one.decide_by,
        "is_mine": officer.pk in one.took_part,
    }


def _followed(line: followups.Line) -> Row:
    """A verdict of a batch, a holder who asks for a person, an appeal: decided on the pages of the follow-up."""
    page, ident = ("batch", line.batch.pk) if line.case is None else ("case", line.case.pk)
    return {
        "what": "appeal",
        "code": f"{line.batch.submitter.code}",
        "line": f"followed-{line.what}-{line.verdict}-{ident}",
        "url": reverse(f"officers:followup_{page}", args=[ident]),
        "asks": FOLLOWED[line.what].in_language(get_language() or "vi"),
        "received_at": line.since,
        "object": _("%(n)s hồ sơ") % {"n": line.count},
        "channel": _("Sau đối chiếu"),
        "state": "appealed",
        "answer_by": line.answer_by,
        "is_mine": line.is_mine,
    }


def _offer(step: jurisdiction.Step) -> Row:
    return {
        "what": "offer",
        "code": step.code,
        "line": f"offer-{step.id}",
        "url": reverse("officers:incoming"),
        "asks": _("Nhận báo cáo của đơn vị khác"),
        "received_at": step.begun_at,
        "object": step.giver,
        "channel": "",
        "state": "handover_offered",
        "answer_by": step.accept_by,
        "is_mine": not step.can_answer,
    }
