"""Later keys of the ledger, as the ledger itself announced them. Knows no Django.

`keys.jsonl` holds the entries that did, with their salts. A key from there is trusted once its entry's leaf stands at its
place among entries that a key trusted before has signed for: so whoever has the first public key can follow to the newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from keng.base.errors import KengError
from keng.base.signing import PublicKey
from keng.desk.ground.ledger import layout
from keng.desk.ground.ledger.canonical import leaf_of
from keng.desk.ground.ledger.proof_lines import read_proof
from keng.desk.ground.ledger.verdicts import FailsError

MOST_LINE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Announced:
    """A new key, and the leaf of the entry that announced it."""

    leaf: bytes
    key: PublicKey


def read_announced(directory: Path) -> dict[int, Announced]:
    """The announced keys by place; none if the export has no such file (an older one). FailsError `key_malformed`."""
    found: dict[int, Announced] = {}
    try:
        with (directory / layout.KEYS).open("rb") as file:
            while row := file.readline(MOST_LINE_BYTES):
                place, announced = _read(row, len(found) + 1)
                found[place] = announced
    except FileNotFoundError:
        return {}
    return found


def _read(row: bytes, line: int) -> tuple[int, Announced]:
    try:
        place, entry, salt, _, told = read_proof(row, line)
        if told["verb"] != layout.ANNOUNCES:
            raise FailsError("key_malformed", place, line=line)
        return place, Announced(leaf_of(salt, entry), PublicKey.from_raw(bytes.fromhex(told["data"]["public"])))
    except (ValueError, TypeError, KeyError, KengError) as error:
        raise FailsError("key_malformed", 0, line=line) from error
