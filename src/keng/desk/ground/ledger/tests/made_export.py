"""Exports made by hand for tests of the check: no database, and an adversary's tools."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from keng.base.merkle import CompactRange, hash_leaf
from keng.base.signing import Signer, sign_note
from keng.desk.ground.ledger import layout

NOW = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
SIZES = (0, 5, 12, 13, 20)


def leaves_of(count: int) -> list[bytes]:
    return [sha256(str(n).encode()).digest() for n in range(count)]


def rechained(leaves: Sequence[bytes]) -> list[str]:
    """The lines that fit these leaves: what an adversary without the key can redo."""
    chain, lines = layout.FIRST_CHAIN, []
    for place, leaf in enumerate(leaves):
        chain = layout.next_chain(chain, leaf)
        lines.append(layout.leaf_line(place, leaf, chain))
    return lines


def signed(leaves: Sequence[bytes], signer: Signer) -> str:
    """The line of a checkpoint over all these leaves."""
    tree = CompactRange()
    tree.extend([hash_leaf(leaf) for leaf in leaves])
    last = json.loads(rechained(leaves)[-1])["chain"] if leaves else layout.FIRST_CHAIN.hex()
    head = layout.Head(signer.name, len(leaves), tree.root(), bytes.fromhex(last), NOW)
    return layout.checkpoint_line(sign_note(head.text(), signer))


def make(folder: Path, signer: Signer, leaves: Sequence[bytes], sizes: Sequence[int] = SIZES) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / layout.LEAVES).write_text("".join(rechained(leaves)))
    (folder / layout.CHECKPOINTS).write_text("".join(signed(leaves[:size], signer) for size in sizes))
    return folder


def edit(path: Path, change: Callable[[list[str]], list[str] | None]) -> None:
    """Change the lines of a file, line ends included."""
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(change(lines) or lines))
