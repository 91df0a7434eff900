"""What happens to every request: the reader's language, errors told in words."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from keng.base.errors import KengError
from keng.doors.told import answer_page_error
from keng.site.health import wrong_method

Answer = Callable[[HttpRequest], HttpResponse]


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
