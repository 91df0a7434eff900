"""The API and how its errors are told."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from keng import __version__
from keng.base.errors import InputError, KengError, Said
from keng.base.text import is_whole
from keng.doors.api import chat, followups, partner, registers, reports
from keng.doors.told import answer_api_error

BAD_JSON = Said("Nội dung không phải JSON bằng UTF-8.", "The body is not JSON in UTF-8.")
BROKEN_TEXT = Said("Nội dung có ký tự hỏng.", "The text holds broken characters.")
BAD_FIELD = Said("Trường {field} thiếu hoặc không đúng: {why}.", "Field {field} is missing or wrong: {why}.")
NOT_FOUND = Said("Không có địa chỉ này.", "There is no such address.")


class Utf8Json(Parser):
    """JSON in UTF-8 and nothing else; Python's own reader would guess at UTF-16 and UTF-32."""

    def parse_body(self, request: HttpRequest) -> Any:
        data = json.loads(request.body.decode("utf-8-sig"))
        if (field := find_broken(data)) is not None:
            raise InputError("broken_text", BROKEN_TEXT, field=field or None)
        return data


def find_broken(data: Any, field: str = "") -> str | None:
    """The place (`loss.at`) of the first text that cannot be kept; None if all can."""
    if isinstance(data, str):
        return None if is_whole(data) else field
    if isinstance(data, dict):
        if not all(map(is_whole, data)):
            return field
        parts = ((f"{field}.{name}".lstrip("."), value) for name, value in data.items())
    elif isinstance(data, list):
        parts = ((field, value) for value in data)
    else:
        return None
    return next((found for name, value in parts if (found := find_broken(value, name)) is not None), None)


def build_api() -> NinjaAPI:
    """The API under /api/v1/, with its document at /api/v1/openapi.json."""
    api = NinjaAPI(title="Kẻng", version=__version__, docs_url=None, urls_namespace="api", parser=Utf8Json())
    api.add_router("", reports.router)
    api.add_router("", partner.router)
    api.add_router("", chat.router)
    api.add_router("", registers.router)
    api.add_router("", followups.router)
    api.add_exception_handler(KengError, _told)
    api.add_exception_handler(HttpError, _unreadable)
    api.add_exception_handler(ValidationError, _invalid)
    return api


def _told(_request: HttpRequest, error: KengError) -> HttpResponse:
    return answer_api_error(error)


def _unreadable(_request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, KengError):  # told by our parser
        return answer_api_error(error.__cause__)
    return answer_api_error(InputError("bad_json", BAD_JSON), error.status_code)


def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    first: dict[str, Any] = error.errors[0]
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "payload", "query", "path"))
    told = InputError("bad_field", BAD_FIELD.filled(field=field or "?", why=first["msg"]), field=field or None)
    return answer_api_error(told)
