"""The exact bytes of an export, shared by the one that writes and the one that checks. Knows no Django.

`leaves.jsonl`        {"n":0,"leaf":"<64 hex>","chain":"<64 hex>"}      one line an entry, in the order of places
`checkpoints.jsonl`   {"note":"<signed note>"}                          one line a checkpoint, sizes rising
`keys.jsonl`          {"entry":{...},"place":n,"proof":[],"salt":"<64 hex>"}  one line a new key: the entry that announced it
a file of proofs      {"note":...}, then {"entry","place","proof","salt"} for each entry: see `proofs.py`

chain_i = SHA-256(chain_{i-1} || leaf_i), and chain_{-1} is 32 zero bytes. A checkpoint's note has two extension lines:
`chain <64 hex>`, the running hash after its last entry, and `made <time>`. The Merkle tree's data are the 32 bytes of
each `leaf`, so a leaf hash is SHA-256(0x00 || leaf). Every line ends in U+000A, the last one too; no other spelling
is accepted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from keng.base.errors import InputError, Said
from keng.base.signing import Checkpoint
from keng.desk.ground.ledger.canonical import time_text

LEAVES = "leaves.jsonl"
CHECKPOINTS = "checkpoints.jsonl"
KEYS = "keys.jsonl"
PROOFS = "proofs.jsonl"
ANNOUNCES = "keys.rotate"
README = "README.txt"

FIRST_CHAIN = bytes(32)
LEAF_BEFORE = '{"n":'
LEAF_BETWEEN = ',"leaf":"'
LEAF_LINE = re.compile(rb'\{"n":(0|[1-9][0-9]{0,18}),"leaf":"([0-9a-f]{64})","chain":"([0-9a-f]{64})"\}')
CHAIN_LINE = re.compile(r"chain ([0-9a-f]{64})")
MADE_LINE = re.compile(r"made ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)")

NO_HEAD = Said("Điểm chốt không có dòng chain và made", "the checkpoint has no chain and made lines")


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint of the ledger says: `size` entries, the root over them, the running hash, when it was made."""

    origin: str
    size: int
    root: bytes
    chain: bytes
    made_at: datetime

    def text(self) -> str:
        """The text of the note, to be signed."""
        return Checkpoint(
            self.origin, self.size, self.root, (f"chain {self.chain.hex()}", f"made {time_text(self.made_at)}")
        ).text()


def read_head(checkpoint: Checkpoint) -> Head:
    """The head in a checkpoint of ours; InputError if its extension lines are others."""
    lines = checkpoint.extensions
    chain, made = (CHAIN_LINE.fullmatch(lines[0]), MADE_LINE.fullmatch(lines[1])) if len(lines) == 2 else (None, None)
    if chain is None or made is None:
        raise InputError("ledger.no_head", NO_HEAD)
    try:
        made_at = datetime.strptime(made[1], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise InputError("ledger.no_head", NO_HEAD) from error
    return Head(checkpoint.origin, checkpoint.size, checkpoint.root, bytes.fromhex(chain[1]), made_at)


def next_chain(chain: bytes, leaf: bytes) -> bytes:
    """The running hash after one more leaf."""
    return sha256(chain + leaf).digest()


def leaf_line(place: int, leaf: bytes, chain: bytes) -> str:
    """The line of one entry, line end included."""
    return f'{LEAF_BEFORE}{place}{LEAF_BETWEEN}{leaf.hex()}","chain":"{chain.hex()}"}}\n'


def checkpoint_line(note: str) -> str:
    """The line of one signed note, line end included."""
    return json.dumps({"note": note}, ensure_ascii=False, separators=(",", ":")) + "\n"


def read_checkpoint_line(line: bytes) -> str:
    """The note in a line; ValueError unless the line is the only spelling of it."""
    read = json.loads(line)
    note = read.get("note") if isinstance(read, dict) else None
    if not isinstance(note, str) or checkpoint_line(note).encode() != line:
        raise ValueError("not the line of a checkpoint")
    return note


def proof_line(place: int, salt: bytes, entry: bytes, proof: Sequence[bytes]) -> str:
    """The line of one proven entry, line end included; `entry` is its canonical bytes, as they are."""
    parts = ",".join(f'"{part.hex()}"' for part in proof)
    return f'{{"entry":{entry.decode()},"place":{place},"proof":[{parts}],"salt":"{salt.hex()}"}}\n'
