"""Whether this installation is well, and the pages for addresses that lead nowhere."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from keng.base.errors import InputError, Said, UnavailableError
from keng.doors.told import answer_api_error, answer_page_error

NO_PAGE = Said("Không có trang này.", "There is no such page.")
OUR_FAULT = Said(
    "Kẻng gặp lỗi. Những gì bạn đã gửi trước đó vẫn còn. Hãy thử lại sau ít phút.",
    "Kẻng met a fault of its own. What you sent before is safe. Try again in a few minutes.",
)


def healthz(_request: HttpRequest) -> HttpResponse:
    """200 if the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404 in the shape of the door it came through."""
    return _tell(request, InputError("not_found", NO_PAGE), 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500 in the shape of the door it came through."""
    return _tell(request, UnavailableError("our_fault", OUR_FAULT), 500)


def _tell(request: HttpRequest, error: InputError | UnavailableError, status: int) -> HttpResponse:
    tell = answer_api_error if request.path.startswith("/api/") else None
    return tell(error, status) if tell else answer_page_error(request, error, status)
