"""What is said of a body that Kẻng does not take. `keng.site.front` waits for bodies; this middleware tells the caller."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from keng.base.errors import InputError, KengError, Said, UnavailableError
from keng.doors.told import answer_api_error

WITHIN_SECONDS = 15.0  # 1 MiB at 70 KiB/s; what people send is a few KiB
PICTURES_WITHIN_SECONDS = 90.0  # three photographs at 180 KiB/s
MOST_PICTURE_BODIES = 8  # or files of answers, under way at once in a process: 128 MiB
PICTURES = re.compile(r"/(?:theo-doi/[^/]+/anh/|api/v1/reports/[^/]+/pictures)")
SHEETS = ("/doi-tac/tep/", "/doi-tac/so-dang-ky/", "/doi-tac/danh-sach/", "/ban/dau-hieu/danh-sach/")
PARTS = re.compile(r"/(?:api/v1/registers/[^/]+/parts|doi-tac/so-dang-ky/[^/]+/phan/)")
WAITING = "keng.waiting"  # in the WSGI environment: how many requests waited for a thread; read by keng.doors.gate
FAULT = "keng.body"  # in the WSGI environment; no header can set it
TOO_SLOW, CUT_OFF, BUSY = "too_slow", "cut_off", "busy"

TOO_LARGE = Said("Nội dung gửi lên quá lớn: nhiều nhất 1 MiB.", "What was sent is too large: 1 MiB at most.")
PICTURES_TOO_LARGE = Said(
    "Các ảnh gửi cùng lúc quá lớn: nhiều nhất 16 MiB. Hãy gửi từng ảnh một; báo cáo của bạn vẫn còn nguyên.",
    "The pictures sent at once are too large: 16 MiB at most. Send one at a time; your report is safe.",
)
PICTURES_BUSY = Said(
    "Đang có nhiều người gửi ảnh hoặc tệp. Những gì đã gửi trước đó vẫn còn nguyên; hãy gửi lại sau ít giây.",
    "Many people are sending pictures or files. What was sent before is safe; send again in a few seconds.",
)
SHEET_TOO_LARGE = Said(
    "Tệp quá lớn: nhiều nhất 16 MiB. Chưa nhận dòng nào; hãy chia tệp ra.",
    "The file is too large: 16 MiB at most. No row was taken; split the file.",
)
NEEDS_LENGTH = Said("Thiếu Content-Length.", "Content-Length is missing.")
CAME_TOO_SLOWLY = Said(
    "Nội dung gửi lên tới quá chậm nên Kẻng chưa nhận gì. Hãy gửi lại.",
    "What was sent came too slowly, and Kẻng took nothing of it. Send it again.",
)
WAS_CUT_OFF = Said(
    "Nội dung gửi lên bị đứt giữa chừng nên Kẻng chưa nhận gì. Hãy gửi lại.",
    "What was sent was cut off, and Kẻng took nothing of it. Send it again.",
)


def is_for_pictures(path: str) -> bool:
    """True for the addresses that take pictures."""
    return PICTURES.fullmatch(path) is not None


def most_bytes(path: str) -> int:
    """The largest body that is taken at an address."""
    is_large = is_for_pictures(path) or path in SHEETS or PARTS.fullmatch(path) is not None
    limit: int = settings.KENG_MAX_PICTURES_BYTES if is_large else settings.KENG_MAX_BODY_BYTES
    return limit


class BodyLimit:
    """Refuses a body over the limit by its stated length, one without a length, and one that did not come whole or in time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("Transfer-Encoding"):
            return _refuse(request, InputError("needs_length", NEEDS_LENGTH), 411)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > most_bytes(request.path):
            return _refuse(request, InputError("too_large", _too_large(request.path)), 413)
        match request.META.get(FAULT):
            case "too_slow":
                return _refuse(request, UnavailableError(TOO_SLOW, CAME_TOO_SLOWLY), 408)
            case "busy":
                return _refuse(request, UnavailableError(BUSY, PICTURES_BUSY), 503)
            case "cut_off":
                return _refuse(request, InputError(CUT_OFF, WAS_CUT_OFF), 400)
        return self.get_response(request)


def _too_large(path: str) -> Said:
    if path in SHEETS or PARTS.fullmatch(path):
        return SHEET_TOO_LARGE
    return PICTURES_TOO_LARGE if is_for_pictures(path) else TOO_LARGE


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
