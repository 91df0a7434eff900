"""Writing the public export, and a person's salted entries with their proofs: whole or not at all.

Each `leaf` in the export is computed from the entry as it stands in the table *now*, while `chain` is what the
sequencer stored: an entry changed behind our back is named exactly when the export is verified.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import IO

from keng.base.errors import InputError, Said
from keng.desk.ground.ledger import layout, queries
from keng.desk.ground.ledger.canonical import leaf_of
from keng.desk.ground.ledger.models import Checkpoint, Entry

CHUNK_ROWS = 5_000

EXISTS = Said("{path} đã có và không rỗng", "{path} exists and is not empty")
UNWRITABLE = Said("Không ghi được {path}: {why}", "{path} cannot be written: {why}")
NO_CHECKPOINT = Said(
    "Sổ chưa có điểm chốt nào: hãy chạy `keng sequencer`", "the ledger has no checkpoint yet: run `keng sequencer`"
)


@dataclass(frozen=True, slots=True)
class Exported:
    """How much went out."""

    entries: int
    checkpoints: int


def export(directory: Path) -> Exported:
    """Write the export up to the newest checkpoint into `directory`, which appears whole or not at all.

    InputError if the directory is there and not empty, cannot be written, or nothing was ever signed. Memory is flat.
    No transaction is held open: what a checkpoint covers never changes, so it reads the same at any moment.
    """
    head = _head()
    with _draft_of(directory) as draft:
        _write(draft / layout.LEAVES, lambda file: file.writelines(_leaf_lines(head.size)))
        _write(draft / layout.CHECKPOINTS, lambda file: file.writelines(_checkpoint_lines(head.size)))
        _write(draft / layout.KEYS, lambda file: file.writelines(_key_lines(head.size)))
        _write(draft / layout.README, lambda file: file.write(readme(head.note.partition("\n")[0])))
    return Exported(head.size, Checkpoint.objects.filter(size__lte=head.size).count())


def export_proofs(about: str, path: Path, now: datetime) -> Exported:
    """Write the salted entries that one person may see now, with proofs against the newest checkpoint, into one new file."""
    lines = proof_lines(about, now)
    if path.exists():
        raise InputError("ledger.exists", EXISTS.filled(path=path), field="output")
    with _told_errors(path), tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        draft = Path(folder) / path.name
        _write(draft, lambda file: file.writelines(lines))
        draft.replace(path)
    return Exported(len(lines) - 1, 1)


def proof_lines(about: str, now: datetime) -> list[str]:
    """The lines of a file of proofs: the checkpoint, then each entry. InputError if nothing was ever signed."""
    head = _head()
    proofs = queries.proofs_about(about, now)
    note = proofs[0].note if proofs else head.note
    lines = (layout.proof_line(one.place, one.salt, one.entry.canonical(), one.proof) for one in proofs)
    return [layout.checkpoint_line(note), *lines]


def readme(origin: str) -> str:
    """The page that tells a stranger how to check the export."""
    text = files("keng.desk.ground.ledger").joinpath("export_readme.txt").read_text(encoding="utf-8")
    return text.replace("{origin}", origin)


def _head() -> queries.SignedHead:
    head = queries.find_latest_checkpoint()
    if head is None:
        raise InputError("ledger.no_checkpoint", NO_CHECKPOINT)
    return head


def _leaf_lines(size: int) -> Iterator[str]:
    for row in Entry.objects.filter(place__lt=size).order_by("place").iterator(CHUNK_ROWS):
        leaf = leaf_of(bytes(row.salt), queries.fields_of(row).canonical())
        yield layout.leaf_line(row.place, leaf, bytes(row.chain))


def _checkpoint_lines(size: int) -> Iterator[str]:
    notes = Checkpoint.objects.filter(size__lte=size).order_by("size").values_list("note", flat=True)
    return map(layout.checkpoint_line, notes.iterator(CHUNK_ROWS))


def _key_lines(size: int) -> Iterator[str]:
    """The entries that announced a ledger key, open to everybody: they concern no person."""
    rows = Entry.objects.filter(verb=layout.ANNOUNCES, subject__startswith="key:ledger-", place__lt=size)
    for row in rows.order_by("place"):
        yield layout.proof_line(row.place or 0, bytes(row.salt), queries.fields_of(row).canonical(), [])


def _write(path: Path, write: Callable[[IO[str]], object]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _draft_of(directory: Path) -> Iterator[Path]:
    """A folder beside `directory` that takes its name at the end, or is gone."""
    with _told_errors(directory):
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise InputError("ledger.exists", EXISTS.filled(path=directory), field="output")
        draft = Path(tempfile.mkdtemp(dir=directory.absolute().parent, prefix=f".{directory.name}."))
        try:
            yield draft
            draft.chmod(0o755)
            draft.replace(directory)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _told_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            "ledger.unwritable", UNWRITABLE.filled(path=path, why=error.strerror), field="output"
        ) from error


def told(exported: Exported) -> str:
    """The line for standard output."""
    return json.dumps({"entries": exported.entries, "checkpoints": exported.checkpoints}, separators=(",", ":"))
