"""A bank that answers Kẻng over the partner API from its own ledger (demo and tests)."""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path

from keng.base.errors import KengError
from keng.nation.robot.desk import Policy
from keng.nation.robot.modes import Mode
from keng.nation.robot.process import Settings, run_bank

STATUS_FAULT = 1
STATUS_UNUSABLE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `keng robot`."""
    parser.add_argument("--bin", required=True, type=_bank_bin, help="the bank's six-digit code, e.g. 970436")
    parser.add_argument("--name", required=True, help="the bank's name, for the line that tells it is ready")
    parser.add_argument("--port", required=True, type=int, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--keng", required=True, metavar="URL", help="where Kẻng is, e.g. http://127.0.0.1:8000")
    parser.add_argument("--secret-file", required=True, type=Path, help="the shared secret, whsec_ + base64")
    parser.add_argument("--state", required=True, type=Path, metavar="FILE.sqlite", help="the bank's books")
    parser.add_argument("--accounts", type=Path, metavar="FILE", help="Parquet or CSV of account, opening")
    parser.add_argument("--mode", type=Mode, choices=[*Mode], default=Mode.AT_ONCE, help="how the bank behaves")
    parser.add_argument("--seed", type=int, default=0, help="for --mode mixed")
    parser.add_argument("--delay-seconds", type=float, default=20, help="how long a late bank takes")
    parser.add_argument(
        "--down-tries", type=int, metavar="N", help="down for the first N tries of a request, else always"
    )
    parser.add_argument("--catch-up-seconds", type=float, default=30, help="how often to fetch what was missed")
    parser.add_argument("--now-file", type=Path, metavar="FILE", help="a test clock: the offset in seconds")


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop: 0 then, 2 if the bank cannot be opened with these options, 1 if a part of it failed."""
    settings = Settings(
        name=options.name,
        policy=Policy(options.bin, options.mode, options.seed, timedelta(seconds=options.delay_seconds)),
        port=options.port,
        keng_url=options.keng,
        secret_file=options.secret_file,
        state=options.state,
        accounts=options.accounts,
        now_file=options.now_file,
        down_tries=options.down_tries,
        catch_up_seconds=options.catch_up_seconds,
    )
    try:
        return 0 if run_bank(settings) else STATUS_FAULT
    except (OSError, KengError, KeyError, ValueError, sqlite3.DatabaseError) as fault:
        sys.stderr.write(f"keng robot: {type(fault).__name__}: {fault}\n")
        return STATUS_UNUSABLE


def _bank_bin(text: str) -> str:
    if not re.fullmatch(r"[0-9]{6}", text):
        raise argparse.ArgumentTypeError("six digits are needed")
    return text
