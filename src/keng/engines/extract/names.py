"""Whether something with dots in it is a domain name, and where its host ends.

A bare name is believed only if its suffix is a real one and it is no file, no abbreviation ("TP.HN") and no sentence
end with the space forgotten ("em chờ nhé.Me"). With a scheme or a path there is no doubt that a link is meant.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from keng.base.indicators import domain
from keng.base.text import bare

if TYPE_CHECKING:
    from tldextract import TLDExtract

LETTERS_OF_NO_WORD = 10  # a label this long is hardly the word that ends a sentence
MOST_DIGITS = 6  # in a label of digits alone
FEWEST_LETTERS = 3  # in the label of a bare name
NAMES_REMEMBERED = 16_384  # whose suffix need not be looked up again
DOT = r"(?:\.| ?[\[({] ?(?:\.|dot|cham) ?[\])}] ?)"
LABEL = r"[\w-]{1,63}"
HOST = rf"{LABEL}+(?:{DOT}{LABEL})+"  # the first label is possessive: no dot begins with a letter of a label

_DOT = re.compile(DOT)
_BRACKETS = frozenset("[({")
_STOPS = str.maketrans("․﹒", "..")  # full stops that no standard of names knows
_SYLLABLE = re.compile(
    r"(?:ngh|ch|gh|gi|kh|ng|nh|ph|qu|th|tr|[bcdghklmnprstvx])?"
    r"(?:uye|uya|yeu|ieu|uoi|uou|oai|oay|uay|[iu]?[aeiouy]{1,2})(?:ch|ng|nh|[cmnpt])?"
)


def host_length(host: str, written: str) -> int:
    """How many leading characters of a folded host belong to it: up to the last label that ends in a real suffix.

    `written` is the same stretch as it was written, label by label; a capitalised word after a small one
    ("vietcombank.com.De") begins a sentence. 0 if nothing is a name under a real suffix.
    """
    if written.islower() and _BRACKETS.isdisjoint(host) and suffix_of(host):
        return len(host)
    labels, ends = _cut(host)
    written_labels, _ = _cut(written)
    if len(written_labels) == len(labels):
        kept = _before_sentence(written_labels)
        labels, ends = labels[:kept], ends[:kept]
    while len(labels) > 1:
        if suffix_of(".".join(labels)):
            return ends[-1]
        labels, ends = labels[:-1], ends[:-1]
    return 0


def is_bare_domain(name: str, written: str) -> bool:
    """Whether a name without scheme and path is a domain: `name` with plain dots, `written` with its case and marks."""
    suffix = suffix_of(name)
    if not suffix or domain(name) is None or (suffix in _file_endings() and name.count(".") == 1):
        return False
    own = bare(name[: -len(suffix) - 1].rsplit(".", 1)[-1])
    is_word = is_syllable(own)
    if len(own) < FEWEST_LETTERS and not name.startswith("www."):
        return own == "t" and suffix == "me"
    if (not written.isascii() and is_word) or _ends_in_capital(written, suffix) or not _may_be_digits(own, name):
        return False
    if suffix not in _doubtful():
        return True
    if suffix in _starters() and own.isalpha() and len(own) < LETTERS_OF_NO_WORD:
        return False
    return not is_word and not own.isdigit() and not (written.isupper() and len(own) <= 4)


@lru_cache(NAMES_REMEMBERED)
def suffix_of(name: str) -> str:
    """The public suffix of a name that has at least a label before it (ICANN section), else an empty string."""
    result = _extract()(name)
    return result.suffix if result.domain else ""


def is_syllable(folded: str) -> bool:
    """Whether a word without marks could be one of Vietnamese."""
    return _SYLLABLE.fullmatch(folded) is not None


def plain(host: str) -> str:
    """The host with every hidden dot as a plain one."""
    dotted = host.translate(_STOPS)
    return dotted if _BRACKETS.isdisjoint(dotted) else _DOT.sub(".", dotted)


def _cut(host: str) -> tuple[list[str], list[int]]:
    labels, ends, start = [], [], 0
    for match in _DOT.finditer(host):
        labels.append(host[start : match.start()])
        ends.append(match.start())
        start = match.end()
    if host[start:]:
        labels.append(host[start:])
        ends.append(len(host))
    return labels, ends


def _before_sentence(labels: list[str]) -> int:
    for index in range(2, len(labels)):
        if labels[index][:1].isupper() and labels[index - 1].islower():
            return index
    return len(labels)


def _ends_in_capital(written: str, suffix: str) -> bool:
    """Whether the suffix is a capitalised word after a small one: "0912345678.Xin", "nhé.Me"."""
    before, last = written[: -len(suffix)], written[-len(suffix) :]
    return last[:1].isupper() and before == before.lower()


def _may_be_digits(own: str, name: str) -> bool:
    """Whether a label of digits alone may be a name: `188.com`, not the end of an amount or a telephone number."""
    return not own.isdigit() or (len(own) <= MOST_DIGITS and name.count(".") == 1)


@cache
def _doubtful() -> frozenset[str]:
    tables = _tables()
    return frozenset(f"{tables['words']} {tables['abbreviations']}".split())


@cache
def _file_endings() -> frozenset[str]:
    return frozenset(_tables()["files"].split())


@cache
def _starters() -> frozenset[str]:
    return frozenset(_tables()["starters"].split())


@cache
def _tables() -> dict[str, str]:
    return tomllib.loads(files("keng.engines.extract").joinpath("data/suffixes.toml").read_text("utf-8"))


@cache
def _extract() -> TLDExtract:
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
