"""Coming in by a passkey or by codes, and proving again who one is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from keng.base import clock
from keng.base.errors import KengError, RefusedError
from keng.desk.ground.keys.queries import store
from keng.desk.ground.signin import entering, passkeys, queries
from keng.doors.officers.frame import home_of, officer_of, show, signed_in
from keng.doors.signin.ceremony import answered, ask, go_to, other_host, party, told_in_json
from keng.doors.signin.forms import CodesForm, DigitsForm
from keng.doors.signin.visiting import come_in, visit_of
from keng.doors.told import status_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enter(request: HttpRequest) -> HttpResponse:
    """The way in. The passkey is asked for by script; POST brings name, digits and a one-use code, and needs none."""
    if request.method != "POST":
        return _entry_page(request, CodesForm(), 200)
    form = CodesForm(request.POST)
    if not form.is_valid():
        return _entry_page(request, form, 422)
    typed = form.cleaned_data
    try:
        visit = entering.enter_by_codes(
            typed["name"], typed["digits"], typed["code"], address_of(request), store(), now=clock.now()
        )
    except RefusedError as error:
        form.add_error(None, error.said.in_language(get_language() or "vi"))
        return _entry_page(request, form, status_of(error))
    come_in(request, visit)
    return home_of(visit.officer)


@told_in_json
def ask_key(request: HttpRequest) -> HttpResponse:
    """A challenge for any passkey."""
    return ask(request, "enter", *passkeys.begin_using(party()))


@told_in_json
def take_key(request: HttpRequest) -> HttpResponse:
    """Come in by the passkey that signed."""
    state, response, _name = answered(request, "enter")
    visit = entering.enter_by_passkey(party(), state, response, address_of(request), store(), now=clock.now())
    come_in(request, visit)
    return go_to(home_of(visit.officer).headers["Location"])


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def prove(request: HttpRequest) -> HttpResponse:
    """Ask an officer who is in to prove it anew; POST brings the authenticator's digits."""
    if request.method != "POST":
        return _proof_page(request, DigitsForm(), 200)
    form = DigitsForm(request.POST)
    if not form.is_valid():
        return _proof_page(request, form, 422)
    visit = visit_of(request)
    assert visit is not None  # noqa: S101 - `signed_in` let nobody else through
    try:
        entering.prove_by_digits(visit, form.cleaned_data["digits"], address_of(request), store(), now=clock.now())
    except KengError as error:
        form.add_error("digits", error.said.in_language(get_language() or "vi"))
        return _proof_page(request, form, status_of(error))
    request.session.cycle_key()
    return redirect(_next_of(request))


@told_in_json
@signed_in
def ask_proof(request: HttpRequest) -> HttpResponse:
    """A challenge for a key of one's own."""
    return ask(request, "prove", *passkeys.begin_using(party()))


@told_in_json
@signed_in
def take_proof(request: HttpRequest) -> HttpResponse:
    """Note the fresh proof and go back to what needed it."""
    state, response, _name = answered(request, "prove")
    visit = visit_of(request)
    assert visit is not None  # noqa: S101 - `signed_in` let nobody else through
    entering.prove_by_passkey(visit, party(), state, response, address_of(request), store(), now=clock.now())
    request.session.cycle_key()
    return go_to(_next_of(request))


def address_of(request: HttpRequest) -> str:
    """The network address that the request came from. It is counted under a keyed hash and kept nowhere."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _entry_page(request: HttpRequest, form: CodesForm, status: int) -> HttpResponse:
    context = {
        "form": form,
        "has_passkeys": passkeys.relying_party(settings.KENG_ADDRESS) is not None,
        "other_host": other_host(request),
        "language_url": reverse("signin:enter"),
    }
    return render(request, "signin/enter.html", context, status=status)


def _proof_page(request: HttpRequest, form: DigitsForm, status: int) -> HttpResponse:
    officer = officer_of(request)
    context: dict[str, Any] = {
        "form": form,
        "has_key": bool(queries.live_passkeys(officer)),
        "has_digits": queries.authenticator_of(officer) is not None,
        "other_host": other_host(request),
        "next": _next_of(request),
        "language_url": reverse("signin:prove"),
    }
    return show(request, "signin/prove.html", context, status=status)


def _next_of(request: HttpRequest) -> str:
    """The page of ours that asked for the proof; the officer's own page if none did."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/ban/")
    return wanted if is_ours else reverse("signin:mine")
