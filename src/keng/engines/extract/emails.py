"""E-mail addresses; the domain of one gives no domain of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keng.base.indicators import LONGEST_LOCAL_PART, Kind, email
from keng.base.text import without_invisible
from keng.engines.extract.names import HOST, host_length, plain
from keng.engines.extract.types import Found, Page

_AT = re.compile(r"@| ?[\[({] ?(?:@|at|a cong) ?[\])}] ?")
_BEARS_AT = re.compile(r"[@\[({](?:(?<=@)|(?<=[\[({]) ?(?:@|at|a cong))")
_LOCAL = re.compile(r"[a-z0-9](?:[a-z0-9.+_\-]|[\[({](?:\.|dot|cham)[\])}]){0,63}$")
_HOST = re.compile(HOST)
LONGEST_LOCAL = 2 * LONGEST_LOCAL_PART  # characters, hiding included
_BEFORE = re.compile(r"[\w.+\-@/]")


def find_emails(page: Page) -> Iterator[Found]:
    """Addresses under a real suffix; claims them on the page."""
    text = page.text
    if not _BEARS_AT.search(text):
        return
    for at in _AT.finditer(text):
        local = _LOCAL.search(text, max(at.start() - LONGEST_LOCAL, 0), at.start())
        host = _HOST.match(text, at.end()) if local else None
        if local is None or host is None or not page.is_free(local.start(), host.end()):
            continue
        length = host_length(host[0], page.folded.written(*host.span()))
        if not length or (local.start() and _BEFORE.match(text, local.start() - 1)):
            continue
        end = host.start() + length
        value = email(f"{plain(local[0])}@{plain(without_invisible(page.folded.written(host.start(), end)))}")
        if value:
            page.claim(local.start(), end)
            yield page.found(Kind.EMAIL, value, local.start(), end)
