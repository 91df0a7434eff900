"""Web addresses as the WHATWG URL Standard parses and serialises them (https://url.spec.whatwg.org): http and https.

Special schemes only: that is what a message can make somebody open. What the standard calls failure is None here.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_PORT = 65535

_FORBIDDEN_IN_DOMAIN = re.compile(r"[\x00-\x20\"#%/:<>?@\[\\\]^`{|}\x7f]")
_NUMBER_LAST = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?$")
_PARTS = re.compile(
    r"(?P<scheme>https?):[/\\]*(?P<authority>[^/\\?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?",
    re.I | re.S,
)
_CONTROLS_AND_SPACE = "".join(map(chr, range(0x21)))
_WITHOUT_TABS_AND_NEWLINES = {9: None, 10: None, 13: None}
_DOT_SEGMENTS = {".": 1, "%2e": 1, "..": 2, ".%2e": 2, "%2e.": 2, "%2e%2e": 2}

_CONTROL_SET = frozenset(range(0x20)) | frozenset(range(0x7F, 0x100))
_FRAGMENT_SET = _CONTROL_SET | frozenset(b' "<>`')
_QUERY_SET = _CONTROL_SET | frozenset(b" \"#<>'")
_PATH_SET = _CONTROL_SET | frozenset(b' "#<>?^`{}')
_USERINFO_SET = _PATH_SET | frozenset(b"/:;=@[\\]|")


@dataclass(frozen=True, slots=True)
class WebUrl:
    """A parsed address: `text` is its serialisation, `host` without brackets, `host_is_ip` if that is an address."""

    text: str
    host: str
    host_is_ip: bool


def parse_url(address: str) -> WebUrl | None:
    """The address in the one form the standard gives it, or None if the standard refuses it."""
    cleaned = address.strip(_CONTROLS_AND_SPACE).translate(_WITHOUT_TABS_AND_NEWLINES)
    match = _PARTS.fullmatch(cleaned)
    if match is None:
        return None
    scheme = match["scheme"].lower()
    userinfo, _, host_and_port = match["authority"].rpartition("@")
    host_text, port = _split_port(host_and_port)
    host = parse_host(host_text)
    if host is None or port is None:
        return None
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = f":{port}" if port not in ("", str(DEFAULT_PORTS[scheme])) else ""
    text = (
        f"{scheme}://{_userinfo(userinfo)}{shown_host}{shown_port}{_path(match['path'])}"
        f"{_encode(match['query'] or '', _QUERY_SET)}{_encode(match['fragment'] or '', _FRAGMENT_SET)}"
    )
    return WebUrl(text, host, is_ip(host))


def parse_host(host: str) -> str | None:
    """A host in canonical form: dotted IPv4, IPv6 as RFC 5952 (no brackets), or lower-case A-labels, or None."""
    if host.startswith("["):
        return _ipv6(host[1:-1]) if host.endswith("]") else None
    decoded = unquote_to_bytes(host).decode("utf-8", "replace") if "%" in host else host
    domain = to_ascii(decoded)
    if domain is None:
        return None
    return _ipv4(domain) if _NUMBER_LAST.search(domain) else domain


def to_ascii(domain: str) -> str | None:
    """A domain as lower-case A-labels by UTS 46 (non-transitional, as browsers do), or None if it cannot be one."""
    if not domain.isascii():
        try:
            domain = idna.uts46_remap(domain, std3_rules=False, transitional=False)
        except (idna.IDNAError, IndexError):
            return None
    ascii_domain = ".".join(map(_a_label, domain.lower().split(".")))
    return None if not ascii_domain.strip(".") or _FORBIDDEN_IN_DOMAIN.search(ascii_domain) else ascii_domain


def is_ip(host: str) -> bool:
    """Whether a canonical host is an address and not a name."""
    return ":" in host or _NUMBER_LAST.search(host) is not None


def _a_label(label: str) -> str:
    if label.isascii():
        return label
    return "xn--" + unicodedata.normalize("NFC", label).encode("punycode", "replace").decode("ascii")


def _split_port(text: str) -> tuple[str, str | None]:
    host, colon, port = text.rpartition(":")
    if not colon or "]" in port:
        return text, ""
    if not port:
        return host, ""
    if not (port.isascii() and port.isdigit()) or len(port.lstrip("0")) > len(str(LONGEST_PORT)):
        return host, None
    return host, str(int(port)) if int(port) <= LONGEST_PORT else None


def _userinfo(userinfo: str) -> str:
    name, colon, password = userinfo.partition(":")
    shown = _encode(name, _USERINFO_SET)
    if colon and password:
        shown += ":" + _encode(password, _USERINFO_SET)
    return f"{shown}@" if shown else ""


def _path(path: str) -> str:
    kept: list[str] = []
    segments = path.replace("\\", "/").split("/")[1:] or [""]
    for index, segment in enumerate(segments):
        dots = _DOT_SEGMENTS.get(segment.lower(), 0)
        if dots == 2 and kept:
            kept.pop()
        if dots == 0:
            kept.append(_encode(segment, _PATH_SET))
        elif index == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _encode(text: str, unsafe: frozenset[int]) -> str:
    if text.isascii() and text.isalnum():
        return text
    octets = text.encode("utf-8", "replace")
    return "".join(f"%{octet:02X}" if octet in unsafe else chr(octet) for octet in octets)


def _ipv6(text: str) -> str | None:
    try:
        return ipaddress.IPv6Address(text).compressed if "%" not in text else None
    except ValueError:
        return None


def _ipv4(text: str) -> str | None:
    parts = text.removesuffix(".").split(".")
    numbers = [_ipv4_number(part) for part in parts] if len(parts) <= 4 else []
    known = [number for number in numbers if number is not None]
    if not known or len(known) != len(numbers) or any(number > 255 for number in known[:-1]):
        return None
    last_room = 256 ** (5 - len(known))
    if known[-1] >= last_room:
        return None
    address = known[-1] + sum(number * 256 ** (3 - index) for index, number in enumerate(known[:-1]))
    return str(ipaddress.IPv4Address(address))


def _ipv4_number(part: str) -> int | None:
    if not part or len(part) > 40:
        return None
    try:
        if part[:2] in ("0x", "0X"):
            return int(part[2:], 16) if part[2:] else 0
        return int(part, 8) if len(part) > 1 and part[0] == "0" else int(part, 10)
    except ValueError:
        return None
