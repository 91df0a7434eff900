"""Checking a file of salted entries with their proofs, as `keng ledger prove` writes it. Knows no Django.

The first line is the checkpoint; each other line holds an entry, its salt, its place and the path of RFC 9162 2.1.3
from its leaf to the root that the checkpoint signs. Whoever holds the file can show it to anybody with the public key.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from keng.base import merkle
from keng.base.signing import PublicKey
from keng.desk.ground.ledger.canonical import leaf_of
from keng.desk.ground.ledger.layout import PROOFS, Head
from keng.desk.ground.ledger.proof_lines import read_proof
from keng.desk.ground.ledger.verdicts import REASONS, Fails, FailsError, Holds
from keng.desk.ground.ledger.verify import MOST_NOTE_BYTES, open_head


def verify_proofs(path: Path, keys: Sequence[PublicKey]) -> Holds | Fails:
    """Check each entry of the file against its checkpoint. `entries` counts proofs; `entry` of a failure is a place.

    A ZIP archive, as the tracking page gives it, is read without being unpacked.
    """
    head: Head | None = None
    proven = 0
    try:
        with _opened(path) as file:
            head, key = open_head(file.readline(MOST_NOTE_BYTES), keys, 1, 0)
            while row := file.readline(MOST_NOTE_BYTES):
                _check(row, proven + 2, head)
                proven += 1
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        said = REASONS["unreadable"].filled(path=path, why=getattr(error, "strerror", None) or error)
        return Fails(proven, 0, 0, "unreadable", said, head)
    except FailsError as fails:
        return Fails(proven, fails.entry, 0, fails.reason, fails.said, head)
    return Holds(proven, head, key.key_id)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The file of proofs, or the one inside an archive."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield file
        return
    with zipfile.ZipFile(path) as archive, archive.open(PROOFS) as file:
        yield file


def _check(row: bytes, line: int, head: Head) -> None:
    place, entry, salt, proof, _ = read_proof(row, line)
    leaf_hash = merkle.hash_leaf(leaf_of(salt, entry))
    if not merkle.verify_inclusion(leaf_hash, place, head.size, proof, head.root):
        raise FailsError("not_proven", place)
