"""What happens to every request: a bounded body, the reader's language, errors told in words."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from keng.base.errors import InputError, KengError, Said
from keng.doors.told import answer_api_error, answer_page_error
from keng.site.health import wrong_method

TOO_LARGE = Said("Nội dung gửi lên quá lớn: nhiều nhất 1 MiB.", "What was sent is too large: 1 MiB at most.")
NEEDS_LENGTH = Said("Thiếu Content-Length.", "Content-Length is missing.")

Answer = Callable[[HttpRequest], HttpResponse]


class BodyLimit:
    """Refuses a body over the limit by its stated length, before a byte of it is read."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("Transfer-Encoding"):
            return _refuse(request, InputError("needs_length", NEEDS_LENGTH), 411)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.KENG_MAX_BODY_BYTES:
            return _refuse(request, InputError("too_large", TOO_LARGE), 413)
        return self.get_response(request)


class Language:
    """Vietnamese, unless the reader chose English (`?lang=en`, remembered in a cookie)."""

    COOKIE = "lang"
    YEAR = 365 * 24 * 3600  # seconds

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("lang")
        language = chosen or request.COOKIES.get(self.COOKIE)
        language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        if chosen == language:
            response.set_cookie(self.COOKIE, language, max_age=self.YEAR, samesite="Lax")
        return response


class ToldErrors:
    """A KengError that a page let through becomes a page: what happened, what was kept, what to do. So does an empty 405."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.path.startswith("/api/"):
            return response
        page = wrong_method(request)
        page.headers["Allow"] = response.headers.get("Allow", "")
        return page

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer_page_error(request, error) if isinstance(error, KengError) else None


def _refuse(request: HttpRequest, error: KengError, status: int) -> HttpResponse:
    """Refuse without reading the body; the connection is closed since the body is still under way."""
    if request.path.startswith("/api/"):
        response = answer_api_error(error, status)
    else:
        response = HttpResponse(
            f"{error.said.vi}\n{error.said.en}\n", status=status, content_type="text/plain; charset=utf-8"
        )
    response.headers["Connection"] = "close"
    return response
