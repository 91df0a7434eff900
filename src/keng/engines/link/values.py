"""Which indicators speak for one hand behind two reports, and under which key they are compared.

What many unrelated people share (a bank's hotline, a shortener's host, an official site, a sender name) has no key. A link
also counts as its registrable domain. The tables stand in data/kinds.toml.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tldextract import TLDExtract

RANK_BITS = 4  # the low bits of a key are the number of its kind in the table
WEB = (1 << RANK_BITS) - 1  # stands for links and domains together
SHORTEST_ACCOUNT = 9  # digits from which on a number is taken for the same account whatever the bank
_REMEMBERED = 1 << 16
_PLAIN_LINK = re.compile(r"https?://([a-z0-9.-]+)(?:/|\Z)")
_TWO_LABELS = re.compile(r"[a-z0-9-]+\.[a-z]+")


class Shared(NamedTuple):
    """An indicator as it is compared: the kind and value to name, and `key`, a hash of both with the kind's number."""

    kind: str
    value: str
    key: int


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Up to `free` different texts a value joins them all; with more only while their stories number `stories` or fewer."""

    free: int
    stories: float


@lru_cache(_REMEMBERED)
def compared(kind: str, value: str) -> tuple[Shared, ...]:
    """What an indicator (contract section 2) is compared as: nothing, itself, or a link also as its domain."""
    if kind in ("url", "domain"):
        return _of_web(kind, value)
    if kind == "account":
        number = value.partition(":")[2]
        return (Shared(kind, value, _key(kind, number if len(number) >= SHORTEST_ACCOUNT else value)),)
    if kind == "phone" and not value.startswith("+"):  # a hotline or a short code
        return ()
    if kind not in _table().kinds or value in _table().nobody.get(kind, ()):
        return ()
    return (Shared(kind, value, _key(kind, value)),)


@cache
def tolerances() -> tuple[Tolerance, ...]:
    """By the number of the kind."""
    return tuple(_table().kinds.values())


def kind_of(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The number of the kind of each key, WEB for links and domains; and which are links."""
    numbers = (keys & np.uint64((1 << RANK_BITS) - 1)).astype(np.int64)
    kinds = list(_table().kinds)
    link = numbers == kinds.index("url")
    return np.where(link | (numbers == kinds.index("domain")), WEB, numbers), link


def is_named_alike(keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which keys have one name: an account has several, by the bank that is told with it."""
    numbers = keys & np.uint64((1 << RANK_BITS) - 1)
    return np.asarray(numbers != _table().numbers["account"])


def _of_web(kind: str, value: str) -> tuple[Shared, ...]:
    is_official, domain = _judge_host(value if kind == "domain" else _host(value))
    if is_official or kind == "domain" or not _has_path(value):
        return domain
    return Shared("url", value, _key("url", value)), *domain


@lru_cache(_REMEMBERED)
def _judge_host(host: str) -> tuple[bool, tuple[Shared, ...]]:
    """Whether a host is an authority's or a bank's, and the domain that speaks for one hand, if there is one."""
    names = _parents(host)
    if not names.isdisjoint(_table().official):
        return True, ()
    domain = _registrable(host) if names.isdisjoint(_table().nobody["domain"]) else ""
    return False, (Shared("domain", domain, _key("domain", domain)),) if domain else ()


def _host(url: str) -> str:
    plain = _PLAIN_LINK.match(url)
    if plain:
        return plain[1]
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _has_path(url: str) -> bool:
    rest = url.partition("://")[2].partition("/")[2]
    return rest != ""


def _parents(host: str) -> frozenset[str]:
    """The name and all above it."""
    found = [host]
    while dot := host.find(".") + 1:
        host = host[dot:]
        found.append(host)
    return frozenset(found)


def _registrable(host: str) -> str:
    if (
        _TWO_LABELS.fullmatch(host)
        and host not in _known_suffixes()
        and "*." + host.partition(".")[2] not in _known_suffixes()
    ):
        return host
    found = _suffixes()(host)
    return found.top_domain_under_public_suffix or (host if found.domain and not found.suffix else "")


@cache
def _suffixes() -> TLDExtract:
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@cache
def _known_suffixes() -> frozenset[str]:
    return frozenset(_suffixes().tlds)


def _key(kind: str, value: str) -> int:
    digest = blake2b(f"{kind}:{value}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> RANK_BITS << RANK_BITS | _table().numbers[kind]


@dataclass(frozen=True, slots=True)
class _Table:
    """data/kinds.toml: the kinds in order and their numbers, names that are an authority's with all below, and by kind what
    is nobody's."""

    kinds: dict[str, Tolerance]
    numbers: dict[str, int]
    official: frozenset[str]
    nobody: dict[str, frozenset[str]]


@cache
def _table() -> _Table:
    with (files(__package__) / "data" / "kinds.toml").open("rb") as file:
        read = tomllib.load(file)
    nobody = {kind: frozenset(values) for kind, values in read["nobody"].items()}
    kinds = {kind: Tolerance(row["free"], row["stories"]) for kind, row in read["kinds"].items()}
    numbers = {kind: number for number, kind in enumerate(kinds)}
    return _Table(kinds, numbers, nobody.pop("official"), nobody)
