"""Checking an export with nothing but the files and the public key. Knows no Django.

Why the first entry that fails can be named, and why the name cannot be forged:
- Line n holds the running hash over leaves 0..n. Whoever changes, drops, adds or moves a line without redoing all later
  running hashes breaks the first line concerned, and that line is named exactly.
- Whoever does redo them meets the next checkpoint, whose root and running hash are signed. Then the entries since the
  last checkpoint that held are no longer confirmed by anybody, and the first of these is named.
- `confirmed` says how many entries from 0 on a valid signature covers: they are what was signed, whatever follows. An
  entry between `confirmed` and the one named cannot be told from one that an adversary rechained.
- Whoever holds the signing key can sign another history. Against that help only checkpoints that others kept (`seen`).
An older export is not a broken one: `seen` also shows that the end was cut off together with its checkpoints.
"""

from __future__ import annotations

from binascii import Error as HexError
from binascii import unhexlify
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO

from keng.base.errors import InputError
from keng.base.merkle import LEAF_PREFIX, CompactRange
from keng.base.signing import PublicKey, open_note, parse_checkpoint
from keng.desk.ground.ledger import layout
from keng.desk.ground.ledger.announced import Announced, read_announced
from keng.desk.ground.ledger.layout import FIRST_CHAIN, LEAF_BEFORE, LEAF_BETWEEN, Head, leaf_line, next_chain
from keng.desk.ground.ledger.verdicts import REASONS, Fails, FailsError, Holds

BLOCK_LINES = 4_096
MOST_NOTE_BYTES = 65_536


def verify_export(directory: Path, keys: Sequence[PublicKey], seen: Head | None = None) -> Holds | Fails:
    """Check the export in `directory` against the public keys of the ledger, oldest first (usually there is one).

    Later keys that the ledger announced are followed (see `announced.py`). Once a later key has signed, an earlier one no
    longer may. `seen` is a checkpoint kept from before. Reads each file once; memory does not grow with the ledger. Cost:
    about 2.5 µs an entry and 0.2 ms a checkpoint on one core.
    """
    check = _Check(keys, seen)
    try:
        check.announced = read_announced(directory)
        with (directory / layout.LEAVES).open("rb") as leaves, (directory / layout.CHECKPOINTS).open("rb") as notes:
            check.run(leaves, notes)
    except OSError as error:
        said = REASONS["unreadable"].filled(path=error.filename or directory, why=error.strerror)
        return Fails(check.size, check.confirmed, check.confirmed, "unreadable", said, check.head)
    except FailsError as fails:
        return Fails(check.size, fails.entry, check.confirmed, fails.reason, fails.said, check.head)
    if check.head is None:
        return Fails(0, 0, 0, "no_checkpoint", REASONS["no_checkpoint"], None)
    return Holds(check.size, check.head, check.key_id)


def open_head(row: bytes, keys: Sequence[PublicKey], line: int, entry: int) -> tuple[Head, PublicKey]:
    """The head on a line `{"note":...}` and the key that signed it. FailsError names `entry` if it is no such line."""
    try:
        note = layout.read_checkpoint_line(row)
        text, key = open_note(note, note.partition("\n")[0], keys)
        return layout.read_head(parse_checkpoint(text)), key
    except (ValueError, RecursionError) as error:
        raise FailsError("checkpoint_malformed", entry, line=line) from error
    except InputError as error:
        reason = {"note.wrong_signature": "wrong_signature", "note.not_signed": "wrong_key"}.get(error.code)
        raise FailsError(reason or "checkpoint_malformed", entry, line=line) from error


