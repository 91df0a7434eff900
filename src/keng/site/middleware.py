"""What happens to every request: the reader's language, text that can be kept, errors told in words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import translation

from keng.base.errors import InputError, KengError, Said
from keng.base.text import is_whole
from keng.doors.told import answer_api_error, answer_page_error
from keng.site.health import AWAY_ERRORS, database_away, wrong_method

logger = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]


class Policy(CSPMiddleware):
    """The Content-Security-Policy of every answer. The one in the settings is put together once; a page of its own has its own."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        parts = self.get_policy_parts(request, response)
        if settings.DEBUG or parts != PolicyParts() or HEADER in response:
            return super().process_response(request, response)
        response[HEADER] = _policy_of_settings()
        return response


@cache
def _policy_of_settings() -> str:
    return build_policy()


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


class WholeText:
    """Refuses a NUL in what came, before anything is asked of a database: SQLite keeps it and PostgreSQL refuses it.

    In the path it becomes a replacement mark, as broken UTF-8 does, which no code holds; in a cookie nobody typed it and it
    is dropped. JSON is checked by the API's own parser.
    """

    TELLS_ITSELF = ("/bao/",)  # the report's own form tells it beside the field and keeps what was typed

    BROKEN = Said("Nội dung có ký tự hỏng.", "The text holds broken characters.")

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if is_whole(name + value)}
        request.path, request.path_info = (path.replace("\0", "\ufffd") for path in (request.path, request.path_info))
        is_api = request.path.startswith("/api/")  # whose bodies are no forms and are read by the API alone
        only_address = is_api or request.path.startswith(self.TELLS_ITSELF)
        field = next(_broken_fields([request.GET] if only_address else [request.GET, request.POST]), None)
        if field is None:
            return self.get_response(request)
        error = InputError("broken_text", self.BROKEN, field=field if is_whole(field) else None)
        return answer_api_error(error) if is_api else answer_page_error(request, error)


def _broken_fields(forms: Iterable[QueryDict]) -> Iterator[str]:
    """The names of fields, of the address or of a form, that cannot be kept."""
    for fields in forms:
        for name, values in fields.lists():
            if not is_whole(name + "".join(map(str, values))):
                yield name


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
        if isinstance(error, KengError):
            return answer_page_error(request, error)
        if isinstance(error, AWAY_ERRORS):
            logger.error("the database is away or busy: %s: %s", type(error).__name__, str(error).strip())
            return database_away(request)
        return None
