"""Where a page's script asks whether work is wanted, before the person has finished typing."""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from keng.base import clock
from keng.desk.ground.gate import actions as gate
from keng.desk.ground.gate.work import Purpose
from keng.desk.ground.keys.queries import store
from keng.doors.gate.callers import address_of, is_neighbour, waiting_in


@require_safe
@never_cache
def challenge(request: HttpRequest, purpose: str) -> JsonResponse:
    """`{"bits": 0}`, or `{"bits", "challenge"}` to be solved and sent along as `?proof=`. Nothing is written or counted."""
    if purpose not in list(Purpose):
        raise Http404
    address = address_of(request)
    asked = (
        None
        if is_neighbour(address)
        else gate.offer(Purpose(purpose), address, waiting_in(request), store(), now=clock.now())
    )
    return JsonResponse({"bits": asked.bits, "challenge": asked.challenge} if asked else {"bits": 0})