class _Check:
    """One pass over both files: `size` lines were read and hold together, `confirmed` of them are signed for."""

    def __init__(self, keys: Sequence[PublicKey], seen: Head | None) -> None:
        self.keys = list(keys)
        self.seen = seen
        self.announced: dict[int, Announced] = {}
        self.tree = CompactRange()
        self.chain = FIRST_CHAIN
        self.confirmed = 0
        self.head: Head | None = None
        self.key_id = ""

    @property
    def size(self) -> int:
        return self.tree.size

    def run(self, leaves: IO[bytes], notes: IO[bytes]) -> None:
        line = 0
        while row := notes.readline(MOST_NOTE_BYTES):
            line += 1
            head = self._opened(row, line)
            is_forked = self._differs_from_seen(leaves, head.size)
            self._read_leaves(leaves, head.size)
            if (self.tree.root(), self.chain) != (head.root, head.chain):
                raise FailsError("unconfirmed", self.confirmed, last=head.size - 1)
            self._trust_announced(head.size)
            self.head, self.confirmed = head, head.size
            if is_forked and self.seen is not None:
                raise FailsError("forked", 0, size=self.seen.size)
        if self.head is not None and leaves.read(1):
            raise FailsError("uncovered", self.confirmed)
        if self.seen is not None and self.seen.size > self.size:
            raise FailsError("rolled_back", self.size, size=self.seen.size)

    def _trust_announced(self, size: int) -> None:
        """Take in the keys that the entries just confirmed announce: they were announced by a key trusted so far."""
        for place in sorted(place for place in self.announced if self.confirmed <= place < size):
            if (key := self.announced[place].key) not in self.keys:
                self.keys.append(key)

    def _opened(self, row: bytes, line: int) -> Head:
        """The head on one line of checkpoints, signed by the key whose turn it is and larger than the one before."""
        head, key = open_head(row, self.keys, line, self.confirmed)
        del self.keys[: self.keys.index(key)]
        if self.head is not None and head.origin != self.head.origin:
            raise FailsError("other_origin", self.confirmed, line=line)
        if self.head is not None and head.size <= self.head.size:
            raise FailsError("checkpoint_order", self.confirmed, line=line)
        self.key_id = key.key_id
        return head

    def _differs_from_seen(self, leaves: IO[bytes], size: int) -> bool:
        """Stop at the size of the kept checkpoint, if it lies in this stretch, and compare."""
        if self.seen is None or not self.size <= self.seen.size <= size:
            return False
        self._read_leaves(leaves, self.seen.size)
        return (self.tree.root(), self.chain) != (self.seen.root, self.seen.chain)

    def _read_leaves(self, leaves: IO[bytes], size: int) -> None:
        while self.size < size:
            digits = len(str(self.size))
            count = min(BLOCK_LINES, size - self.size, 10**digits - self.size)
            start = len(LEAF_BEFORE) + digits + len(LEAF_BETWEEN)
            width = len(leaf_line(self.size, FIRST_CHAIN, FIRST_CHAIN))
            self._take(leaves.read(count * width), start, width, count)

    def _take(self, block: bytes, start: int, width: int, count: int) -> None:
        """Add the leaves of a block of lines, all of `width` bytes: the block must be what these leaves would give."""
        try:
            leaves = [unhexlify(block[at : at + 64]) for at in range(start, len(block), width)]
        except HexError:
            raise self._first_failing(block, count * width) from None
        chain, lines = self.chain, []
        for place, leaf in enumerate(leaves, self.size):
            if place in self.announced and self.announced[place].leaf != leaf:
                raise FailsError("key_not_announced", place)
            chain = sha256(chain + leaf).digest()
            lines.append(leaf_line(place, leaf, chain))
        if len(block) != count * width or "".join(lines).encode() != block:
            raise self._first_failing(block, count * width)
        self.chain = chain
        self.tree.extend([sha256(LEAF_PREFIX + leaf).digest() for leaf in leaves])

    def _first_failing(self, block: bytes, expected_bytes: int) -> FailsError:
        """Which line of a block that is not as it should be fails first, and why."""
        chain, place = self.chain, self.size
        for line in block.split(b"\n"):
            found = layout.LEAF_LINE.fullmatch(line)
            if found is None:
                is_end = len(block) < expected_bytes and block.endswith(line)
                return FailsError("malformed" if not is_end else "cut_off" if line else "missing", place)
            if int(found[1]) != place:
                return FailsError("order", place, found=int(found[1]))
            chain = next_chain(chain, bytes.fromhex(found[2].decode()))
            if chain.hex().encode() != found[3]:
                return FailsError("changed", place)
            place += 1
        return FailsError("cut_off", place - 1)
