"""What the sender's name or number says: a registered name, another name, an ordinary number, one from abroad.

A bank, the state and carriers write under a registered name; the same words from an ordinary number are a sign.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from keng.base.text import bare
from keng.vietnam.phones import canonical_phone

SENDER_MARKS = (
    "~from_registered",
    "~from_name",
    "~from_lookalike",
    "~from_mobile",
    "~from_abroad",
    "~from_short",
    "~from_email",
)

_LOOKS = str.maketrans("01358", "oiesb")


def sender_mark(sender: str | None) -> str | None:
    """The mark of a sender; None if it is not told.

    >>> [sender_mark(name) for name in ("Vietcombank", "VlETCOMBANK", "0912345678", "+8801712345678", "198", None)]
    ['~from_registered', '~from_lookalike', '~from_mobile', '~from_abroad', '~from_short', None]
    """
    name = (sender or "").strip()[:120]
    if not name:
        return None
    if "@" in name:
        return "~from_email"
    digits = "".join(c for c in name if c.isdigit())
    if len(digits) >= 3 and not any(c.isalpha() for c in name):
        return _number_mark(name, digits)
    key = _key(name)
    if key in registered():
        return "~from_registered" if name.isascii() and not _has_capital_trick(name) else "~from_lookalike"
    looks = {
        _key(name.translate(_LOOKS)),
        key.translate(_LOOKS),
        key.replace("l", "i"),
        key.replace("1", "l"),
        key.replace("rn", "m"),
    }
    return "~from_lookalike" if looks & registered() else "~from_name"


@cache
def registered() -> frozenset[str]:
    """The names of data/senders.toml, folded."""
    table = tomllib.loads(files("keng.engines.classify").joinpath("data/senders.toml").read_text("utf-8"))
    return frozenset(_key(name) for name in table["names"])


def _number_mark(name: str, digits: str) -> str:
    phone = canonical_phone(name)
    if phone and phone.startswith("+84"):
        return "~from_mobile"
    return "~from_short" if len(digits) <= 10 and not name.startswith("+") else "~from_abroad"


def _has_capital_trick(name: str) -> bool:
    """Whether a small l stands among capitals: `VlETCOMBANK`."""
    letters = [c for c in name if c.isalpha()]
    return "l" in letters and all(c.isupper() or c == "l" for c in letters) and len(letters) > 3


def _key(name: str) -> str:
    return "".join(c for c in bare(name) if c.isalnum())
