"""What is said of a body that Kẻng does not take. `keng.site.front` waits for bodies; this middleware tells the caller."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from keng.base.errors import InputError, KengError, Said, UnavailableError
from keng.doors.told import answer_api_error

WITHIN_SECONDS = 15.0  # 1 MiB at 70 KiB/s; what people send is a few KiB
FAULT = "keng.body"  # in the WSGI environment; no header can set it
TOO_SLOW, CUT_OFF = "too_slow", "cut_off"

TOO_LARGE = Said("Nội dung gửi lên quá lớn: nhiều nhất 1 MiB.", "What was sent is too large: 1 MiB at most.")
NEEDS_LENGTH = Said("Thiếu Content-Length.", "Content-Length is missing.")
CAME_TOO_SLOWLY = Said(
    "Nội dung gửi lên tới quá chậm nên Kẻng chưa nhận gì. Hãy gửi lại.",
    "What was sent came too slowly, and Kẻng took nothing of it. Send it again.",
)
WAS_CUT_OFF = Said(
    "Nội dung gửi lên bị đứt giữa chừng nên Kẻng chưa nhận gì. Hãy gửi lại.",
    "What was sent was cut off, and Kẻng took nothing of it. Send it again.",
)


class BodyLimit:
    """Refuses a body over the limit by its stated length, one without a length, and one that did not come whole or in time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("Transfer-Encoding"):
            return _refuse(request, InputError("needs_length", NEEDS_LENGTH), 411)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.KENG_MAX_BODY_BYTES:
            return _refuse(request, InputError("too_large", TOO_LARGE), 413)
        match request.META.get(FAULT):
            case "too_slow":
                return _refuse(request, UnavailableError(TOO_SLOW, CAME_TOO_SLOWLY), 408)
            case "cut_off":
                return _refuse(request, InputError(CUT_OFF, WAS_CUT_OFF), 400)
        return self.get_response(request)


def _refuse(request: HttpRequest, error: KengError, status: int) -> HttpResponse:
    """Refuse without the body; the connection is closed since the rest of it may be under way."""
    if request.path.startswith("/api/"):
        response: HttpResponse = answer_api_error(error, status)
    else:
        response = HttpResponse(
            f"{error.said.vi}\n{error.said.en}\n", status=status, content_type="text/plain; charset=utf-8"
        )
    response.headers["Connection"] = "close"
    return response
