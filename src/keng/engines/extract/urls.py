"""Links and bare names, with simple ways of hiding them undone: `hxxp`, `[.]`, `https//`, full-width, zero-width."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keng.base.indicators import Kind, domain
from keng.base.text import without_invisible
from keng.base.weburl import parse_url
from keng.engines.extract.names import HOST, LABEL, host_length, is_bare_domain, plain
from keng.engines.extract.social import profile
from keng.engines.extract.types import Found, Page

LONGEST_URL = 2048
LONGEST_HOST = 300  # characters, hiding included

_SCHEME = r"h(?<![\w@]h)(?:tt|xx|\*\*|ttt)p(?P<secure>s?) ?(?:\[:\]|:|;)? ?[/\\]{1,3} ?"
_REST = r"[^\s<>\"“”«»]"
_LINK = re.compile(
    rf"{_SCHEME}(?P<user>[^\s/?#\\<>\"@]{{1,200}}@)?"
    rf"(?P<host>\[[0-9a-f:.]{{2,45}}\]|{HOST}|\d{{8,10}}(?![\w.])|0x[0-9a-f]{{8}}(?![\w.]))"
    rf"(?P<rest>:\d{{1,5}}(?![\w])|)(?P<path>[/?#\\]{_REST}{{0,{LONGEST_URL}}})?"
)
_BARE = re.compile(
    rf"(?<![\w@.\-/])(?P<host>{HOST})(?P<rest>:\d{{1,5}}(?=/)|)(?P<path>[/?#]{_REST}{{0,{LONGEST_URL}}})?(?!@)"
)
_BEARS_DOT = re.compile(  # \w DOT \w, or two slashes; written to begin with a rare character, which is much faster
    r"[.\[({/\\](?:(?<=\w\.)\w|(?<=[/\\])[/\\]"
    r"|(?:(?<=\w[\[({])|(?<=\w [\[({])) ?(?:\.|dot|cham) ?[\])}] ?\w)"
)
_NAME = re.compile(LABEL)
_IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_IP_CUE = re.compile(r"(?<!\w)ip(?: (?:address|la|so))?\W{0,3}$")
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_ENDS_SENTENCE = ".,;:!?'*_…’”"


def find_urls(page: Page) -> Iterator[Found]:
    """Links with their hosts, profiles, and bare names; claims them on the page."""
    if not _BEARS_DOT.search(page.text):
        return
    for match in _LINK.finditer(page.text):
        if page.is_free(*match.span()):
            yield from _read_link(page, match, f"http{match['secure']}://")
    for match in _BARE.finditer(page.text):
        if page.is_free(*match.span()):
            yield from _read_bare(page, match)


def _read_link(page: Page, match: re.Match[str], scheme: str) -> Iterator[Found]:
    host_start, host_end = match.span("host")
    path_start, path_end = _path_span(page, match)
    host = match["host"]
    host_in_dots = plain(host)
    if _NAME.match(host) and "." in host_in_dots and not _IPV4.fullmatch(host_in_dots):
        length = host_length(host, _original(page, host_start, host_end))
        if 0 < length < len(host):
            host_end = path_start = path_end = host_start + length
    user = _original(page, *match.span("user")) if match["user"] else ""
    tail = _original(page, path_start, path_end)
    address = scheme + user + plain(_original(page, host_start, host_end)) + tail
    yield from _link(page, (match.start(), max(host_end, path_end)), (host_start, host_end), address)


def _read_bare(page: Page, match: re.Match[str]) -> Iterator[Found]:
    start, host_end = match.span("host")
    host = match["host"]
    if host_end - start > LONGEST_HOST:
        return
    written = _original(page, start, host_end)
    if _IPV4.fullmatch(host):
        yield from _read_bare_ip(page, match)
        return
    length = host_length(host, written)
    if not length:
        return
    cut = length < len(host)
    path_start, path_end = (start + length,) * 2 if cut else _path_span(page, match)
    host_end = start + length
    name = plain(_original(page, start, host_end))
    tail = _original(page, path_start, path_end)
    if tail and _is_path(tail, name):
        yield from _link(page, (start, path_end), (start, host_end), f"http://{name}{tail}")
    elif is_bare_domain(plain(page.text[start:host_end]), name) and (value := domain(name)):
        page.claim(start, host_end)
        yield page.found(Kind.DOMAIN, value, start, host_end)


def _read_bare_ip(page: Page, match: re.Match[str]) -> Iterator[Found]:
    """Four numbers with dots are an address only with a path or port, or where the text says so."""
    start, end = match.span("host")
    path_start, path_end = _path_span(page, match)
    if path_end > path_start:
        yield from _link(page, (start, path_end), (start, end), "http://" + _original(page, start, path_end))
    elif _IP_CUE.search(page.text, max(start - 16, 0), start) and (url := parse_url(f"http://{match['host']}")):
        page.claim(start, end)
        yield page.found(Kind.IP, url.host, start, end)


def _link(page: Page, span: tuple[int, int], host: tuple[int, int], address: str) -> Iterator[Found]:
    url = parse_url(address)
    if url is None or not (url.host_is_ip or "." in url.host.strip(".")):
        return
    page.claim(*span)
    social = profile(url)
    if social:
        yield page.found(Kind.SOCIAL, social, *span)
        return
    yield page.found(Kind.URL, url.text, *span)
    yield page.found(Kind.IP if url.host_is_ip else Kind.DOMAIN, url.host.removesuffix("."), *host)


def _path_span(page: Page, match: re.Match[str]) -> tuple[int, int]:
    """Port, path, query and fragment, without the punctuation of the sentence around them."""
    start = match.start("rest")
    end = match.end("path") if match["path"] else match.end("rest")
    text = page.text
    while end > start:
        last = text[end - 1]
        opener = _CLOSERS.get(last)
        unopened = opener is not None and text.count(last, start, end) > text.count(opener, start, end)
        if not (unopened or last in _ENDS_SENTENCE):
            break
        end -= 1
    return start, end


def _is_path(tail: str, name: str) -> bool:
    """Whether what follows a bare name makes it a link: "a.vn/b" does, the slash of "tiền.vn/tháng" does not."""
    return tail[0] in "/:?#" and (len(tail) == 1 or tail[1].isascii()) and name.isascii()


def _original(page: Page, start: int, end: int) -> str:
    return without_invisible(page.folded.written(start, end))
