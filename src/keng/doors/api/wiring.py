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
from keng.doors.api import partner, reports
from keng.doors.told import answer_api_error

BAD_JSON = Said("Nội dung không phải JSON bằng UTF-8.", "The body is not JSON in UTF-8.")
BAD_FIELD = Said("Trường {field} thiếu hoặc không đúng: {why}.", "Field {field} is missing or wrong: {why}.")
NOT_FOUND = Said("Không có địa chỉ này.", "There is no such address.")


class Utf8Json(Parser):
    """JSON in UTF-8 and nothing else; Python's own reader would guess at UTF-16 and UTF-32."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(request.body.decode("utf-8-sig"))


def build_api() -> NinjaAPI:
    """The API under /api/v1/, with its document at /api/v1/openapi.json."""
    api = NinjaAPI(title="Kẻng", version=__version__, docs_url=None, urls_namespace="api", parser=Utf8Json())
    api.add_router("", reports.router)
    api.add_router("", partner.router)
    api.add_exception_handler(KengError, _told)
    api.add_exception_handler(HttpError, _unreadable)
    api.add_exception_handler(ValidationError, _invalid)
    return api


def _told(_request: HttpRequest, error: KengError) -> HttpResponse:
    return answer_api_error(error)


def _unreadable(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return answer_api_error(InputError("bad_json", BAD_JSON), error.status_code)


def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    first: dict[str, Any] = error.errors[0]
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "payload", "query", "path"))
    told = InputError("bad_field", BAD_FIELD.filled(field=field or "?", why=first["msg"]), field=field or None)
    return answer_api_error(told)
