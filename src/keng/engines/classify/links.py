"""Where a link leads, as far as its host tells: to a brand's own site, to a stranger's, to one that borrows a brand's name."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

LONGEST_HOST = 253
LINK_KINDS = ("official", "known", "short", "builder", "brand", "cheap", "plain")

_SCHEME = re.compile(r"h[tx]{2}ps?[:;]/{1,2}|www\.")
_HOST = re.compile(r"[a-z0-9][a-z0-9.\-]*")
_DOTS = re.compile(r"\[\.\]|\(\.\)|\[dot\]|\(dot\)|\[cham\]|\(cham\)")
_LABEL_PARTS = re.compile(r"[a-z]+|\d+")


@cache
def hosts() -> dict[str, frozenset[str]]:
    """The lists of data/hosts.toml."""
    tables = tomllib.loads(files("keng.engines.classify").joinpath("data/hosts.toml").read_text("utf-8"))
    return {name: frozenset(values) for name, values in tables.items() if isinstance(values, list)}


def link_tokens(chunk: str) -> tuple[str, ...]:
    """What a folded stretch without spaces says as a link; empty if it is none.

    >>> link_tokens("https://vcb.xacthuc-vn.top/dangnhap"), link_tokens("vietcombank.com.vn"), link_tokens("em.nhe")
    (('~link_brand', '~host_lure', '~host_cheap'), ('~link_official',), ())
    """
    if "." not in chunk and "[" not in chunk and "(" not in chunk:
        return ()
    text = _DOTS.sub(".", chunk)
    scheme = _SCHEME.search(text)
    match = _HOST.match(text, scheme.end() if scheme else 0)
    if match is None or len(match[0]) > LONGEST_HOST:
        return ("~link_plain",) if scheme and "//" in scheme[0] else ()
    host = match[0].rstrip(".-")
    has_path = text[match.end() : match.end() + 1] in ("/", "?")
    if not (scheme or _is_bare_host(host, has_path)):
        return ()
    return _tokens_of_host(host)


def _is_bare_host(host: str, has_path: bool) -> bool:
    labels = host.split(".")
    if len(labels) < 2 or not all(labels) or labels[-1].isdigit():
        return False
    suffix, name = labels[-1], labels[-2]
    if suffix not in hosts()["suffixes"] and suffix not in hosts()["cheap"]:
        return False
    if host in hosts()["short"] or has_path:
        return True
    if name.isdigit() or len(name) < 2 or (len(name) < 3 and len(labels) < 3):
        return False
    return suffix not in hosts()["also_words"] or len(name) > 6 or not name.isalpha()


def _tokens_of_host(host: str) -> tuple[str, ...]:
    host = host.removeprefix("www.")
    if host == "t.me" or host.endswith(".t.me") or host in ("telegram.me", "telegram.org"):
        return ("~telegram",)
    if host in ("wa.me", "chat.whatsapp.com"):
        return ("~whatsapp",)
    if host.endswith("zalo.me"):
        return ("~zalo",)
    for name in ("known", "official", "short"):
        if _is_below(host, hosts()[name]):
            return (f"~link_{name}",)
    if _is_below(host, hosts()["state"]):
        return ("~link_official",)
    kind = "builder" if _is_below(host, hosts()["builders"]) else _stranger(host)
    return (f"~link_{kind}", *_signs(host, kind))


def _stranger(host: str) -> str:
    if _borrows_brand(host):
        return "brand"
    return "cheap" if host.rpartition(".")[2] in hosts()["cheap"] else "plain"


def _signs(host: str, kind: str) -> list[str]:
    signs = []
    squeezed = host.replace("-", "").replace(".", "")
    if any(word in squeezed for word in hosts()["lure"] if len(word) > 3) or _has_part(host, "lure"):
        signs.append("~host_lure")
    if _has_part(host, "betting"):
        signs.append("~host_betting")
    if kind == "brand" and host.rpartition(".")[2] in hosts()["cheap"]:
        signs.append("~host_cheap")
    return signs


def _borrows_brand(host: str) -> bool:
    brands = hosts()["brands"]
    labels = host.split(".")[:-1]
    for label in labels:
        if any(part in brands for part in label.split("-")):
            return True
        if any(brand in label.replace("-", "") for brand in brands if len(brand) > 4):
            return True
    return False


def _has_part(host: str, name: str) -> bool:
    words = hosts()[name]
    return any(part in words for label in host.split(".")[:-1] for part in _LABEL_PARTS.findall(label))


def _is_below(host: str, names: frozenset[str]) -> bool:
    while True:
        if host in names:
            return True
        _, dot, host = host.partition(".")
        if not dot:
            return False
