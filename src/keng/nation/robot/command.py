"""A bank, carrier, registry or platform that answers Kẻng over the partner API from its own books (demo and tests)."""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path

from keng.base.errors import InputError, KengError, Said
from keng.nation.robot.desk import Policy
from keng.nation.robot.kinds import KINDS, open_trade
from keng.nation.robot.kinds.trade import Trade
from keng.nation.robot.modes import Mode
from keng.nation.robot.process import Settings, run_partner

STATUS_FAULT = 1
STATUS_UNUSABLE = 2
CODES = {"bank": r"[0-9]{6}"}
OTHER_CODES = r"{kind}:[a-z0-9-]+"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `keng robot`."""
    parser.add_argument("--kind", choices=KINDS, default="bank", help="what this partner is (default bank)")
    parser.add_argument(
        "--code", "--bin", dest="code", required=True, help="a bank's six digits, e.g. 970436; else carrier:viettel"
    )
    parser.add_argument("--name", required=True, help="the partner's name, for the line that tells it is ready")
    parser.add_argument("--port", required=True, type=int, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--keng", required=True, metavar="URL", help="where Kẻng is, e.g. http://127.0.0.1:8000")
    parser.add_argument("--secret-file", required=True, type=Path, help="the shared secret, whsec_ + base64")
    parser.add_argument("--state", required=True, type=Path, metavar="FILE.sqlite", help="the partner's books")
    _add_registers(parser)
    parser.add_argument("--mode", type=Mode, choices=[*Mode], default=Mode.AT_ONCE, help="how the partner behaves")
    parser.add_argument("--seed", type=int, default=0, help="for --mode mixed")
    parser.add_argument("--delay-seconds", type=float, default=20, help="how long a late partner takes")
    parser.add_argument(
        "--down-tries", type=int, metavar="N", help="down for the first N tries of a request, else always"
    )
    parser.add_argument("--catch-up-seconds", type=float, default=30, help="how often to fetch what was missed")
    parser.add_argument("--now-file", type=Path, metavar="FILE", help="a test clock: the offset in seconds")


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop: 0 then, 2 if it cannot be opened with these options, 1 if a part of it failed."""
    try:
        return 0 if run_partner(_settings(options)) else STATUS_FAULT
    except (OSError, KengError, KeyError, ValueError, sqlite3.DatabaseError) as fault:
        sys.stderr.write(f"keng robot: {type(fault).__name__}: {fault}\n")
        return STATUS_UNUSABLE


def _add_registers(parser: argparse.ArgumentParser) -> None:
    """What the partner serves from the start; more comes through its core door."""
    registers = parser.add_mutually_exclusive_group()
    for option, what in (
        ("--accounts", "a bank's: Parquet or CSV of account, opening"),
        ("--subscribers", "a carrier's: Parquet or CSV of subscriber"),
        ("--names", "a registry's: one name a line"),
    ):
        registers.add_argument(option, dest="register", type=Path, metavar="FILE", help=what)
    parser.add_argument("--zone", type=Path, metavar="FILE", help="a registry's zone file (default: beside --state)")
    parser.add_argument("--host", action="append", default=[], help="a platform's host besides those of its name")


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(
        name=options.name,
        policy=Policy(_open_trade(options), options.mode, options.seed, timedelta(seconds=options.delay_seconds)),
        port=options.port,
        keng_url=options.keng,
        secret_file=options.secret_file,
        state=options.state,
        register=options.register,
        now_file=options.now_file,
        down_tries=options.down_tries,
        catch_up_seconds=options.catch_up_seconds,
    )


def _open_trade(options: argparse.Namespace) -> Trade:
    if not re.fullmatch(CODES.get(options.kind, OTHER_CODES.format(kind=options.kind)), options.code):
        raise InputError(
            "bad_code", Said("Mã đơn vị không đúng dạng", f"{options.code} is no code of a {options.kind}")
        )
    zone = options.zone or options.state.with_suffix(".zone")
    return open_trade(options.kind, options.code, tuple(options.host), zone)
