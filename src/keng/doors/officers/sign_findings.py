"""From what a live sign found to a measure: the finding with all that is known beside it, and forms filled in from it.

Nothing is decided here: a measure needs a report that names the account, an officer who proposes and another who approves. A
restriction of the account is not offered, since no engine's finding leads to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.desk.fraud.measures.actions import Proposal
from keng.desk.fraud.measures.checks import left_to_hold
from keng.desk.fraud.measures.kinds import SAID, Kind, Target
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports import sightings
from keng.desk.fraud.reports.models import Report
from keng.desk.fraud.signs import actions, queries
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.frame import attempt, officer_of, show, signed_in
from keng.doors.officers.proposing import ProposalForm, basis_choices
from keng.doors.officers.report import HoldForm
from keng.doors.officers.sign_words import figures_said, language, shown_known
from keng.doors.officers.words import source_said

KINDS = (Kind.HOLD_FUNDS, Kind.PRESERVE_DATA)
MOST_REASON = 500
OTHERS = 5  # reports that are offered beside the chosen one


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was sent, with a fault in it."""

    kind: Kind
    form: HoldForm | ProposalForm


@require_safe
@signed_in
def finding(request: HttpRequest, ident: int) -> HttpResponse:
    """One finding, for who looked at its account within the last hours; `bao-cao` chooses the report that a measure is filed on."""
    return _page(request, ident, request.GET.get("bao-cao", ""), None)


@require_POST
@signed_in
def propose(request: HttpRequest, ident: int, code: str, kind: str) -> HttpResponse:
    """Propose a measure on the finding, filed on that report; a second officer decides before anything goes out."""
    officer = officer_of(request)
    if kind not in KINDS:
        raise Http404
    report = reports.get_by_code(officer, "measures.propose", code)
    found = actions.open_finding(officer, ident, now=clock.now())
    form = _form(Kind(kind), found, report, request.POST)
    if not form.is_valid():
        return _page(request, ident, code, Filled(Kind(kind), form), status=422)
    asked = _asked(form, report, found.known.account)
    made: list[Measure] = []
    said = _("Đã đề nghị. Chưa gửi gì trước khi người thứ hai duyệt.")
    if not attempt(request, said, lambda: made.append(actions.propose_measure(officer, ident, asked, now=clock.now()))):
        return redirect(f"{reverse('officers:sign_finding', args=[ident])}?bao-cao={report.code}")
    return redirect("officers:measure", code=made[0].code)


def _page(request: HttpRequest, ident: int, code: str, broken: Filled | None, status: int = 200) -> HttpResponse:
    officer, now = officer_of(request), clock.now()
    found = actions.open_finding(officer, ident, now=now)
    others = queries.Known(
        found.known.account, tuple(one for one in found.known.evidence if one.ident != ident), found.known.suspicions
    )
    context = {
        "finding": _shown(found),
        "others": shown_known(others),
        **_reports(officer, found, code, broken),
        "language_url": reverse("officers:sign_finding", args=[ident]) if request.method == "POST" else "",
    }
    return show(request, "officers/sign_finding.html", context, status)


def _shown(found: queries.Finding) -> dict[str, Any]:
    """The finding: whose account, which rule in which version, its figures, its dates, and how often that rule is wrong."""
    told, count = found.told, found.count
    return {
        "ident": told.ident,
        "account": found.known.account,
        "sign": told.sign,
        "rule": found.rule.said.in_language(language()),
        "rule_source": source_said(found.rule.source),
        "version": told.version,
        "said": told.said.in_language(language()),
        "figures": figures_said(found.rule),
        "rows": told.behind_total,
        "source": partners.names_of({told.source}).get(told.source, told.source),
        "day": told.day,
        "at": told.at,
        "sha256": told.run_sha256,
        "count": count,
        "only_named": count.held - count.named if count else None,
    }


def _reports(officer: Officer, found: queries.Finding, code: str, broken: Filled | None) -> dict[str, Any]:
    """The officer's open reports that name the account, one of them chosen, and the forms for that one."""
    if not rights.is_allowed(officer, "measures.propose"):
        return {"reports": [], "chosen": "", "forms": [], "may_propose": False}
    rows = sightings.find_sightings(officer, "account", found.known.account).rows
    is_open = [one for one in rows if not one.is_closed]
    codes = [one.code for one in is_open]
    chosen = code if code in codes else next(iter(codes), "")
    shown = [one for one in is_open if one.code != chosen][:OTHERS]
    return {
        "may_propose": True,
        "reports": [{"code": one.code, "at": one.received_at, "amount": one.amount} for one in shown],
        "chosen": chosen,
        "forms": _forms(officer, found, chosen, broken) if chosen else [],
    }


def _forms(officer: Officer, found: queries.Finding, code: str, broken: Filled | None) -> list[dict[str, Any]]:
    report = reports.get_by_code(officer, "measures.propose", code)
    shown = []
    for kind in KINDS:
        is_broken = broken is not None and broken.kind == kind
        form = broken.form if broken is not None and is_broken else _form(kind, found, report, None)
        if form.fields["basis"].choices and (is_broken or kind != Kind.HOLD_FUNDS or _left(report, found) > 0):
            label = SAID[kind].in_language(language())
            shown.append({"kind": kind.value, "label": label, "form": form, "open": is_broken})
    return shown


def _form(kind: Kind, found: queries.Finding, report: Report, data: Any) -> HoldForm | ProposalForm:
    """The form of that kind for this account alone, filled in from the finding; bound if `data` was sent."""
    account = found.known.account
    bases = basis_choices(kind)
    initial = {"basis": bases[0][0] if bases else "", "reason": _reason(found)}
    if kind == Kind.HOLD_FUNDS:
        left = _left(report, found)
        initial["amount"] = f"{left:,}".replace(",", ".") if left > 0 else ""
        return HoldForm(data, initial=initial, accounts=(account,))
    target = Target("account", account)
    return ProposalForm(data, initial=initial | {"object": f"account|{account}"}, kind=kind, objects=[target])


def _asked(form: HoldForm | ProposalForm, report: Report, account: str) -> Proposal:
    if isinstance(form, ProposalForm):
        return form.proposal(report.pk)
    data = form.cleaned_data
    return Proposal.hold(report.pk, account, data["amount"], data["basis"], data["reason"])


def _left(report: Report, found: queries.Finding) -> int:
    """What of the report's loss could still be asked for on this account; 0 if it tells of none there."""
    loss = reports.named_of(report).loss
    if loss is None or found.known.account not in loss.accounts:
        return 0
    return left_to_hold(loss, clock.now())


def _reason(found: queries.Finding) -> str:
    """The finding in a sentence, for an officer to go on from."""
    told = found.told
    source = partners.names_of({told.source}).get(told.source, told.source)
    said = _("Dấu hiệu %(sign)s (phiên bản %(version)s) ở %(source)s, lần chạy ngày %(day)s: %(said)s") % {
        "sign": told.sign,
        "version": told.version,
        "source": source,
        "day": f"{told.day:%d/%m/%Y}",
        "said": told.said.in_language(get_language() or "vi"),
    }
    return str(said)[:MOST_REASON]
