"""Signs of mule accounts: what each came to in its newest run, which are live, and what is known of one account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import InputError
from keng.base.times import VIETNAM
from keng.desk.fraud.signs import actions, queries
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.frame import attempt, officer_of, show, signed_in
from keng.doors.officers.sign_words import figures_said, language, shown_known
from keng.doors.officers.words import source_said

PAGE = "officers:signs"


@require_safe
@signed_in
def table(request: HttpRequest) -> HttpResponse:
    """Every sign in force and its newest run."""
    return show(request, "officers/signs.html", _context(officer_of(request)))


@require_POST
@signed_in
def look(request: HttpRequest) -> HttpResponse:
    """What live signs and banks say of one exact account, for a purpose."""
    officer = officer_of(request)
    account, purpose = request.POST.get("account", ""), request.POST.get("purpose", "")
    context = _context(officer)
    try:
        context["known"] = shown_known(actions.look(officer, account, purpose, now=clock.now()))
    except InputError as error:
        context |= {"wrong": error.said.in_language(language()), "account": account[:80], "purpose": purpose[:300]}
    return show(request, "officers/signs.html", context)


@require_POST
@signed_in
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a sign live."""
    officer, sign, why = officer_of(request), request.POST.get("sign", ""), request.POST.get("why", "")
    said = _("Đã đề nghị. Một cán bộ khác ở Trung tâm phải duyệt.")
    attempt(request, said, lambda: actions.propose_live(officer, sign, why, now=clock.now()))
    return redirect(PAGE)


@require_POST
@signed_in
def approve(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Make a proposed sign live."""
    officer = officer_of(request)
    said = _("Dấu hiệu này được dùng từ bây giờ. Nó chỉ là bằng chứng; không tài khoản nào bị hạn chế vì nó.")
    attempt(request, said, lambda: actions.approve_live(officer, ident, now=clock.now()))
    return redirect(PAGE)


@require_POST
@signed_in
def withdraw(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Back into the shadow."""
    officer, why = officer_of(request), request.POST.get("why", "")
    attempt(request, _("Đã rút."), lambda: actions.withdraw(officer, ident, why, now=clock.now()))
    return redirect(PAGE)


def _context(officer: Officer) -> dict[str, Any]:
    day = clock.now().astimezone(VIETNAM).date()
    rows = queries.table(officer, day)
    made = queries.runs(officer)
    names = partners.names_of({run.source for run in made})
    may = {
        name: rights.is_allowed(officer, f"signs.{verb}") and rights.leads(officer, f"signs.{verb}")
        for name, verb in (("propose", "propose_live"), ("approve", "approve_live"), ("withdraw", "withdraw"))
    }
    return {
        "rows": [_row(row, officer, may) for row in rows],
        "runs": [{"run": run, "source": names.get(run.source, run.source)} for run in made],
        "may_lists": rights.is_allowed(officer, "lists.take") and rights.leads(officer, "lists.take"),
        "may_measure": rights.is_allowed(officer, "measures.propose"),
        "may_look": rights.is_allowed(officer, "signs.look"),
    }


def _row(row: queries.Row, officer: Officer, may: dict[str, bool]) -> dict[str, Any]:
    """A sign for the page; of `approve` and `withdraw` only what this officer may do now."""
    switch = row.switch
    proposed = switch is not None and not row.is_live
    return {
        "code": row.rule.code,
        "said": row.rule.said.in_language(language()),
        "source": source_said(row.rule.source),
        "version": row.rule.version,
        "figures": figures_said(row.rule),
        "needs_assessment": row.rule.needs_assessment,
        "count": row.count,
        "only_named": row.only_named,
        "state": "live" if row.is_live else "proposed" if proposed else "shadow",
        "switch": switch,
        "can_propose": may["propose"] and switch is None and row.count is not None,
        "can_approve": may["approve"] and proposed and switch is not None and switch.proposed_by_id != officer.pk,
        "can_withdraw": may["withdraw"] and switch is not None,
    }
