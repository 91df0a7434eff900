"""A book in a folder that survives being cut off anywhere in a write.

`current` names the generation that counts: a folder of columns, written whole, synced, and named last. What came since is
in its journal, records with their length and checksum; one that was cut off ends the journal and is written over.
"""

from __future__ import annotations

import fcntl
import io
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import numpy as np

from keng.engines.link.book import Arrays, Batch, Book
from keng.engines.link.features import Features
from keng.engines.link.graph import Ints
from keng.engines.link.strings import Strings

LARGEST_JOURNAL = 1 << 26  # bytes; longer, and the next write makes a new generation
_CURRENT, _JOURNAL = "current", "journal"
_GENERATION = re.compile(r"generation-(\d+)")
_HEAD, _CHECK = 8, 16  # bytes before a record: its length, its checksum
_FEATURES = ("text", "rank", "phrases", "sketch", "ends", "values", "at")


class BrokenStateError(Exception):
    """The folder is no state of ours, or of another version; the reason is fit to show."""


class Store:
    """The state in a folder, held by one process at a time (`opened`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._generation: Path | None = None
        self._journal_end = 0

    def load(self) -> Book:
        """The book as of the last write that was finished. Raises BrokenStateError."""
        self._clear_drafts()
        current = self._folder / _CURRENT
        if not current.exists():
            if any(self._folder.glob("generation-*")) or _strangers(self._folder):
                raise BrokenStateError(f"{self._folder} is no state folder of keng link")
            return Book()
        name = current.read_text(encoding="ascii").strip()
        if not _GENERATION.fullmatch(name):
            raise BrokenStateError(f"{current} names no generation")
        self._generation = self._folder / name
        book = Book(_read_columns(self._generation))
        with (self._generation / _JOURNAL).open("rb") as journal:
            for content in _records(journal):
                _apply(book, content)
                self._journal_end = journal.tell()
        return book

    def append(self, book: Book, before: Ints, codes: int) -> None:
        """Write down what came since there were so many codes and the rows were in the campaigns `before`."""
        if self._generation is None or self._journal_end > LARGEST_JOURNAL:
            self.write(book)
            return
        record = io.BytesIO()
        np.savez(record, allow_pickle=False, **_since(book, before, codes))
        content = record.getvalue()
        head = len(content).to_bytes(_HEAD, "little") + blake2b(content, digest_size=_CHECK).digest()
        with (self._generation / _JOURNAL).open("r+b") as journal:
            journal.seek(self._journal_end)
            journal.write(head + content)
            journal.truncate()
            _sync(journal)
        self._journal_end += len(head) + len(content)

    def write(self, book: Book) -> None:
        """Write the whole book as a new generation; the one before counts until this is complete."""
        number = _number(self._generation) + 1 if self._generation else 1
        draft = self._folder / f"draft-{number}"
        draft.mkdir()
        for name, column in book.to_arrays().items():
            with (draft / f"{name}.npy").open("wb") as file:
                np.save(file, column)
                _sync(file)
        with (draft / _JOURNAL).open("wb") as file:
            _sync(file)
        final = self._folder / f"generation-{number}"
        draft.rename(final)
        self._point_at(final)
        before, self._generation, self._journal_end = self._generation, final, 0
        if before is not None:
            shutil.rmtree(before)

    def _point_at(self, generation: Path) -> None:
        draft = self._folder / f"draft-{_CURRENT}"
        with draft.open("w", encoding="ascii") as file:
            file.write(generation.name)
            _sync(file)
        draft.rename(self._folder / _CURRENT)
        handle = os.open(self._folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)

    def _clear_drafts(self) -> None:
        """What a write that was cut off left behind: drafts, and generations that are not current."""
        current = self._folder / _CURRENT
        counts = current.read_text(encoding="ascii").strip() if current.exists() else ""
        for left in self._folder.glob("draft-*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        for left in self._folder.glob("generation-*"):
            if left.name != counts and (counts or _is_first(left)):
                shutil.rmtree(left)


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """The state in a folder, made if there is none, to ourselves until done. Raises BrokenStateError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("ab")
    except OSError as problem:
        raise BrokenStateError(f"cannot use {folder}: {problem.strerror}") from problem
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BrokenStateError(f"{folder} is in use by another process") from None
        yield Store(folder)


def _read_columns(generation: Path) -> Arrays:
    """The columns where they lie. Pages that are written to are copied, never the file."""
    found = {}
    for name in _NAMES:
        path = generation / f"{name}.npy"
        try:
            found[name] = np.load(path, mmap_mode="c", allow_pickle=False)
        except (OSError, ValueError) as problem:
            raise BrokenStateError(f"{path} cannot be read") from problem
    return found


def _records(journal: BinaryIO) -> Iterator[bytes]:
    """Whole records up to the first that is not."""
    while len(head := journal.read(_HEAD + _CHECK)) == _HEAD + _CHECK:
        length = int.from_bytes(head[:_HEAD], "little")
        content = journal.read(length)
        if len(content) < length or blake2b(content, digest_size=_CHECK).digest() != head[_HEAD:]:
            return
        yield content


def _since(book: Book, before: Ints, codes: int) -> Arrays:
    first = before.size
    rows = np.arange(first, len(book))
    features = book.features(rows)
    now = book.campaign(np.arange(first))
    moved = np.flatnonzero(now != before)
    identifiers = book.identifiers(rows)
    return {
        **{name: getattr(features, name) for name in _FEATURES},
        "identifiers": identifiers.letters,
        "lengths": np.diff(identifiers.ends, prepend=0),
        "kin": book.columns["kin"].take(rows),
        "campaign": book.campaign(rows),
        "moved": moved,
        "moved_to": now[moved],
        "codes": np.array(book.codes[codes:], "S17"),
        "founders": np.array(book.founders[codes:], np.int64),
        "dead": np.array(sorted(book.dead), np.uint64),
        "unsettled": np.array([book.unsettled]),
    }


def _apply(book: Book, content: bytes) -> None:
    found = np.load(io.BytesIO(content), allow_pickle=False)
    identifiers = Strings(found["identifiers"], np.cumsum(found["lengths"]))
    features = Features(**{name: found[name] for name in _FEATURES})
    rows = book.append(Batch(identifiers, identifiers.hashes(), features))
    book.set_kin(rows, found["kin"])
    book.look_up(rows)
    book.codes += found["codes"].tolist()
    book.founders += found["founders"].tolist()
    book.dead = set(found["dead"].tolist())
    book.unsettled = int(found["unsettled"][0])
    book.move(np.concatenate([found["moved"], rows]), np.concatenate([found["moved_to"], found["campaign"]]))


def _number(generation: Path) -> int:
    return int(generation.name.removeprefix("generation-"))


def _is_first(generation: Path) -> bool:
    return generation.name == "generation-1"


def _strangers(folder: Path) -> bool:
    return any(path.name != "lock" for path in folder.iterdir())


def _sync(file: BinaryIO | io.TextIOWrapper) -> None:
    file.flush()
    os.fsync(file.fileno())


_NAMES = tuple(Book().to_arrays())
