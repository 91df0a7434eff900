"""Checking a file of salted entries with their proofs, as `keng ledger prove` writes it. Knows no Django.

The first line is the checkpoint; each other line holds an entry, its salt, its place and the path of RFC 9162 2.1.3
from its leaf to the root that the checkpoint signs. Whoever holds the file can show it to anybody with the public key.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from keng.base import merkle
from keng.base.errors import KengError
from keng.base.signing import PublicKey
from keng.desk.ground.ledger.canonical import canonical_json, leaf_of
from keng.desk.ground.ledger.layout import Head, proof_line
from keng.desk.ground.ledger.verdicts import REASONS, Fails, FailsError, Holds
from keng.desk.ground.ledger.verify import MOST_NOTE_BYTES, open_head


def verify_proofs(path: Path, keys: Sequence[PublicKey]) -> Holds | Fails:
    """Check each entry of the file against its checkpoint. `entries` counts proofs; `entry` of a failure is a place."""
    head: Head | None = None
    proven = 0
    try:
        with path.open("rb") as file:
            head, key = open_head(file.readline(MOST_NOTE_BYTES), keys, 1, 0)
            while row := file.readline(MOST_NOTE_BYTES):
                _check(row, proven + 2, head)
                proven += 1
    except OSError as error:
        said = REASONS["unreadable"].filled(path=path, why=error.strerror)
        return Fails(proven, 0, 0, "unreadable", said, head)
    except FailsError as fails:
        return Fails(proven, fails.entry, 0, fails.reason, fails.said, head)
    return Holds(proven, head, key.key_id)


def _check(row: bytes, line: int, head: Head) -> None:
    place, entry, salt, proof = _read(row, line)
    leaf_hash = merkle.hash_leaf(leaf_of(salt, entry))
    if not merkle.verify_inclusion(leaf_hash, place, head.size, proof, head.root):
        raise FailsError("not_proven", place)


def _read(row: bytes, line: int) -> tuple[int, bytes, bytes, list[bytes]]:
    """Place, bytes of the entry, salt and proof; the line must be their only spelling."""
    try:
        read = json.loads(row)
        place, entry = read["place"], canonical_json(read["entry"]).encode()
        salt, proof = bytes.fromhex(read["salt"]), [bytes.fromhex(part) for part in read["proof"]]
        is_ours = isinstance(place, int) and proof_line(place, salt, entry, proof).encode() == row and len(salt) == 32
    except (ValueError, TypeError, KeyError, RecursionError, KengError) as error:
        raise FailsError("proof_malformed", 0, line=line) from error
    if not is_ours:
        raise FailsError("proof_malformed", 0, line=line)
    return place, entry, salt, proof
