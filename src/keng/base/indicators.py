"""The kinds of indicators and the one form in which the value of each is written, everywhere in Kẻng.

A value that has passed through here can be compared with `==`. What needs to know the country (phones, banks)
is in `keng.vietnam`; what is not a possible value of a kind is None.
"""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum

from keng.base.text import without_invisible
from keng.base.weburl import is_ip, parse_host, parse_url

UNKNOWN_BIN = "?"
LONGEST_ACCOUNT = 19  # ISO/IEC 7812 and the field for an account in NAPAS messages
LONGEST_DOMAIN = 253  # RFC 1035, without the last dot
LONGEST_LABEL = 63
LONGEST_LOCAL_PART = 64  # RFC 5321

_BIN = re.compile(r"[0-9]{6}")
_ACCOUNT_SEPARATORS = re.compile(r"[\s.\-_·]+")
_ACCOUNT_NUMBER = re.compile(rf"[0-9A-Z]{{1,{LONGEST_ACCOUNT}}}")
_LOCAL_PART = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")


class Kind(StrEnum):
    """What an indicator is. The values are part of the contract with the world and are never renamed."""

    PHONE = "phone"
    ACCOUNT = "account"
    URL = "url"
    DOMAIN = "domain"
    EMAIL = "email"
    IP = "ip"
    SENDER = "sender"
    SOCIAL = "social"
    WALLET = "wallet"
    APP = "app"
    CITIZEN_ID = "citizen_id"
    HASH = "hash"


def account(bin_code: str | None, number: str) -> str | None:
    """`BIN:number`, or `?:number` if the bank is not told; the number upper case without spaces, dots and hyphens."""
    bare = _ACCOUNT_SEPARATORS.sub("", without_invisible(number)).upper()
    issuer = UNKNOWN_BIN if bin_code in (None, UNKNOWN_BIN) else bin_code
    if not _ACCOUNT_NUMBER.fullmatch(bare) or (issuer != UNKNOWN_BIN and not _BIN.fullmatch(issuer or "")):
        return None
    return f"{issuer}:{bare}"


def url(address: str) -> str | None:
    """The address as the WHATWG URL Standard serialises it; `http` if no scheme is written."""
    parsed = parse_url(address if re.match(r"\s*https?:", address, re.I) else f"http://{address.lstrip()}")
    return parsed.text if parsed else None


def domain(name: str) -> str | None:
    """The name as lower-case A-labels without the last dot; `www.` is kept. An address is no domain."""
    host = parse_host(without_invisible(name).strip())
    if host is None or is_ip(host):
        return None
    host = host.removesuffix(".")
    labels_fit = all(0 < len(label) <= LONGEST_LABEL for label in host.split("."))
    return host if labels_fit and len(host) <= LONGEST_DOMAIN else None


def email(address: str) -> str | None:
    """The address in lower case, its domain as A-labels."""
    local, at, host = without_invisible(address).strip().lower().rpartition("@")
    name = domain(host) if at else None
    if name is None or "." not in name or not _LOCAL_PART.fullmatch(local):
        return None
    dots_are_inside = not local.startswith(".") and not local.endswith(".") and ".." not in local
    return f"{local}@{name}" if dots_are_inside else None


def ip(address: str) -> str | None:
    """Dotted IPv4, or IPv6 as RFC 5952."""
    try:
        return ipaddress.ip_address(without_invisible(address).strip().strip("[]")).compressed
    except ValueError:
        return None


def sender(name: str) -> str | None:
    """A sender name trimmed, inner white space as one space, upper case."""
    return " ".join(without_invisible(name).split()).upper() or None
