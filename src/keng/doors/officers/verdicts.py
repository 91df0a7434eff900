"""The machine's verdict beside a report, one key to correct it, how often that was done, and models tried before they go live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.base.times import day_in_vietnam
from keng.desk.fraud.corrections import actions, queries, replaying
from keng.desk.fraud.corrections.calls import SPAM, TRUE, calls, said_of
from keng.desk.fraud.corrections.models import Correction
from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.models import Report
from keng.desk.fraud.reports.sealed import SealedReport
from keng.desk.fraud.verdicts import actions as models
from keng.desk.fraud.verdicts import queries as verdicts
from keng.desk.fraud.verdicts.judging import Judged
from keng.desk.ground.keys.queries import store
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.frame import attempt, officer_of, show, signed_in
from keng.doors.reasons import reasons_of
from keng.doors.segments import cut
from keng.engines.classify import Why, likeliest_tricks, measured

PAGE = "officers:machine"
NEWEST = 10_000  # reports that a replay reads unless somebody says otherwise
SHORT_LIST = 4  # likeliest tricks that have a key of their own
KEYS = {actions.RIGHT: "v", SPAM: "q", TRUE: "t"}
TRICK_KEYS = "wfil"


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A place of the text that speaks for the verdict, as `segments.cut` takes it."""

    start: int | None
    end: int | None
    kind: str
    value: str = ""


# --- beside a report


def shown_verdict(officer: Officer, opened: SealedReport, now: datetime) -> dict[str, Any] | None:
    """The verdict for officers/verdict.html; None where there was no word to judge, or nothing is left of it."""
    report = opened.report
    judged = reports.verdict_of(opened)
    if judged is None:
        return None
    text, standing = opened.text(), queries.standing(report.pk)
    may = opened.key is not None and rights.is_allowed(officer, "verdicts.correct", on=report.owner)
    return {
        "kind": judged.called if judged.called in (SPAM, TRUE) else "trick",
        "name": _name(judged.called),
        "scam": _percent(judged.scam),
        "spam": _percent(judged.spam),
        "model": judged.model,
        "reasons": reasons_of(text, judged.why) if text else (),
        "segments": cut(text, _stretches(judged.why)) if text else [],
        **_error(judged, now),
        "standing": _standing(standing),
        "can_correct": may,
        "choices": _choices(judged, text, opened.sender(), standing) if may else [],
        "others": [(code, _name(code)) for code in calls() if code not in (SPAM, TRUE)] if may else [],
    }


@require_POST
@signed_in
def correct(request: HttpRequest, code: str) -> HttpResponse:
    """Say what the report is: `right`, `spam`, `true` or a trick's code."""
    officer, report = officer_of(request), _report(request, code)
    said = request.POST.get("said", "")
    attempt(
        request,
        _("Đã ghi nhận xét về máy. Phím o để bỏ."),
        lambda: actions.correct(officer, report.pk, said, store(), now=clock.now()),
    )
    return redirect("officers:report", code=report.code)


@require_POST
@signed_in
def undo(request: HttpRequest, code: str) -> HttpResponse:
    """Take back what was said of the verdict."""
    officer, report = officer_of(request), _report(request, code)
    attempt(request, _("Đã bỏ nhận xét về máy."), lambda: actions.undo(officer, report.pk, now=clock.now()))
    return redirect("officers:report", code=report.code)


# --- the machine as a whole


@require_safe
@signed_in
def machine(request: HttpRequest) -> HttpResponse:
    """How often the machine was corrected, which model is live, which were tried."""
    officer = officer_of(request)
    known = verdicts.models() if rights.is_allowed(officer, "models.read") else []
    context = {
        "rows": [_row(row) for row in queries.table(officer, day_in_vietnam(clock.now()))],
        "models": [_model(one) for one in known],
        "newest": NEWEST,
        "measured": _measured(measured().model),
        "can_replay": rights.is_allowed(officer, "models.replay"),
        "can_put_live": rights.is_allowed(officer, "models.put_live") and rights.leads(officer, "models.put_live"),
        **_replays(officer),
    }
    return show(request, "officers/machine.html", context)


