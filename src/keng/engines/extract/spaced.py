"""Names and e-mail addresses with a space after every letter, and names whose dot stands apart or is spelt out:
`n a p d a u . c o m`, `i n f o @ b u t . v n`, `vcb-xacthuc . com`, `vcb-xacthuc chấm com`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keng.base.indicators import Kind, domain, email
from keng.base.text import without_invisible
from keng.engines.extract.names import is_bare_domain, is_syllable, plain, suffix_of
from keng.engines.extract.types import Found, Page

_BEARS_DOT = " . "
_STRETCH = re.compile(r"(?<!\S)\S(?: \S){6,}(?!\S)")
_EMAIL = re.compile(r"[a-z0-9][a-z0-9.+_\-]{0,63}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,4}")
_NAME = re.compile(r"(?<![@\w])[a-z0-9][a-z0-9\-]{3,62}(?:\.[a-z0-9\-]{1,63}){1,4}(?![@\w])")
_A_WORD = re.compile(
    "[\u00c0-\u024f\u1ea0-\u1ef9]"
)  # a single letter with a mark, such as `ở`, is a word of Vietnamese


_DOT_APART = re.compile(
    r"(?<![\w.@/\-])(?P<name>[a-z0-9][a-z0-9\-]{3,62})"
    r"(?: \. (?P<sure>com\.vn|com|vn|xyz|cc)"
    r"| (?:cham|dot) (?P<spelt>com\.vn|com|vn|net|org|info|xyz|top|vip|site|online|club|shop|cc))"
    r"(?![\w@]|\.\w)"
)


def find_spaced(page: Page) -> Iterator[Found]:
    """Addresses under a real suffix that are written apart; claims them on the page."""
    text = page.text
    if _BEARS_DOT in text:
        yield from _letter_by_letter(page)
    if _BEARS_DOT in text or " cham " in text or " dot " in text:
        yield from _dot_apart(page)


def _dot_apart(page: Page) -> Iterator[Found]:
    """What stands before is no word of Vietnamese and the suffix no capital: else a sentence ends there, or sauce is spoken of."""
    for match in _DOT_APART.finditer(page.text):
        suffix = match["sure"] or match["spelt"]
        name = f"{match['name']}.{suffix}"
        end_as_written = page.folded.written(match.end() - len(suffix), match.end())
        if is_syllable(match["name"]) or end_as_written != suffix or not page.is_free(*match.span()):
            continue
        value = domain(plain(without_invisible(page.folded.written(*match.span("name")))) + f".{suffix}")
        if value and suffix_of(name):
            page.claim(*match.span())
            yield page.found(Kind.DOMAIN, value, *match.span())


def _letter_by_letter(page: Page) -> Iterator[Found]:
    for stretch in _STRETCH.finditer(page.text):
        letters = stretch[0][::2]
        written = [page.folded.written(place, place + 1) for place in range(*stretch.span(), 2)]
        first = max((place + 1 for place, one in enumerate(written) if _A_WORD.search(one)), default=0)
        for kind, pattern in ((Kind.EMAIL, _EMAIL), (Kind.DOMAIN, _NAME)):
            for match in pattern.finditer(letters, first):
                start, end = stretch.start() + 2 * match.start(), stretch.start() + 2 * match.end() - 1
                value = _value(kind, match[0], plain(without_invisible("".join(written[slice(*match.span())]))))
                if value and page.is_free(start, end):
                    page.claim(start, end)
                    yield page.found(kind, value, start, end)


def _value(kind: Kind, folded: str, written: str) -> str | None:
    if kind is Kind.EMAIL:
        return email(written) if suffix_of(folded.partition("@")[2]) else None
    return domain(written) if is_bare_domain(folded, written) else None
