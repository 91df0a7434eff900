"""Registers that were handed in, as officers see them: results, the reviewed sample, into effect and back, guessing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.errors import InputError
from keng.desk.fraud.registers import actions, effect, queries, refusals, reviewing
from keng.desk.fraud.registers.models import Effect, Register, RegisterState
from keng.desk.ground.keys.queries import store
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors import registers as view
from keng.doors.officers.frame import attempt, officer_of, show, signed_in

PAGE_ROWS = 100
SAID = {"dung": True, "sai": False, "bo": None}
COMPARED = ("full_name", "date_of_birth", "sex", "province_code")


@require_safe
@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """Every register, the newest first, and what looks like guessing."""
    officer, now = officer_of(request), clock.now()
    context = {
        "rows": [view.shown(one) for one in queries.for_officer(officer, now=now)],
        "guessing": queries.guessing(officer, now=now),
        "can_settle": rights.is_allowed(officer, "registers.settle"),
    }
    return show(request, "officers/registers.html", context)


@require_safe
@signed_in
def one(request: HttpRequest, code: str) -> HttpResponse:
    """A register: how far it is, what came out, what may be done with it."""
    officer, now = officer_of(request), clock.now()
    register = queries.get_for_officer(officer, code, now=now)
    return show(request, "officers/register.html", _whole(request, officer, register))


@require_safe
@signed_in
def live(request: HttpRequest, code: str) -> HttpResponse:
    """The part of it that stays fresh while it is worked on."""
    register = queries.get_for_officer(officer_of(request), code, now=clock.now())
    return render(request, "look/parts/register_progress.html", {"register": view.shown(register)})


@require_safe
@signed_in
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """Its records, narrowed by verdict, province, reason."""
    register = queries.get_for_officer(officer_of(request), code, now=clock.now())
    return show(
        request, "officers/register_rows.html", {"register": view.shown(register), **rows_context(request, register)}
    )


@require_safe
@signed_in
def export(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """All its records as a file."""
    register = queries.get_for_officer(officer_of(request), code, now=clock.now())
    return view.export(register, form, queries.rows_of(register), register.records or 0)


@require_safe
@signed_in
def review(request: HttpRequest, code: str) -> HttpResponse:
    """On to the next sampled record that nobody reviewed; back to the register when there is none."""
    officer, now = officer_of(request), clock.now()
    rights.require_to_read(officer, "registers.review", now=now)
    register = queries.get_for_officer(officer, code, now=now)
    number = reviewing.next_number(register, after=_number(request.GET.get("sau", "0")))
    if number is None:
        return redirect("officers:register", code=code)
    return redirect("officers:register_sample", code=code, number=number)


@require_safe
@signed_in
def sample(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One sampled record beside whom the population register names. Opening it is a look, which the person can read of."""
    officer, now = officer_of(request), clock.now()
    opened = actions.look(officer, code, number, store(), now=now)
    register = queries.get_for_officer(officer, code, now=now)
    found = reviewing.review_of(register, now=now)
    said = next((one.said for one in reviewing.samples_of(register) if one.number == number), None)  # type: ignore[attr-defined]
    reasons = opened.sample.reasons.split(",") if opened.sample.reasons else []
    context = {
        "register": view.shown(register),
        "number": number,
        "record": opened.sample.record,
        "verdict": view.verdict_said(opened.sample.verdict),
        "reasons": [view.reason_said(one) for one in reasons],
        "probability": None if opened.probability is None else f"{opened.probability * 100:.1f}".replace(".", ","),
        "lines": _lines(opened),
        "people": len(opened.people),
        "said": said,
        "review": _review(found),
        "can_judge": register.effect == Effect.NONE,
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if number < found.drawn else None,
    }
    return show(request, "officers/register_sample.html", context)