@require_safe
@signed_in
def replay_rows(request: HttpRequest) -> HttpResponse:
    """The part of that page that stays fresh: how far the replays are."""
    return render(request, "officers/replays.html", _replays(officer_of(request)))


@require_POST
@signed_in
def start_replay(request: HttpRequest) -> HttpResponse:
    """Try a model on the newest reports."""
    officer, now = officer_of(request), clock.now()
    version, newest = request.POST.get("version", ""), _number(request.POST.get("newest", ""))
    said = _("Đang chạy thử. Không báo cáo nào đổi; tiến độ hiện ở dưới.")
    attempt(request, said, lambda: replaying.start(officer, version, newest=newest, now=now))
    return redirect(PAGE)


@require_POST
@signed_in
def put_live(request: HttpRequest) -> HttpResponse:
    """From now on this model reads what comes."""
    officer, version = officer_of(request), request.POST.get("version", "")
    said = _("Từ bây giờ báo cáo mới do mô hình này đọc. Nhận xét đã có giữ nguyên.")
    attempt(request, said, lambda: models.put_live(officer, version, now=clock.now()))
    return redirect(PAGE)


@require_safe
@signed_in
def show_replay(request: HttpRequest, ident: UUID) -> HttpResponse:
    """What a model would change: from what to what, and the reports by their codes, those that an officer judged apart."""
    officer = officer_of(request)
    told = queries.get_replay(officer, ident)
    chosen = {name: request.GET.get(name, "")[:24].replace("\0", "") for name in ("was", "would_be")}
    may_list = rights.is_allowed(officer, "reports.list")
    context = {
        "replay": _told(told, {}),
        "moves": [_move(one) for one in queries.moves(told.replay)],
        "chosen": chosen if chosen["was"] else None,
        "chosen_said": {name: _name(value) for name, value in chosen.items()},
        "judged": _changes(officer, told, chosen, judged=True) if may_list else [],
        "changes": _changes(officer, told, chosen, judged=False) if may_list else [],
        "may_list": may_list,
        "most": queries.CHANGES,
    }
    return show(request, "officers/replay.html", context)


def _report(request: HttpRequest, code: str) -> Report:
    return reports.get_by_code(officer_of(request), "verdicts.correct", code)


def _name(call: str) -> str:
    return said_of(call).in_language(get_language() or "vi")


def _percent(share: float) -> int:
    """Never 0 or 100 of something that is not: the machine is never certain."""
    return min(max(round(100 * share), 1), 99) if 0 < share < 1 else round(100 * share)


def _stretches(why: tuple[Why, ...]) -> list[_Stretch]:
    return [_Stretch(one.start, one.end, one.reason) for one in why]


def _error(judged: Judged, now: datetime) -> dict[str, Any]:
    """The error rate beside the verdict: officers' words once there are enough, and what the model reached before it was used."""
    rate = queries.rate_of(judged.model, judged.called, day_in_vietnam(now))
    return {
        "rate": {"judged": rate.judged, "wrong": rate.wrong, "percent": _share(rate.wrong, rate.judged)}
        if rate.enough
        else None,
        "judged": rate.judged,
        "measured": _measured(judged.model),
    }


def _measured(model: str) -> dict[str, Any] | None:
    """What a model reached on the judged messages; None if it was never measured so."""
    found = measured()
    if found.model != model:
        return None
    shares = (found.scam_found, found.true_called_scam, found.trick_right)
    names = ("scam_found", "true_called_scam", "trick_right")
    return {"messages": found.messages} | {
        name: _decimal(100 * share) for name, share in zip(names, shares, strict=True)
    }


def _decimal(number: float) -> str:
    return f"{number:.1f}".replace(".", "," if (get_language() or "vi") == "vi" else ".")


