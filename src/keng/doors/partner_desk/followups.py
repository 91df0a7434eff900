"""Orders of follow-ups for a partner's clerk: what is asked, answers one by one or all at once, records that were corrected."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import InputError, Said
from keng.desk.fraud.followup import actions, notices, orders, queries
from keng.desk.fraud.followup.answers import REFUSALS, Told
from keng.desk.fraud.followup.models import Action, Order
from keng.desk.fraud.followup.refusals import NO_ORDER
from keng.desk.ground.keys.queries import store
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.followups import ACTIONS
from keng.doors.partner_desk.frame import attempt, officer_of, show, signed_in

SHOWN = 100
FIELDS = {
    "holder_id": Said("số định danh", "identity number"),
    "full_name": Said("họ tên", "name"),
    "date_of_birth": Said("ngày sinh", "birth date"),
    "sex": Said("giới tính", "sex"),
    "opened_at": Said("ngày mở", "opening date"),
    "subscriber": Said("số thuê bao", "subscriber number"),
}
MOST_RECORDS = 200


@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What these partners were asked and have not answered, the one that is due first on top."""
    officer = officer_of(request)
    own = partners_of(officer, "orders.list")
    action = request.GET.get("action", "")
    language = get_language() or "vi"
    rows = queries.open_orders(own, action=action if action in Action.values else "", most=SHOWN)
    actions.note_seen(rows, now=clock.now())
    context = {
        "rows": [_row(row, language) for row in rows],
        "count": queries.count_open(own),
        "action": action,
        "actions": [(str(one), said.in_language(language)) for one, said in ACTIONS.items()],
        "reasons": [(code, said.in_language(language)) for code, said in REFUSALS.items()],
        "key": str(uuid4()),
    }
    return show(request, "partner_desk/followups.html", context)


@require_POST
@signed_in
def answer(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Record the answer to one order."""
    officer, now, posted = officer_of(request), clock.now(), request.POST
    partner = _partner_of(officer, ident)
    told = Told(posted.get("status", ""), posted.get("reason", ""), posted.get("note", ""), posted.get("reference", ""))
    key = f"desk:{posted.get('key', '')[:80]}"
    attempt(
        request,
        _("Đã ghi câu trả lời."),
        lambda: actions.take(partner, key, ident, told, now=now, actor=officer.actor),
    )
    return redirect("partner_desk:followups")


@require_POST
@signed_in
def all_done(request: HttpRequest) -> HttpResponse:
    """All orders that the page showed were carried out."""
    officer, now = officer_of(request), clock.now()
    partners_of(officer, "orders.answer")
    key = request.POST.get("key", "")[:60]
    for ident in map(_uuid, request.POST.getlist("order")[:SHOWN]):
        take = partial(actions.take, _partner_of(officer, ident), f"desk:{key}:{ident.hex}", ident, Told("executed"))
        attempt(request, _("Đã ghi câu trả lời."), partial(take, now=now, actor=officer.actor))
    return redirect("partner_desk:followups")


@require_POST
@signed_in
def corrected(request: HttpRequest) -> HttpResponse:
    """These records were corrected at the counter, one a line."""
    officer, now = officer_of(request), clock.now()
    records = [line.strip() for line in request.POST.get("records", "").splitlines() if line.strip()][:MOST_RECORDS]
    key = request.POST.get("key", "")[:60]
    for partner in partners_of(officer, "orders.answer"):
        correct = partial(actions.correct, partner, f"desk:{key}:{partner.pk}", records, now=now)
        attempt(request, _("Đã ghi: các hồ sơ này đã sửa."), correct)
    return redirect("partner_desk:followups")


def partners_of(officer: Officer, verb: str) -> list[Partner]:
    """The partners whose clerk this is. Raises RefusedError `not_allowed` if there is none."""
    found = partners.of_organisations(rights.may_on(officer, verb))
    if not found:
        raise rights.refusal()
    return list(found)


def _partner_of(officer: Officer, ident: UUID) -> Partner:
    """Whose order it is, if it is one of the clerk's. Raises InputError `no_such_order`."""
    own = {partner.pk: partner for partner in partners_of(officer, "orders.answer")}
    found = Order.objects.filter(pk=ident, partner__in=own).values_list("partner_id", flat=True).first()
    if found is None:
        raise InputError("no_such_order", NO_ORDER)
    return own[found]


def _row(order: Order, language: str) -> dict[str, Any]:
    case, kind = order.case, order.case.batch.kind
    text = queries.told_whole(order, store()).in_language(language)
    return {
        "ident": order.pk,
        "record": case.record,
        "value": case.value,
        "is_sim": kind == "sim",
        "what": ACTIONS[Action(order.action)].in_language(language),
        "asked": orders.what(kind, Action(order.action)).in_language(language),
        "text": "" if order.action == Action.CHECK else text,
        "fields": ", ".join(FIELDS[one].in_language(language) for one in case.fields.split() if one in FIELDS),
        "answer_by": order.answer_by,
        "thing": notices.thing_of(kind, case.value).in_language(language),
        "is_received": order.state == "received",
        "key": str(uuid4()),
    }


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InputError("no_such_order", NO_ORDER) from error