@require_POST
@signed_in
def judge(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A word on a sampled verdict; then the next one."""
    officer = officer_of(request)
    said = request.POST.get("noi", "")
    if said not in SAID:
        raise InputError("no_sample", refusals.NO_SAMPLE)
    is_right = SAID[said]
    done = attempt(request, _("Đã ghi."), lambda: actions.judge(officer, code, number, is_right, now=clock.now()))
    if not done or is_right is None:
        return redirect("officers:register_sample", code=code, number=number)
    return redirect(f"{reverse('officers:register_review', args=[code])}?sau={number}")


@require_POST
@signed_in
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Propose that it take effect."""
    officer, reason = officer_of(request), request.POST.get("reason", "")
    said = _("Đã đề nghị. Người thứ hai duyệt thì mới có hiệu lực.")
    attempt(request, said, lambda: actions.propose(officer, code, reason, now=clock.now()))
    return redirect("officers:register", code=code)


@require_POST
@signed_in
def approve(request: HttpRequest, code: str) -> HttpResponse:
    """Let it take effect, as the second officer."""
    officer = officer_of(request)
    attempt(
        request, _("Đã duyệt. Kết quả đang có hiệu lực dần."), lambda: actions.approve(officer, code, now=clock.now())
    )
    return redirect("officers:register", code=code)


@require_POST
@signed_in
def decline(request: HttpRequest, code: str) -> HttpResponse:
    """Not now."""
    officer, reason = officer_of(request), request.POST.get("reason", "")
    attempt(request, _("Đã ghi: chưa có hiệu lực."), lambda: actions.decline(officer, code, reason, now=clock.now()))
    return redirect("officers:register", code=code)


@require_POST
@signed_in
def roll_back(request: HttpRequest, code: str) -> HttpResponse:
    """Take it back."""
    officer, reason = officer_of(request), request.POST.get("reason", "")
    attempt(request, _("Đã rút lại cả bộ."), lambda: actions.roll_back(officer, code, reason, now=clock.now()))
    return redirect("officers:register", code=code)


@require_POST
@signed_in
def settle(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Close an item of guessing with a reason."""
    officer, reason = officer_of(request), request.POST.get("reason", "")
    attempt(request, _("Đã ghi."), lambda: actions.settle(officer, ident, reason, now=clock.now()))
    return redirect("officers:registers")


def rows_context(request: HttpRequest, register: Register) -> dict[str, Any]:
    """The rows that an address asks for, and the way to the next page; for officers and the submitter."""
    told = request.GET
    verdict, reason = told.get("ket_luan", ""), told.get("ly_do", "")
    province = None if "tinh" not in told else "" if told["tinh"] == "-" else told["tinh"][:8]
    verdict = verdict if verdict in [*view.VERDICTS] else ""
    reason = reason if reason in view.REASONS else ""
    found = list(
        queries.rows_of(
            register,
            verdict=verdict,
            province=province,
            reason=reason,
            after=_number(told.get("sau", "0")),
            most=PAGE_ROWS,
        )
    )
    again = told.copy()
    if len(found) == PAGE_ROWS:
        again["sau"] = str(found[-1].number)
    return {
        "rows": view.rows_shown(found),
        "next_page": f"?{again.urlencode()}" if len(found) == PAGE_ROWS else "",
        "chosen": [
            *([view.verdict_said(verdict)] if verdict else []),
            *([view.reason_said(reason)] if reason else []),
            *([province or _("Không nói tỉnh")] if province is not None else []),
        ],
    }


def asked_province(request: HttpRequest) -> str | None:
    """The province that an address names; None for all."""
    told = request.GET.get("tinh")
    return None if not told else "" if told == "-" else told[:8]


def _whole(request: HttpRequest, officer: Officer, register: Register) -> dict[str, Any]:
    now = clock.now()
    context: dict[str, Any] = {
        "register": view.shown(register),
        "faults": view.faults(register),
        "fault_count": register.fault_count,
    }
    if register.state != RegisterState.CLEANSED or register.erased_at:
        return context
    base = reverse("officers:register_rows", args=[register.code])
    found = reviewing.review_of(register, now=now)
    may = rights.leads(officer, "registers.put_in_effect")
    steps = list(register.steps.select_related("officer").order_by("pk"))
    proposer = next((one.officer_id for one in reversed(steps) if one.kind == "proposed"), None)
    return context | {
        "results": view.results(register, queries.counts_of(register), base, asked_province(request)),
        "review": _review(found),
        "seed": register.seed,
        "people": register.population,
        "steps": [
            {
                "said": one.get_kind_display(),
                "kind": one.kind,
                "by": one.officer.display_name,
                "at": one.at,
                "reason": one.reason,
            }
            for one in steps
        ],
        "can_review": register.effect == Effect.NONE and rights.leads(officer, "registers.review"),
        "can_propose": may and register.effect == Effect.NONE and not found.left and found.drawn > 0,
        "can_approve": may and register.effect == Effect.PROPOSED and proposer != officer.pk,
        "can_decline": may and register.effect == Effect.PROPOSED,
        "is_proposer": register.effect == Effect.PROPOSED and proposer == officer.pk,
        "can_roll_back": register.effect == Effect.IN_EFFECT and rights.leads(officer, "registers.roll_back"),
        "is_beginning": register.effect == Effect.BEGINNING,
    }


def _review(found: reviewing.Review) -> dict[str, Any]:
    return {
        "drawn": found.drawn,
        "done": found.right + found.wrong,
        "left": found.left,
        "wrong": found.wrong,
        "grave": _rate(found.grave) if found.grave else None,
        "most": _percent(found.most_wrong),
        "is_within": found.is_within,
        "by_verdict": [
            {"name": view.verdict_said(verdict), **_rate(rate)}
            for verdict, rate in sorted(found.by_verdict.items(), key=lambda one: [*view.VERDICTS].index(one[0]))
        ],
        "worse": [
            {
                "name": view.say(effect.slice_said(one.group, one.value)),
                "wrong": one.wrong,
                "reviewed": one.reviewed,
                "share": _percent(one.share),
                "mean": _percent(one.mean),
            }
            for one in found.worse
        ],
        "times": found.slice_times,
    }


def _rate(rate: Any) -> dict[str, Any]:
    return {
        "reviewed": rate.reviewed,
        "wrong": rate.wrong,
        "share": _percent(rate.share),
        "low": _percent(rate.low),
        "high": _percent(rate.high),
    }


def _percent(share: float) -> str:
    return f"{share * 100:.1f}".replace(".", ",") + " %"


def _lines(opened: reviewing.Opened) -> list[dict[str, Any]]:
    """Each field as the record has it and as each person has it; `same` where they are written alike."""
    people = sorted(opened.people, key=lambda one: one.citizen_id != opened.accepted)
    lines = [_line(_("Số định danh"), opened.told.get("holder_id"), [one.citizen_id for one in people])]
    if any(one.old_id for one in people):
        lines.append(_line(_("Số chứng minh cũ"), None, [one.old_id for one in people]))
    names = {
        "full_name": _("Họ tên"),
        "date_of_birth": _("Ngày sinh"),
        "sex": _("Giới tính"),
        "province_code": _("Tỉnh"),
    }
    lines += [_line(names[name], opened.told.get(name), [getattr(one, name) for one in people]) for name in COMPARED]
    if any(one.status != "living" for one in people):
        said = [_("còn sống") if one.status == "living" else _("đã mất") for one in people]
        lines.append(_line(_("Tình trạng"), None, said))
    return [*lines, _line(_("Ngày mở"), opened.told.get("opened"), [None for _one in people])]


def _line(name: str, told: Any, theirs: list[Any]) -> dict[str, Any]:
    return {
        "name": name,
        "told": told,
        "theirs": [{"value": one, "same": told is not None and one == told} for one in theirs],
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
