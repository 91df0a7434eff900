"""Make a signing key: Ed25519, the private half as PEM PKCS 8 (mode 600), the public half beside it as FILE.pub."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from keng.base.errors import InputError, KengError, Said
from keng.base.signing import Signer

STATUS_UNUSABLE = 2
PRIVATE_MODE = 0o600
PUBLIC_MODE = 0o644

EXISTS = Said("{path} đã có; khóa không bao giờ bị ghi đè", "{path} exists; a key is never written over")
UNWRITABLE = Said("Không ghi được {path}: {why}", "{path} cannot be written: {why}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`keng key new -o FILE`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="new")
    new = verbs.add_parser("new", help="make a key", description=__doc__)
    new.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="file of the private key")


def run(options: argparse.Namespace) -> int:
    """Make the key and print `{"private","public","key_id"}`; status 2 if a file exists or cannot be written."""
    try:
        signer = make_key(options.output)
    except KengError as error:
        sys.stderr.write(f"{error.said.vi}\n{error.said.en}\n")
        return STATUS_UNUSABLE
    line = {"private": str(options.output), "public": str(public_path(options.output)), "key_id": signer.key_id}
    sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    return 0


def public_path(private: Path) -> Path:
    """Where the public half of a private key file stands: its name and `.pub`."""
    return private.with_name(f"{private.name}.pub")


def make_key(private: Path, name: str = "keng") -> Signer:
    """Write a new key pair and give it back. InputError if a file exists or cannot be written; then neither is left."""
    signer, public = Signer.generate(name), public_path(private)
    _write_new(private, signer.pem(), PRIVATE_MODE)
    try:
        _write_new(public, signer.public.pem(), PUBLIC_MODE)
    except InputError:
        private.unlink()
        raise
    return signer


def _sync_folder(folder: Path) -> None:
    """The new name is safely on the disk: a key that signed and is lost with the power would end its ledger."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_new(path: Path, data: bytes, mode: int) -> None:
    """Whole or not at all, never over anything: a hard link from a finished file fails if the name is taken."""
    if os.path.lexists(path):
        raise InputError("key.exists", EXISTS.filled(path=path), field="output")
    draft: str | None = None
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.link(draft, path)
        _sync_folder(path.parent)
    except FileExistsError as error:
        raise InputError("key.exists", EXISTS.filled(path=path), field="output") from error
    except OSError as error:
        raise InputError("key.unwritable", UNWRITABLE.filled(path=path, why=error.strerror), field="output") from error
    finally:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
