"""The public ledger: check an export (no database is asked), write one, or give a person the entries about themself."""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
from pathlib import Path

from keng.base.errors import InputError, KengError
from keng.base.signing import PublicKey
from keng.desk.ground.ledger.layout import Head, checkpoint_line
from keng.desk.ground.ledger.proofs import verify_proofs
from keng.desk.ground.ledger.verdicts import REASONS, Fails, FailsError, Holds
from keng.desk.ground.ledger.verify import open_head, verify_export

STATUS_UNUSABLE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`verify`, `export` and `prove`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verify|export|prove")
    verify = verbs.add_parser("verify", help="check an export, or a file of proofs, with the public key")
    verify.add_argument("export", type=Path, metavar="EXPORT", help="folder of an export, or file of `prove`")
    verify.add_argument(
        "--public", type=Path, action="append", required=True, metavar="KEY", help="PEM; again for a later key"
    )
    verify.add_argument("--seen", type=Path, metavar="NOTE", help="a checkpoint note kept from before")
    export = verbs.add_parser("export", help="write leaves, checkpoints and how to check them")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    prove = verbs.add_parser("prove", help="write the salted entries about one person, with proofs")
    prove.add_argument("--about", required=True, metavar="ID", help="the person's pseudonym, such as report:...")
    prove.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")


def run(options: argparse.Namespace) -> int:
    """Status 0, or 2 if the ledger fails or something needed is not there (told in both languages)."""
    try:
        return {"verify": _verify, "export": _export, "prove": _prove}[options.verb](options)
    except KengError as error:
        sys.stderr.write(f"{error.said.vi}\n{error.said.en}\n")
        return STATUS_UNUSABLE


def _verify(options: argparse.Namespace) -> int:
    keys = [PublicKey.load(path) for path in options.public]
    if options.export.is_file():
        verdict = verify_proofs(options.export, keys)
    else:
        verdict = verify_export(options.export, keys, _read_seen(options.seen, keys))
    sys.stdout.write(_verdict_line(verdict))
    if isinstance(verdict, Holds):
        return 0
    sys.stderr.write(f"{verdict.said.vi}\n{verdict.said.en}\n")
    return STATUS_UNUSABLE


def _read_seen(path: Path | None, keys: list[PublicKey]) -> Head | None:
    """The head of a kept note. InputError if it cannot be read or is not signed by the keys."""
    if path is None:
        return None
    try:
        return open_head(checkpoint_line(path.read_text(encoding="utf-8")).encode(), keys, 1, 0)[0]
    except FailsError as fails:
        raise InputError("ledger.seen", fails.said, field="seen") from fails
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("ledger.seen", REASONS["unreadable"].filled(path=path, why=error), field="seen") from error


def _export(options: argparse.Namespace) -> int:
    _set_up_django()
    from keng.desk.ground.ledger.export import export, told

    sys.stdout.write(told(export(options.output)) + "\n")
    return 0


def _prove(options: argparse.Namespace) -> int:
    _set_up_django()
    from keng.base import clock
    from keng.desk.ground.ledger.export import export_proofs, told

    sys.stdout.write(told(export_proofs(options.about, options.output, clock.now())) + "\n")
    return 0


def _set_up_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keng.site.settings")
    os.environ.setdefault("KENG_CHORE", "1")  # a long ledger takes long to read
    django.setup()


def _verdict_line(verdict: Holds | Fails) -> str:
    """`{"entries","checkpoint","ok"}`, and for a failure `"entry","reason","confirmed"` as well."""
    line: dict[str, object] = {"entries": verdict.entries, "checkpoint": _head_told(verdict.head)}
    line["ok"] = isinstance(verdict, Holds)
    if isinstance(verdict, Fails):
        line |= {"entry": verdict.entry, "reason": verdict.reason, "confirmed": verdict.confirmed}
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def _head_told(head: Head | None) -> dict[str, object] | None:
    if head is None:
        return None
    made_at = head.made_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    root = base64.b64encode(head.root).decode()
    return {"origin": head.origin, "size": head.size, "root": root, "made_at": made_at}
