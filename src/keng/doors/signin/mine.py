"""An officer's own keys, codes and sessions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keng.base import clock
from keng.base.errors import InputError
from keng.base.times import day_in_vietnam
from keng.desk.ground.keys.queries import store
from keng.desk.ground.people import rights
from keng.desk.ground.signin import factors, proof, queries, visits
from keng.doors.officers.frame import attempt, officer_of, show, signed_in
from keng.doors.signin.ceremony import answered, go_to, other_host, party, told_in_json
from keng.doors.signin.enrolling import ask_new_key, shown_secret, waiting_secret
from keng.doors.signin.forms import DigitsForm, NewKeyForm
from keng.doors.signin.visiting import visit_of
from keng.vietnam import rules


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """What I come in with, and where I am in."""
    officer, now, current = officer_of(request), clock.now(), visit_of(request)
    rights.require(officer, "signin.manage_own")
    here = current.pk if current else None
    context: dict[str, Any] = {
        "keys": queries.live_passkeys(officer),
        "authenticator": queries.authenticator_of(officer),
        "codes_left": queries.codes_left(officer),
        "sessions": [{"visit": one, "here": one.pk == here} for one in queries.open_visits(officer, now=now)],
        "ends_after": rules.limit("signin.session_ends_after", day_in_vietnam(now)).time,
        "idle_after": rules.limit("signin.session_idle_after", day_in_vietnam(now)).time,
        "is_fresh": proof.is_fresh(officer, now=now),
        "key_form": NewKeyForm(),
        "other_host": other_host(request),
    }
    return show(request, "signin/mine.html", context)


@told_in_json
@signed_in
def ask_key(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make one more key."""
    officer = officer_of(request)
    proof.require_fresh(officer, now=clock.now())
    return ask_new_key(request, officer)


@told_in_json
@signed_in
def take_key(request: HttpRequest) -> HttpResponse:
    """Keep one more key."""
    state, response, name = answered(request, "make")
    factors.add_passkey(officer_of(request), party(), state, response, name, now=clock.now())
    return go_to(reverse("signin:mine"))


@require_POST
@signed_in
def remove_key(request: HttpRequest, ident: UUID) -> HttpResponse:
    """Take one of my keys out of use."""
    officer, current = officer_of(request), visit_of(request)
    attempt(
        request,
        _("Đã bỏ khoá."),
        lambda: factors.remove_passkey(officer, ident, current.pk if current else None, now=clock.now()),
    )
    return redirect("signin:mine")


@require_http_methods(["POST"])
@signed_in
def authenticator(request: HttpRequest) -> HttpResponse:
    """Begin with an authenticator (a new secret), or prove it by its digits."""
    officer, now = officer_of(request), clock.now()
    rights.require(officer, "signin.manage_own")
    proof.require_fresh(officer, now=now)
    if "digits" not in request.POST:
        secret = factors.begin_authenticator(officer, store(), now=now)
        return _authenticator_page(request, shown_secret(secret, officer, DigitsForm()), 200)
    form = DigitsForm(request.POST)
    if form.is_valid():
        try:
            factors.add_authenticator(officer, form.cleaned_data["digits"], store(), now=now)
            return redirect("signin:mine")
        except InputError as error:
            form.add_error("digits", error.said.in_language(get_language() or "vi"))
    return _authenticator_page(request, waiting_secret(officer, form), 422)


@require_POST
@signed_in
def remove_authenticator(request: HttpRequest) -> HttpResponse:
    """Take my authenticator out of use."""
    officer = officer_of(request)
    attempt(request, _("Đã bỏ ứng dụng mã."), lambda: factors.remove_authenticator(officer, now=clock.now()))
    return redirect("signin:mine")


@require_POST
@signed_in
def codes(request: HttpRequest) -> HttpResponse:
    """New one-use codes, shown this once."""
    made = factors.make_codes(officer_of(request), now=clock.now())
    return show(request, "signin/codes.html", {"codes": made, "language_url": reverse("signin:mine")})


@require_POST
@signed_in
def end_session(request: HttpRequest, ident: UUID) -> HttpResponse:
    """End one of my sessions."""
    officer = officer_of(request)
    attempt(request, _("Đã kết thúc phiên."), lambda: visits.end_own(officer, ident, now=clock.now()))
    return redirect("signin:mine")


@require_POST
@signed_in
def end_others(request: HttpRequest) -> HttpResponse:
    """End all my sessions but this one."""
    officer, current = officer_of(request), visit_of(request)
    attempt(
        request,
        _("Đã kết thúc các phiên khác."),
        lambda: visits.end_others(officer, current.pk if current else None, now=clock.now()),
    )
    return redirect("signin:mine")


def _authenticator_page(request: HttpRequest, more: dict[str, Any], status: int) -> HttpResponse:
    return show(request, "signin/authenticator.html", {"language_url": reverse("signin:mine"), **more}, status=status)
