"""Enrolment by a one-use invitation: the first passkey, or the authenticator."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from keng.base import clock
from keng.base.errors import KengError, RefusedError
from keng.desk.ground.keys.queries import store
from keng.desk.ground.people.models import Officer
from keng.desk.ground.signin import factors, passkeys, queries, totp
from keng.doors.signin.ceremony import answered, ask, go_to, other_host, party, told_in_json
from keng.doors.signin.forms import DigitsForm, NewKeyForm
from keng.doors.signin.visiting import come_in
from keng.doors.told import status_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invited(request: HttpRequest, code: str) -> HttpResponse:
    """Show whom the invitation is for and the two ways to begin. POST `begin` makes a secret; POST `digits` proves it."""
    officer = _invited_officer(code)
    if request.method != "POST":
        return _page(request, code, officer, {}, 200)
    if "digits" not in request.POST:
        secret = factors.begin_authenticator(officer, store(), now=clock.now())
        return _page(request, code, officer, shown_secret(secret, officer, DigitsForm()), 200)
    form = DigitsForm(request.POST)
    if form.is_valid():
        try:
            visit = factors.enrol_authenticator(code, form.cleaned_data["digits"], store(), now=clock.now())
        except KengError as error:
            form.add_error("digits", error.said.in_language(get_language() or "vi"))
            return _page(request, code, officer, waiting_secret(officer, form), status_of(error))
        come_in(request, visit)
        return redirect("signin:mine")
    return _page(request, code, officer, waiting_secret(officer, form), 422)


@told_in_json
def ask_first_key(request: HttpRequest, code: str) -> HttpResponse:
    """What the browser needs to make the first key."""
    return ask_new_key(request, _invited_officer(code))


@told_in_json
def take_first_key(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the first key, spend the invitation, come in."""
    state, response, name = answered(request, "make")
    visit = factors.enrol_passkey(code, party(), state, response, name, now=clock.now())
    come_in(request, visit)
    return go_to(reverse("signin:mine"))


def ask_new_key(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What the browser needs to make a key for this officer."""
    known = queries.live_passkeys(officer)
    handle = bytes(known[0].user_handle) if known else passkeys.new_handle()
    ids = [bytes(key.credential_id) for key in known]
    made = passkeys.begin_making(party(), officer.username, officer.display_name, handle, ids)
    return ask(request, "make", *made)


def shown_secret(secret: str, officer: Officer, form: DigitsForm) -> dict[str, Any]:
    """The secret as a picture and in letters, and the form for its first code."""
    address = totp.address_of(secret, officer.username)
    letters = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return {"picture": totp.picture_of(address), "letters": letters, "form": form}


def waiting_secret(officer: Officer, form: DigitsForm) -> dict[str, Any]:
    """The same for the secret that waits for its first code; nothing if none does."""
    secret = factors.waiting_secret(officer, store())
    return shown_secret(secret, officer, form) if secret else {}


def _invited_officer(code: str) -> Officer:
    """Whom the invitation is for. Raises RefusedError `no_invitation`, or `needs_digits` where it only stands for a code."""
    found = queries.find_invitation(code, now=clock.now())
    if found is None:
        raise RefusedError("no_invitation", factors.NO_INVITATION)
    if queries.live_passkeys(found.officer) or queries.authenticator_of(found.officer):
        raise RefusedError("needs_digits", factors.NEEDS_DIGITS)
    return found.officer


def _page(request: HttpRequest, code: str, officer: Officer, more: dict[str, Any], status: int) -> HttpResponse:
    context = {
        "code": code,
        "who": officer.display_name,
        "username": officer.username,
        "key_form": NewKeyForm(),
        "other_host": other_host(request),
        "language_url": reverse("signin:invited", args=[code]),
        **more,
    }
    return render(request, "signin/invited.html", context, status=status)
