"""The gate in the way of every request: before a form is read, a session opened or the database asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from keng.base import clock
from keng.desk.ground.gate import actions as gate
from keng.desk.ground.gate.work import Purpose
from keng.desk.ground.keys.queries import store
from keng.doors.gate.answers import ask
from keng.doors.gate.callers import address_of, is_neighbour, is_signed, waiting_in
from keng.doors.gate.routes import Route, Way, find_route

PROOF_HEADER, PROOF_QUERY = "Keng-Proof", "proof"
NOT_FOUND = 404


class Gate:
    """Lets a request in, or answers it with the work that is asked. A look-up is charged when it found nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        looked_up = getattr(request, "looked_up_from", None)
        if looked_up is not None and response.status_code == NOT_FOUND:
            gate.note_miss(Purpose.LOOKUP, looked_up, store(), now=clock.now())
        return response

    def process_view(self, request: HttpRequest, _view: Any, _arguments: Any, _keywords: Any) -> HttpResponse | None:
        match = request.resolver_match
        route = find_route(match.view_name, request.method or "") if match else None
        address = address_of(request) if route else None
        if route is None or is_neighbour(address) or _is_bare(request):
            return None
        return self._judge(request, route, address)

    def _judge(self, request: HttpRequest, route: Route, address: Any) -> HttpResponse | None:
        now = clock.now()
        token = request.headers.get(PROOF_HEADER) or request.GET.get(PROOF_QUERY) or ""
        visit = gate.Visit(
            route.purpose,
            address,
            token,
            waiting_in(request),
            may_be_slow=route.may_be_slow,
            may_wait=route.way is not Way.MACHINE,
        )
        verdict = gate.admit(visit, store(), now=now)
        if isinstance(verdict, gate.Asked) and not is_signed(request, now):
            return ask(request, route, verdict)
        if isinstance(verdict, gate.Admitted):
            request.admitted = verdict  # type: ignore[attr-defined]
        if route.purpose is Purpose.LOOKUP:
            request.looked_up_from = address  # type: ignore[attr-defined]
        return None


def _is_bare(request: HttpRequest) -> bool:
    """True for the page that only asks for a code."""
    match = request.resolver_match
    return bool(match and match.view_name == "public:track_ask" and "code" not in request.GET)
