"""Profiles and groups on the platforms of the contract, told by a link. Handles without a link are not read yet."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qs, unquote, urlsplit

from keng.base.weburl import WebUrl
from keng.vietnam.phones import canonical_phone

_HANDLE = re.compile(r"@?[\w.\-]{1,64}")
_PHONE_HANDLE = re.compile(r"\+?\d{9,15}")


@dataclass(frozen=True, slots=True)
class Platform:
    """How a platform's links name a profile: hosts, path words before the handle, and paths that are no profile."""

    name: str
    hosts: frozenset[str]
    before: frozenset[str]
    needs_at: bool
    not_profiles: frozenset[str]


def profile(url: WebUrl) -> str | None:
    """`platform:handle` if the address is a profile or a Zalo group, else None."""
    platform = _by_host().get(url.host.removeprefix("www."))
    if platform is None:
        return None
    parts = urlsplit(url.text)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    if platform.name == "facebook" and segments == ["profile.php"]:
        numbers = parse_qs(parts.query).get("id", [""])
        return f"facebook:{numbers[0]}" if numbers[0].isdigit() else None
    if platform.name == "whatsapp" and segments == ["send"]:
        segments = parse_qs(parts.query).get("phone", [])
    if platform.name == "zalo" and len(segments) == 2 and segments[0] == "g":
        return f"zalo:g/{segments[1]}"
    return _handle(platform, segments)


def _handle(platform: Platform, segments: list[str]) -> str | None:
    if len(segments) == 2 and segments[0].lower() in platform.before:
        segments = segments[1:]
    elif len(segments) == 1 and platform.needs_at and not segments[0].startswith("@"):
        return None
    if len(segments) != 1 or not _HANDLE.fullmatch(segments[0].removeprefix("+")):
        return None
    handle = segments[0].removeprefix("@").lower()
    if handle in platform.not_profiles or not handle:
        return None
    if _PHONE_HANDLE.fullmatch(handle):
        handle = canonical_phone(handle) or (platform.name == "whatsapp" and canonical_phone(f"+{handle}")) or handle
    return f"{platform.name}:{handle}"


@cache
def _by_host() -> dict[str, Platform]:
    tables = tomllib.loads(files("keng.engines.extract").joinpath("data/social.toml").read_text("utf-8"))
    found = {}
    for name, row in tables["platform"].items():
        platform = Platform(
            name,
            frozenset(row["hosts"]),
            frozenset(row.get("before", ())),
            row.get("needs_at", False),
            frozenset(row.get("not_profiles", ())),
        )
        found.update(dict.fromkeys(platform.hosts, platform))
    return found
