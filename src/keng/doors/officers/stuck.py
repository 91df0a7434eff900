"""What could not be sent or done: dead letters, tasks in quarantine, and the batches that try many of them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.base import clock
from keng.desk.fraud.measures import queries as measures
from keng.desk.ground.jobs import actions, batches, kinds, tasks
from keng.desk.ground.jobs import queries as jobs
from keng.desk.ground.jobs.states import Reason
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors.officers.frame import attempt, officer_of, show, signed_in

PAGE = "officers:dead_letters"
FILTERS = ("to", "kind", "reason")
MAX_FILTER = 64


@require_safe
@signed_in
def dead_letters(request: HttpRequest) -> HttpResponse:
    """What was given up, what is still being tried after a failure, and how far the batches are."""
    officer = officer_of(request)
    chosen = {name: request.GET.get(name, "")[:MAX_FILTER].replace("\0", "") for name in FILTERS}
    only_tasks, only_letters = bool(chosen["kind"]), bool(chosen["to"])
    dead = [] if only_tasks else jobs.dead_letters(officer, recipient=chosen["to"], reason=chosen["reason"])
    trying = [] if any(chosen.values()) else jobs.struggling(officer)
    aside = [] if only_letters else jobs.quarantined(officer, kind=chosen["kind"], reason=chosen["reason"])
    counts = jobs.dead_by_recipient(officer)
    abouts = measures.abouts(officer, "outbox.list", {letter.subject for letter in (*dead, *trying)})
    names = partners.names_of({*counts, *(letter.recipient for letter in (*dead, *trying))})
    context = {
        "letters": [_letter(letter, abouts, names) for letter in dead],
        "trying": [_letter(letter, abouts, names) for letter in trying],
        "tasks": [_task(task) for task in aside],
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "choices": _choices(counts, names),
        "all_of": _all_of(chosen["to"], counts, names),
        "can_resend": rights.is_allowed(officer, "outbox.retry"),
        "can_open": rights.is_allowed(officer, "reports.look"),
        **_batches(officer),
    }
    return show(request, "officers/dead_letters.html", context)


@require_safe
@signed_in
def batch_rows(request: HttpRequest) -> HttpResponse:
    """The part of the page that stays fresh: how far the batches are."""
    return render(request, "officers/batches.html", _batches(officer_of(request)))


@require_POST
@signed_in
def resend(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Let a dead letter be tried again."""
    return _done(request, _("Sẽ gửi lại ngay."), lambda officer: actions.retry(officer, ident, now=clock.now()))


@require_POST
@signed_in
def resend_all(request: HttpRequest) -> HttpResponse:
    """Let all dead letters of one partner be tried again."""
    to = request.POST.get("to", "")[:MAX_FILTER].replace("\0", "")
    said = _("Đang gửi lại tất cả. Tiến độ hiện ở dưới.")
    return _done(request, said, lambda officer: batches.resend_all(officer, to, now=clock.now()))


@require_POST
@signed_in
def drop_letter(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Decide that a dead letter need not arrive."""
    why = request.POST.get("reason", "")
    return _done(request, _("Đã bỏ thư này."), lambda officer: actions.drop(officer, ident, why, now=clock.now()))


@require_POST
@signed_in
def retry_task(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Let a task be tried again."""
    return _done(request, _("Sẽ làm lại ngay."), lambda officer: tasks.retry(officer, ident, now=clock.now()))


@require_POST
@signed_in
def drop_task(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Decide that a task need not be done."""
    why = request.POST.get("reason", "")
    return _done(request, _("Đã bỏ việc này."), lambda officer: tasks.drop(officer, ident, why, now=clock.now()))


@require_POST
@signed_in
def retry_batch(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Try again what failed in a batch."""
    said = _("Đang làm lại những phần hỏng.")
    return _done(request, said, lambda officer: batches.retry_failed(officer, ident, now=clock.now()))


@require_POST
@signed_in
def cancel_batch(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Stop what has not begun in a batch."""
    said = _("Đã dừng. Những gì đang làm dở sẽ làm nốt.")
    return _done(request, said, lambda officer: batches.cancel(officer, ident, now=clock.now()))


def _done(request: HttpRequest, said: str, act: Callable[[Officer], object]) -> HttpResponse:
    officer = officer_of(request)
    attempt(request, said, lambda: act(officer))
    return redirect(PAGE)


def _choices(counts: dict[str, int], names: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers."""
    language = get_language() or "vi"
    return {
        "to": [(code, f"{names.get(code, code)} ({count})") for code, count in counts.items()],
        "kind": [(kind.name, kind.said.in_language(language)) for kind in kinds.all_kinds()],
        "reason": [(value, str(label)) for value, label in Reason.choices],
    }


def _all_of(to: str, counts: dict[str, int], names: dict[str, str]) -> dict[str, Any] | None:
    """The partner whose letters can be sent again by one press: the one that was chosen, or the only one."""
    code = to or (next(iter(counts)) if len(counts) == 1 else "")
    count = counts.get(code, 0)
    if not count:
        return None
    label = ngettext("Gửi lại %(n)d thư của %(name)s", "Gửi lại cả %(n)d thư của %(name)s", count)
    return {"to": code, "label": label % {"n": count, "name": names.get(code, code)}}


def _letter(letter: jobs.Letter, abouts: dict[str, measures.About], names: dict[str, str]) -> dict[str, Any]:
    about = abouts.get(letter.subject)
    return {
        "ident": letter.id,
        "kind": _("Tin SMS trả lời người dân") if letter.subject.startswith("sms:") else _("Yêu cầu tới ngân hàng"),
        "to": names.get(letter.recipient, letter.recipient),
        "about": about.code if about else letter.subject,
        "code": about.report_code if about else "",
        "tries": letter.tries,
        "created_at": letter.created_at,
        "last_at": letter.last_try_at,
        "next_at": letter.next_try_at,
        "reason": _reason(letter.reason, letter.last_error),
        "error": letter.last_error,
    }


def _task(task: jobs.ShownTask) -> dict[str, Any]:
    return {
        "ident": task.id,
        "kind": _kind(task.kind),
        "tries": task.tries,
        "created_at": task.created_at,
        "last_at": task.last_try_at,
        "reason": _reason(task.reason, task.last_error),
        "error": task.last_error,
    }


def _reason(code: str, error: str) -> str:
    """The reason in words; of a letter from before reasons were kept, by the error."""
    if code in Reason.values:
        return str(Reason(code).label)
    return str((Reason.NOT_TAKEN if error.startswith("HTTP") else Reason.UNREACHABLE).label)


def _kind(name: str) -> str:
    kind = kinds.find_kind(name)
    return kind.said.in_language(get_language() or "vi") if kind else name


def _batches(officer: Officer) -> dict[str, Any]:
    """The batches with their progress, for batches.html."""
    newest = jobs.batches(officer)
    makers = people.officers_of({batch.made_by for batch in newest})
    names = partners.names_of(batch.subject.removeprefix("partner:") for batch in newest)
    return {
        "batches": [
            {
                "ident": batch.id,
                "kind": _kind(batch.kind),
                "about": names.get(batch.subject.removeprefix("partner:"), batch.subject.removeprefix("model:")),
                "by": makers[batch.made_by].display_name if batch.made_by in makers else batch.made_by,
                "at": batch.made_at,
                "is_cancelled": batch.cancelled_at is not None,
                "progress": {name: getattr(batch, name) for name in ("done", "failed", "left", "dropped", "total")},
            }
            for batch in newest
        ],
        "can_retry": rights.is_allowed(officer, "batches.retry_failed"),
    }
