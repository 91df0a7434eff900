"""What can happen on a day: the losses and the plain reports of a nation made by `keng nation make`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keng.base.errors import InputError, Said
from keng.nation.day.banks import bank_of

TRUTH = Path("truth") / "reports.jsonl"
MOST_KEPT = 20_000
"""Of each kind: a day at its usual rhythm needs some 3,000 losses."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Money that a victim sent to a mule, and the words of the report."""

    text: str
    sender: str | None
    amount: int
    from_account: str
    to_account: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A report of a message or a call that cost nothing; `spam` if it was only a nuisance."""

    text: str
    sender: str | None
    spam: bool


@dataclass(frozen=True, slots=True)
class Happenings:
    """Both kinds, in the order of the file."""

    losses: Sequence[Loss]
    plains: Sequence[Plain]


def read_happenings(nation_dir: Path, simulated_banks: Collection[str]) -> Happenings:
    """Read `reports.jsonl`. Losses whose money arrives at a simulated bank come alone, if there are any."""
    path = nation_dir / "reports.jsonl"
    if not path.is_file():
        raise InputError("no_nation", Said("Chưa có đất nước giả lập", f"There is no {path}"))
    spam_ids = _read_spam_ids(nation_dir / TRUTH)
    losses: list[Loss] = []
    plains: list[Plain] = []
    for row in read_lines(path):
        if row.get("loss") is None:
            plains.append(Plain(row["text"], row.get("sender"), row["id"] in spam_ids))
        elif row["loss"]["from_account"] != row["loss"]["to_account"]:
            losses.append(_loss(row))
    held_here = [loss for loss in losses if bank_of(loss.to_account) in simulated_banks]
    return Happenings((held_here or losses)[:MOST_KEPT], plains[:MOST_KEPT])


def _loss(row: dict[str, Any]) -> Loss:
    loss = row["loss"]
    return Loss(row["text"], row.get("sender"), int(loss["amount"]), loss["from_account"], loss["to_account"])


def _read_spam_ids(path: Path) -> frozenset[object]:
    """Empty without the truth: then every plain report counts as a scam's."""
    if not path.is_file():
        return frozenset()
    return frozenset(row["id"] for row in read_lines(path) if row.get("spam"))


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of one a line."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
