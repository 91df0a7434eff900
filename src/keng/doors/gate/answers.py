"""How work is asked for: a page that keeps what was typed, or an error with the challenge in its headers."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language

from keng.base.errors import InputError, KengError, Said
from keng.desk.ground.gate.actions import Asked
from keng.doors.gate.routes import Route, Way
from keng.doors.told import answer_api_error, fields_of

WORK_ASKED = Said(
    "Đang có nhiều yêu cầu từ mạng của bạn. Hãy giải câu đố trong Keng-Challenge rồi gửi lại kèm Keng-Proof. "
    "Không có gì bị chặn.",
    "There are many requests from your network. Solve Keng-Challenge and send again with Keng-Proof. "
    "Nothing is blocked.",
)
MANY_ASK = Said(
    "Lúc này có nhiều người cùng gửi từ mạng của bạn. Những gì bạn viết còn nguyên ở đây và sẽ được nhận; chỉ cần chờ vài giây.",
    "Just now many people are sending from your network. What you wrote is all here and will be taken; only wait a few seconds.",
)
MANY_LOOK = Said(
    "Lúc này có nhiều lượt tra mã từ mạng của bạn. Trang này tự mở lại sau vài giây; báo cáo của bạn vẫn còn.",
    "Just now many codes are being looked up from your network. This page opens by itself in a few seconds; your report is safe.",
)
PRECONDITION_REQUIRED, TOO_MANY = 428, 429


def ask(request: HttpRequest, route: Route, asked: Asked) -> HttpResponse:
    """The answer to somebody who is asked for work. Nobody is told that they are blocked, since nobody is."""
    response = _tell_machine(asked) if route.way is Way.MACHINE else _tell_person(request, route, asked)
    response.headers["Retry-After"] = str(asked.wait_seconds)
    add_never_cache_headers(response)
    return response


def _tell_machine(asked: Asked) -> HttpResponse:
    response = answer_api_error(
        asked.why or InputError("work_asked", WORK_ASKED, field="Keng-Proof"), PRECONDITION_REQUIRED
    )
    response.headers["Keng-Challenge"] = asked.challenge
    response.headers["Keng-Bits"] = str(asked.bits)
    return response


def _tell_person(request: HttpRequest, route: Route, asked: Asked) -> HttpResponse:
    said = MANY_LOOK if route.way is Way.PAGE else MANY_ASK
    language = get_language() or "vi"
    context = {
        "said": said.in_language(language),
        "why": _why(asked.why, language),
        "challenge": asked.challenge,
        "bits": asked.bits,
        "wait": asked.wait_seconds,
        "way": route.way.name.lower(),
        "again": _again(request, asked.ticket),
        "here": _again(request, None),
        "fields": fields_of(request) if route.way is Way.FORM else [],
    }
    response = render(request, "public/wait.html", context, status=TOO_MANY)
    if route.way is Way.PAGE:
        response.headers["Refresh"] = f"{asked.wait_seconds}; url={context['again']}"
    return response


def _why(error: KengError | None, language: str) -> str:
    return error.said.in_language(language) if error else ""


def _again(request: HttpRequest, proof: str | None) -> str:
    """The address to come back to, with the proof that it needs."""
    query = {name: value for name, value in request.GET.items() if name != "proof"}
    query |= {"proof": proof} if proof else {}
    return f"{request.path}?{urlencode(query)}" if query else request.path
