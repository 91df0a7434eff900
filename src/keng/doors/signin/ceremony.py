"""What the pages' script and the server say to each other about passkeys: JSON; the challenge waits in the browser's session."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from keng.base import clock
from keng.base.errors import InputError, KengError, RefusedError, Said
from keng.base.times import iso
from keng.desk.ground.signin import passkeys
from keng.desk.ground.signin.passkeys import RelyingParty
from keng.doors.told import answer_api_error

CHALLENGE = "passkey"
CHALLENGE_LASTS = timedelta(minutes=5)

NO_PASSKEYS = Said(
    "Bản cài đặt này không dùng được khoá đăng nhập: địa chỉ của nó không phải HTTPS.",
    "This installation can use no passkeys: its address is not HTTPS.",
)
TOO_LATE = Said("Lần thử này quá lâu. Hãy thử lại.", "That took too long. Try again.")

View = Callable[..., HttpResponse]


def told_in_json(view: View) -> View:
    """A POST of the script: errors go back as JSON in both languages, and nothing is cached."""

    @wraps(view)
    @never_cache
    @require_POST
    def answering(request: HttpRequest, *arguments: Any, **keywords: Any) -> HttpResponse:
        try:
            return view(request, *arguments, **keywords)
        except KengError as error:
            return answer_api_error(error)

    return answering


def party() -> RelyingParty:
    """Whose keys they are. Raises RefusedError `no_passkeys` where browsers know none."""
    found = passkeys.relying_party(settings.KENG_ADDRESS)
    if found is None:
        raise RefusedError("no_passkeys", NO_PASSKEYS)
    return found


def ask(request: HttpRequest, purpose: str, options: dict[str, Any], state: dict[str, Any]) -> JsonResponse:
    """Send the browser what it is asked, and keep the challenge for one answer."""
    request.session[CHALLENGE] = {"purpose": purpose, "at": iso(clock.now()), "state": state}
    return JsonResponse(options)


def answered(request: HttpRequest, purpose: str) -> tuple[dict[str, Any], Any, str]:
    """The kept state, the browser's answer and the name given with it. The challenge is spent. Raises InputError."""
    kept = request.session.pop(CHALLENGE, None)
    if not kept or kept["purpose"] != purpose:
        raise InputError("too_late", TOO_LATE)
    if clock.now() - datetime.fromisoformat(kept["at"]) > CHALLENGE_LASTS:
        raise InputError("too_late", TOO_LATE)
    try:
        body = json.loads(request.body)
        return kept["state"], body["credential"], str(body.get("name", ""))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError("bad_passkey", passkeys.UNREADABLE) from error


def go_to(address: str) -> JsonResponse:
    """Where the script goes next."""
    return JsonResponse({"to": address})


def other_host(request: HttpRequest) -> str:
    """The same page under the one address where passkeys work, if this is another; else empty."""
    found = passkeys.relying_party(settings.KENG_ADDRESS)
    if found is None or f"{request.scheme}://{request.get_host()}" == found.origin:
        return ""
    return found.origin + request.path
