"""Errors as the outside reads them: one JSON shape for machines, one page for people, both languages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from keng.base.errors import ConflictError, InputError, KengError, RefusedError, Said

STATUS_OF_CODE = {
    "bad_json": 400,
    "bad_signature": 401,
    "stale_timestamp": 401,
    "unknown_partner": 401,
    "no_such_request": 404,
    "no_receipt": 404,
    "no_report": 404,
    "no_measure": 404,
    "no_campaign": 404,
    "no_appeal": 404,
    "no_case": 404,
    "no_code": 404,
    "no_followup": 404,
    "no_such_order": 404,
    "no_picture": 404,
    "picture_too_large": 413,
    "heic": 415,
    "not_a_picture": 415,
    "no_organisation": 404,
    "too_large": 413,
    "too_many_tries": 429,
    "no_invitation": 404,
    "no_question": 404,
    "no_register": 404,
    "no_sample": 404,
    "no_finding": 404,
    "no_guessing": 404,
    "part_too_long": 413,
    "too_many_questions": 429,
    "looks_like_guessing": 429,
}
OUR_FAULTS = 500  # from this status on sending the same again may help
NOT_KEPT = frozenset({"csrfmiddlewaretoken"})
STATUS_OF_KIND: dict[type[KengError], int] = {InputError: 422, RefusedError: 403, ConflictError: 409}


def status_of(error: KengError) -> int:
    """The HTTP status of an error."""
    return STATUS_OF_CODE.get(error.code) or STATUS_OF_KIND.get(type(error), 503)


def answer_api_error(error: KengError, status: int | None = None) -> JsonResponse:
    """`{"error": {"code", "vi", "en", "field"}}`: the one shape of every error of the API."""
    body = {"error": {"code": error.code, "vi": error.said.vi, "en": error.said.en, "field": error.field}}
    return JsonResponse(body, status=status or status_of(error), json_dumps_params={"ensure_ascii": False})


def answer_page_error(request: HttpRequest, error: KengError, status: int | None = None) -> HttpResponse:
    """A page for a person: officers get theirs, everybody else the plain one. No cache keeps it.

    What needs a fresh proof leads to the page that asks for one, and from there back to the page it was done on.
    """
    if error.code == "proof_needed":
        back = urlsplit(request.headers.get("Referer", "")).path
        return redirect(f"{reverse('signin:prove')}?{urlencode({'next': back})}")
    return tell_page(request, error.said, {"code": error.code}, status or status_of(error))


def tell_page(request: HttpRequest, said: Said, context: dict[str, Any], status: int) -> HttpResponse:
    """The page that says what did not work, in the room where it happened.

    What answered a form cannot be asked for again in the other language, so that page says it in both at once. If the fault
    was ours, the page holds what was filled in, to be sent once more.
    """
    language = getattr(request, "LANGUAGE_CODE", "vi")
    is_desk = request.path.startswith(("/ban/", "/vao/", "/doi-tac/"))
    template = "officers/refused.html" if is_desk else "public/problem.html"
    told: dict[str, Any] = {"status": status, "said": said.in_language(language)}
    if status >= OUR_FAULTS and not is_desk and request.method == "POST":
        told["again"] = {"action": request.get_full_path(), "fields": fields_of(request)}
    if request.method != "GET":
        other = "vi" if language.startswith("en") else "en"
        told["other"] = {"language": other, "said": said.in_language(other)}
    response = render(request, template, {**told, **context}, status=status)
    add_never_cache_headers(response)
    return response


def fields_of(request: HttpRequest) -> list[dict[str, Any]]:
    """`{name, value}` of everything that was filled in, in its order; no files."""
    return [
        {"name": name, "value": value}
        for name, values in request.POST.lists()
        if name not in NOT_KEPT
        for value in values
    ]
