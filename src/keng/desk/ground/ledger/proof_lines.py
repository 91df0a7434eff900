"""Reading the line of one proven entry: see `layout.py`. Knows no Django."""

from __future__ import annotations

import json
from typing import Any

from keng.base.errors import KengError
from keng.desk.ground.ledger.canonical import canonical_json
from keng.desk.ground.ledger.layout import proof_line
from keng.desk.ground.ledger.verdicts import FailsError


def read_proof(row: bytes, line: int) -> tuple[int, bytes, bytes, list[bytes], dict[str, Any]]:
    """Place, bytes of the entry, salt, proof, and the entry as read; the line must be their only spelling. FailsError."""
    try:
        read = json.loads(row)
        place, entry = read["place"], canonical_json(read["entry"]).encode()
        salt, proof = bytes.fromhex(read["salt"]), [bytes.fromhex(part) for part in read["proof"]]
        is_ours = isinstance(place, int) and proof_line(place, salt, entry, proof).encode() == row and len(salt) == 32
    except (ValueError, TypeError, KeyError, RecursionError, KengError) as error:
        raise FailsError("proof_malformed", 0, line=line) from error
    if not is_ours:
        raise FailsError("proof_malformed", 0, line=line)
    return place, entry, salt, proof, read["entry"]
