"""Match a register of subscribers or account holders against the population register: a verdict with reasons for each record."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from keng.base import lines
from keng.base.times import VIETNAM
from keng.engines.cleanse.reasons import reasons

if TYPE_CHECKING:
    from keng.engines.cleanse.plan import Engine

DEFAULTS = {"sim": (3, 14), "account": (None, 15)}  # limit of subscribers, least age (contract section 6)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--population", metavar="P.parquet", help="the population register")
    parser.add_argument("--register", metavar="R.parquet", help="the register of one carrier or one bank")
    parser.add_argument("--kind", choices=sorted(DEFAULTS), help="what the register holds")
    parser.add_argument("-o", "--output", metavar="OUT.parquet", help="where the verdicts go, whole or not at all")
    parser.add_argument(
        "--as-of", type=_day, metavar="DATE", help="for records without a date of opening (default: today)"
    )
    parser.add_argument(
        "--limit", type=_limit, metavar="N", help="subscribers that one person may have (sim: 3, account: any)"
    )
    parser.add_argument("--minor-age", type=int, metavar="N", help="who is younger is a minor (sim: 14, account: 15)")
    parser.add_argument(
        "--bound", type=_bound, default=0.99, help="the least probability to accept a person (default: 0.99)"
    )
    parser.add_argument("--model", metavar="FILE", help="use this model as it is instead of learning one")
    parser.add_argument(
        "--engine", choices=("duckdb", "spark"), default="duckdb", help="where the joins run (default: duckdb)"
    )
    parser.add_argument(
        "--threads", type=int, metavar="N", help="how many cores to use (default: all); the result is the same"
    )
    parser.add_argument(
        "--memory-limit", metavar="SIZE", help="beyond this DuckDB works on disk, as 6GB (default: 80 %% of memory)"
    )
    parser.add_argument("--reasons", action="store_true", help="print the reasons that a verdict may give instead")


def run(options: argparse.Namespace) -> int:
    if options.reasons:
        return lines.write_lines(None, ({"code": one.code, "vi": one.vi, "en": one.en} for one in reasons()))
    missing = [name for name in ("population", "register", "kind", "output") if not getattr(options, name)]
    if missing:
        sys.stderr.write(f"--{missing[0]} is missing\n")
        return lines.STATUS_UNUSABLE
    return _cleanse(options)


def _cleanse(options: argparse.Namespace) -> int:
    from keng.engines.cleanse import plan
    from keng.engines.cleanse.judging import Options
    from keng.engines.cleanse.model import UnusableModelError, dump, load

    limit, minor_age = DEFAULTS[options.kind]
    decided = Options(
        as_of=options.as_of or datetime.now(UTC).astimezone(VIETNAM).date(),
        minor_age=minor_age if options.minor_age is None else options.minor_age,
        limit=options.limit or limit,
        bound=options.bound,
    )
    try:
        given = load(options.model) if options.model else None
        with _whole(options.output) as part, _engine(options) as engine:
            done = plan.run(engine, options.population, options.register, str(part), decided, given)
            part.with_suffix(".model.json").write_text(dump(done.model), "utf-8")
    except (plan.UnusableInputError, UnusableModelError, lines.UnusableError) as problem:
        sys.stderr.write(f"{problem}\n")
        return lines.STATUS_UNUSABLE
    for row in done.summary:
        sys.stdout.write(plan.summary_line(row) + "\n")
    return lines.STATUS_DONE


@contextmanager
def _engine(options: argparse.Namespace) -> Iterator[Engine]:
    if options.engine == "spark":
        from keng.engines.cleanse import spark

        with spark.opened(options.threads) as engine:
            yield engine
        return
    from keng.engines.cleanse import duck

    with duck.opened(options.threads, options.memory_limit) as engine:
        yield engine


@contextmanager
def _whole(output: str) -> Iterator[Path]:
    """Where to write, beside what is named; both files take their names when all is written. Raises UnusableError."""
    target = Path(os.path.realpath(output))
    if target.is_dir() or not target.parent.is_dir():
        raise lines.UnusableError(f"cannot write {output}: {'it is a folder' if target.is_dir() else 'no such folder'}")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    beside = part.with_suffix(".model.json")
    try:
        yield part
        beside.replace(target.with_name(target.name + ".model.json"))
        part.replace(target)
    except OSError as problem:
        raise lines.UnusableError(f"cannot write {output}: {problem.strerror}") from problem
    finally:
        part.unlink(missing_ok=True)
        beside.unlink(missing_ok=True)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _limit(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _bound(text: str) -> float:
    number = float(text)
    if not 0 < number < 1:
        raise argparse.ArgumentTypeError("between 0 and 1")
    return number
