"""Who is signed in, as long as their session of ours goes on. Asked only when somebody wants to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from keng.base import clock
from keng.desk.ground.signin import visits
from keng.desk.ground.signin.models import Ended, Visit

SESSION_KEY = "visit"
FRESHENING = "keng-live"  # a page that keeps itself fresh is not a person at work


class Visiting:
    """`request.user` is the officer of a session that goes on, with `proven_at`; else nobody, and the cookie is emptied."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        by_cookie = request.user
        request.user = SimpleLazyObject(lambda: _officer_of(request, by_cookie))  # type: ignore[assignment]
        return self.get_response(request)


def come_in(request: HttpRequest, visit: Visit) -> None:
    """Bind the browser to a session; one that it had ends. Its identifier is new, so that one planted before leads nowhere."""
    before = visit_of(request)
    if before:
        visits.end(before.pk, Ended.LEFT, actor=before.officer.actor, now=clock.now())
    request.session.cycle_key()
    auth.login(request, visit.officer, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[SESSION_KEY] = str(visit.pk)


def leave(request: HttpRequest) -> None:
    """End the session, here and in the database."""
    visit = visit_of(request)
    if visit:
        visits.end(visit.pk, Ended.LEFT, actor=visit.officer.actor, now=clock.now())
    auth.logout(request)


def visit_of(request: HttpRequest) -> Visit | None:
    """The session of the officer who is signed in; None if nobody is."""
    return getattr(request, "keng_visit", None) if request.user.is_authenticated else None


def _officer_of(request: HttpRequest, by_cookie: Any) -> Any:
    found = request.session.get(SESSION_KEY)
    if found is None or not by_cookie.is_authenticated:
        return _nobody(request) if found or by_cookie.is_authenticated else by_cookie
    is_used = request.headers.get("X-Requested-With") != FRESHENING
    visit = visits.go_on(UUID(found), by_cookie, is_used=is_used, now=clock.now())
    if visit is None:
        return _nobody(request)
    visit.officer = by_cookie
    by_cookie.proven_at = visit.proven_at
    request.keng_visit = visit  # type: ignore[attr-defined]
    return by_cookie


def _nobody(request: HttpRequest) -> AnonymousUser:
    """Over, or of an officer who has left: nothing of the browser's session is kept."""
    found = request.session.get(SESSION_KEY)
    if found:
        visits.end(UUID(found), Ended.INACTIVE, actor="system:clock", now=clock.now())
    request.session.flush()
    return AnonymousUser()