def _share(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def _standing(standing: Correction | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    return {
        "is_right": standing.said == standing.machine,
        "said": standing.said,
        "name": _name(standing.said),
        "by": standing.officer.display_name,
        "at": standing.at,
    }


def _choices(judged: Judged, text: str, sender: str, standing: Correction | None) -> list[dict[str, str]]:
    """What one key says: that it is right, what else it is, and the likeliest tricks. Not what stands already."""
    found = [(actions.RIGHT, _("Máy đúng"), KEYS[actions.RIGHT])]
    found += [(call, _name_to_say(call), KEYS[call]) for call in (SPAM, TRUE) if call != judged.called]
    likely = [
        code for code in likeliest_tricks(text, sender=sender or None, most=SHORT_LIST + 1) if code != judged.called
    ]
    found += [(code, _name(code), key) for code, key in zip(likely[:SHORT_LIST], TRICK_KEYS, strict=False)]
    stands = standing.said if standing else ""
    return [
        {"said": said, "label": label, "key": key}
        for said, label, key in found
        if stands not in ((judged.called,) if said == actions.RIGHT else (said,))
    ]


def _name_to_say(call: str) -> str:
    """What an officer says, who knows more than the machine: a true message, not "nothing found"."""
    return _("Tin thật") if call == TRUE else _name(call)


def _row(row: queries.Row) -> dict[str, Any]:
    return {
        "model": row.model,
        "name": _name(row.machine),
        "judged": row.rate.judged,
        "right": row.rate.right,
        "wrong": row.rate.wrong,
        "percent": _share(row.rate.wrong, row.rate.judged) if row.rate.enough else None,
        "instead": [{"name": _name(call), "count": count} for call, count in row.instead],
    }


def _model(known: verdicts.Known) -> dict[str, Any]:
    return {
        "version": known.version,
        "is_own": known.added_at is None,
        "added_at": known.added_at,
        "is_live": known.is_live,
        "since": known.live_since,
    }


def _replays(officer: Officer) -> dict[str, Any]:
    """The newest replays, for replays.html."""
    newest = queries.replays(officer)
    makers = people.officers_of({one.replay.made_by for one in newest})
    return {"replays": [_told(one, makers) for one in newest]}


def _told(one: queries.Told, makers: dict[str, Officer]) -> dict[str, Any]:
    replay, progress = one.replay, one.progress
    names = ("done", "failed", "left", "dropped", "total")
    return {
        "ident": replay.pk,
        "model": replay.model,
        "against": replay.against,
        "at": replay.made_at,
        "by": makers[replay.made_by].display_name if replay.made_by in makers else "",
        "reports": replay.reports,
        "read": one.read,
        "changed": one.changed,
        "judged": one.judged,
        "was_right": one.was_right,
        "would_be_right": one.would_be_right,
        "progress": {name: getattr(progress, name) for name in names} if progress else None,
        "is_over": bool(progress and not progress.left),
    }


def _move(one: queries.Move) -> dict[str, Any]:
    return {
        "was": one.was,
        "would_be": one.would_be,
        "from": _name(one.was),
        "to": _name(one.would_be),
        "changes": one.was != one.would_be,
        "reports": one.reports,
        "judged": one.judged,
        "was_right": one.was_right,
        "would_be_right": one.would_be_right,
    }


def _changes(officer: Officer, told: queries.Told, chosen: dict[str, str], *, judged: bool) -> list[dict[str, Any]]:
    found = queries.changes(officer, told.replay, judged=judged, **chosen)
    return [
        {
            "code": one.code,
            "from": _name(one.was),
            "to": _name(one.would_be),
            "said": _name(one.said) if one.said else "",
            "gets_right": one.said == one.would_be,
            "scam_from": _percent(one.scam_was),
            "scam_to": _percent(one.scam_would_be),
        }
        for one in found
    ]


def _number(written: str) -> int:
    """A whole number as somebody types it; 0, which no replay takes, for anything else."""
    digits = written.replace(".", "").replace(",", "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0
