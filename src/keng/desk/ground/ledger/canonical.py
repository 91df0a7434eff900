"""The one spelling of an entry as bytes, and its leaf. Knows no Django: a stranger's check uses the same lines.

Canonical JSON here is: UTF-8; members sorted by the code points of their names; no spaces or line ends; strings in NFC
with only `"`, `\\` and U+0000 to U+001F escaped, as Python's `json` does; numbers are integers of 64 bits with sign; no
floats, no repeated names. (RFC 8785 differs in two things: it sorts names by UTF-16 units and knows floats.)

The entry's bytes are the canonical JSON of {"about","actor","at","data","id","subject","verb"}; `at` is UTC with six
decimals of a second and `Z`; `about` may be null. Its leaf is SHA-256(salt || bytes), the salt being 32 random bytes:
nobody who sees only the leaf can try out what it says.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from unicodedata import normalize
from uuid import UUID

from keng.base.errors import InputError, Said

SALT_BYTES = 32
LARGEST_INTEGER = 2**63 - 1
DEEPEST = 8
MOST_DATA_BYTES = 16_384

ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))

IDENTIFIER = re.compile(r"[a-z][a-z0-9_-]*(:[A-Za-z0-9._~:/-]{1,120})?")
VERB = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
WORDS = re.compile(r"[^@\x00-\x1f]{0,200}")
PERSONAL_NUMBER = re.compile(r"(?<![\w-])(\+|0)[0-9]{8,14}(?![\w-])")  # not inside a hash or a UUID

NOT_CANONICAL = Said("Sổ không ghi được giá trị ở {where}: {why}", "the ledger cannot hold the value at {where}: {why}")
PERSONAL = Said(
    "Sổ chỉ ghi mã, số và định danh nội bộ; {where} giống dữ liệu cá nhân hoặc lời viết tự do",
    "the ledger holds codes, numbers and internal identifiers only; {where} looks like personal data or free text",
)


@dataclass(frozen=True, slots=True)
class EntryFields:
    """What an entry says. `data` is canonical JSON text, `at` is aware."""

    id: UUID
    at: datetime
    actor: str
    verb: str
    subject: str
    about: str | None
    data: str

    def canonical(self) -> bytes:
        """The entry's bytes, in the spelling of this module's first lines."""
        about = "null" if self.about is None else _quoted(self.about)
        return (
            f'{{"about":{about},"actor":{_quoted(self.actor)},"at":"{time_text(self.at)}","data":{self.data},'
            f'"id":"{self.id}","subject":{_quoted(self.subject)},"verb":{_quoted(self.verb)}}}'
        ).encode()


def leaf_of(salt: bytes, entry: bytes) -> bytes:
    """SHA-256(salt || entry). The salt's length is fixed, so no other pair gives the same bytes."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return sha256(salt + entry).digest()


def time_text(at: datetime) -> str:
    """`2025-03-05T07:30:00.000000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical_json(value: object) -> str:
    """The canonical JSON of a tree of dicts, lists, strings, integers, booleans, None. InputError for anything else."""
    normal = _normal(value, "data", DEEPEST)
    text = ENCODER.encode(normal)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _refused("data", "surrogate") from error
    return text


def data_text(data: dict[str, object]) -> str:
    """The canonical JSON of an entry's data, refused if it is too long, or a string in it is no code or name of a unit:
    over 200 letters, of several lines, with an `@`, a phone or a citizen number.

    This stops slips only: the ledger is never erased, so what a person wrote or is called has no place in it.
    """
    text = canonical_json(data)
    if len(text.encode()) > MOST_DATA_BYTES:
        raise _refused("data", f"> {MOST_DATA_BYTES} B")
    _refuse_personal(data, "data")
    return text


def checked_identifier(text: str, where: str, form: re.Pattern[str] = IDENTIFIER) -> str:
    """`text` if it is of the form and no part of it looks like a phone or citizen number; InputError otherwise."""
    if not form.fullmatch(text):
        raise _refused(where, form.pattern)
    if PERSONAL_NUMBER.search(text):
        raise InputError("ledger.personal_data", PERSONAL.filled(where=where), field=where)
    return text


def _normal(value: object, where: str, depth: int) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if not -LARGEST_INTEGER - 1 <= value <= LARGEST_INTEGER:
            raise _refused(where, "> 64 bit")
        return int(value)
    if isinstance(value, str):
        return normalize("NFC", value)
    if depth == 0:
        raise _refused(where, "depth")
    if isinstance(value, list | tuple):
        return [_normal(item, f"{where}[{n}]", depth - 1) for n, item in enumerate(value)]
    if isinstance(value, dict):
        return _normal_members(value, where, depth)
    raise _refused(where, type(value).__name__)


def _normal_members(value: dict[object, object], where: str, depth: int) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, item in value.items():
        if not isinstance(name, str):
            raise _refused(where, type(name).__name__)
        normal_name = normalize("NFC", name)
        if normal_name in members:
            raise _refused(where, "repeated name")
        members[normal_name] = _normal(item, f"{where}.{normal_name}", depth - 1)
    return members


def _refuse_personal(value: object, where: str) -> None:
    if isinstance(value, str) and (not WORDS.fullmatch(value) or PERSONAL_NUMBER.search(value)):
        raise InputError("ledger.personal_data", PERSONAL.filled(where=where), field=where)
    if isinstance(value, dict):
        for name, item in value.items():
            _refuse_personal(name, where)
            _refuse_personal(item, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for n, item in enumerate(value):
            _refuse_personal(item, f"{where}[{n}]")


def _quoted(text: str) -> str:
    return ENCODER.encode(text)


def _refused(where: str, why: str) -> InputError:
    return InputError("ledger.not_canonical", NOT_CANONICAL.filled(where=where, why=why), field=where)
