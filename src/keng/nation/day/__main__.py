"""Let a synthetic country live: `python -m keng.nation.day --nation DIR --partners FILE.json --keng URL --seed S`."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from pathlib import Path

from keng.base.errors import KengError
from keng.base.stopping import stop_on_signals
from keng.nation.day.rhythm import run_day

STATUS_UNUSABLE = 2


def main(words: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT: 0 then, 2 if the nation or the partners cannot be read."""
    options = _parser().parse_args(words)
    stop = stop_on_signals()
    try:
        partners = json.loads(options.partners.read_text(encoding="utf-8"))
        state = options.state or options.partners.with_name("day.sqlite")
        run_day(
            options.nation,
            partners,
            options.keng,
            options.seed,
            stop,
            options.pace,
            state,
            story_only=options.story_only,
        )
    except (OSError, ValueError, KeyError, AttributeError, KengError, sqlite3.DatabaseError) as fault:
        sys.stderr.write(f"keng.nation.day: {type(fault).__name__}: {fault}\n")
        return STATUS_UNUSABLE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m keng.nation.day", description=__doc__)
    parser.add_argument("--nation", required=True, type=Path, metavar="DIR", help="made by `keng nation make`")
    parser.add_argument(
        "--partners", required=True, type=Path, metavar="FILE", help='{"970436": {"kind": "bank", "port": 8101}, ...}'
    )
    parser.add_argument("--keng", required=True, metavar="URL", help="where Kẻng is, e.g. http://127.0.0.1:8000")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pace", type=_pace, default=1.0, metavar="X", help="2 is twice as fast (default 1)")
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="transfers on their way (default: beside --partners)"
    )
    parser.add_argument("--story-only", action="store_true", help="nothing happens but the story of the README")
    return parser


def _pace(text: str) -> float:
    pace = float(text)
    if not 0 < pace < float("inf"):
        raise argparse.ArgumentTypeError("more than 0 is needed")
    return pace


if __name__ == "__main__":
    sys.exit(main())
