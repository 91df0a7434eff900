"""Whether this installation is well, and the pages for addresses that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language

from keng.base.errors import InputError, RefusedError, Said, UnavailableError
from keng.doors.told import answer_api_error, answer_page_error, tell_page

NO_PAGE = Said("Không có trang này.", "There is no such page.")
OUR_FAULT = Said(
    "Kẻng gặp lỗi. Những gì bạn đã gửi trước đó vẫn còn. Hãy thử lại sau ít phút.",
    "Kẻng met a fault of its own. What you sent before is safe. Try again in a few minutes.",
)


AWAY = Said(
    "Cơ sở dữ liệu đang bận hoặc tạm ngừng. Những gì bạn vừa gửi có thể chưa được ghi. Hãy thử lại sau vài giây.",
    "The database is busy or away. What you just sent may not be kept yet. Try again in a few seconds.",
)
UNREADABLE = Said(
    "Kẻng không đọc được những gì trình duyệt gửi lên: không phải chữ mã UTF-8, nên Kẻng không nhận, hoặc bị hỏng trên đường đi.",
    "Kẻng cannot read what the browser sent: it is not text in UTF-8, or it was damaged on the way. Nothing of it was taken.",
)
WRONG_WAY = Said(
    "Địa chỉ này không mở theo cách đó được. Không có gì được gửi đi.",
    "This address cannot be opened in that way. Nothing was sent.",
)
STALE_PAGE = Said(
    "Trang này mở đã lâu, hoặc trình duyệt không giữ cookie của Kẻng. Kẻng không chắc chính bạn bấm gửi.",
    "The page was open for long, or your browser does not keep Kẻng's cookie. Kẻng cannot be sure that it was you who sent it.",
)
NOTHING_SENT = Said(
    "Chưa có gì được gửi, chưa có gì thay đổi. Báo cáo bạn gửi trước đó vẫn còn nguyên.",
    "Nothing was sent and nothing was changed. What you reported before is safe.",
)
OPEN_AGAIN = Said("Mở lại trang và gửi lần nữa", "Open the page again and send once more")
ALLOW_COOKIES = Said(
    "Nếu vẫn gặp trang này: cho phép cookie, hoặc dùng trình duyệt khác.",
    "If you meet this page again: allow cookies, or use another browser.",
)
AWAY_ERRORS = (OperationalError, InterfaceError)  # also: a lock or a statement took too long
MOST_KEPT = 20_000  # characters, the longest text that the forms take


def healthz(_request: HttpRequest) -> HttpResponse:
    """200 if the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404 in the shape of the door it came through."""
    return _tell(request, InputError("not_found", NO_PAGE), 404)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 in the shape of the door it came through: what Django itself could not read.

    Django counts a session that could not be saved as the caller's fault; here the database was away.
    """
    if any(isinstance(cause, AWAY_ERRORS) for cause in causes_of(exception)):
        return database_away(request)
    return _tell(request, InputError("unreadable", UNREADABLE), 400)


def broken(request: HttpRequest) -> HttpResponse:
    """500 in the shape of the door it came through."""
    return _tell(request, UnavailableError("our_fault", OUR_FAULT), 500)


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def database_away(request: HttpRequest) -> HttpResponse:
    """503 while the database is away or somebody else is in the way for too long; the sender may try again at once."""
    answer = _tell(request, UnavailableError("database_away", AWAY), 503)
    answer.headers["Retry-After"] = "2"  # seconds
    return answer


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django calls it so
    """403 for a form that came without its page's token: what was typed is shown back, so that nobody types it twice."""
    if request.path.startswith("/api/"):
        return answer_api_error(RefusedError("csrf", STALE_PAGE), 403)
    language = get_language() or "vi"
    steps = [{"text": OPEN_AGAIN.in_language(language), "url": _page_of(request.path)}]
    typed = request.POST.get("text") or request.POST.get("reason") or ""
    context = {
        "kept": NOTHING_SENT.in_language(language),
        "typed": typed[:MOST_KEPT],
        "todo": [*steps, {"text": ALLOW_COOKIES.in_language(language)}],
    }
    return tell_page(request, STALE_PAGE, context, 403)


def wrong_method(request: HttpRequest) -> HttpResponse:
    """405 as a page, for somebody who reloads an address that only takes forms."""
    return _tell(request, InputError("wrong_method", WRONG_WAY), 405)


def _page_of(path: str) -> str:
    """The page from which a form is sent to `path`."""
    if path.startswith("/theo-doi/"):
        return "/".join(path.split("/")[:3]) + "/"
    if path.startswith(("/khieu-nai/", "/vao/")):
        return path
    if path.startswith("/ban/bao-cao/"):
        return "/".join(path.split("/")[:4]) + "/"
    return "/ban/" if path.startswith("/ban/") else "/"


def _tell(request: HttpRequest, error: InputError | UnavailableError, status: int) -> HttpResponse:
    tell = answer_api_error if request.path.startswith("/api/") else None
    return tell(error, status) if tell else answer_page_error(request, error, status)
