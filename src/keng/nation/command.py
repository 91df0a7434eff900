"""`keng nation make DIR --people N --seed S`: a synthetic country for demonstrations, tests and measurements."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from datetime import date
from pathlib import Path

from keng.base.errors import KengError

STATUS_DONE, STATUS_UNUSABLE = 0, 2
DEFAULT_PEOPLE, DEFAULT_SEED, FEWEST_PEOPLE = 2000, 1, 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The one sub-command `make`."""
    make = parser.add_subparsers(dest="action", required=True).add_parser(
        "make", help="write a country into an empty folder"
    )
    make.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    make.add_argument(
        "--people",
        type=_people,
        default=DEFAULT_PEOPLE,
        metavar="N",
        help=f"rows of the population (default {DEFAULT_PEOPLE})",
    )
    make.add_argument(
        "--seed", type=_seed, default=DEFAULT_SEED, metavar="S", help="the same N and S give the same bytes (default 1)"
    )
    make.add_argument(
        "--sims-only",
        action="store_true",
        help="only the population, the SIMs and their truth, the same bytes as of the whole: for very many people",
    )
    make.add_argument(
        "--slices",
        type=int,
        default=1,
        metavar="N",
        help="with --sims-only: in N slices of as many people, some at once, in bounded memory (another country than in one)",
    )
    make.add_argument(
        "--end", type=_day, default=None, metavar="DATE", help="last day of the week of transfers (default 2026-11-20)"
    )


def run(options: argparse.Namespace) -> int:
    """Write the country and print what was made as one JSON line; status 2 if the folder is not empty or cannot be written."""
    from keng.nation.make import DEFAULT_END, Plan, make_nation, make_sims, summary
    from keng.nation.make.files import write_nation, write_sims
    from keng.nation.make.write import write_whole

    if options.slices > 1 and not options.sims_only:
        sys.stderr.write("--slices needs --sims-only\n")
        return STATUS_UNUSABLE
    if options.slices < 1 or options.people // options.slices < FEWEST_PEOPLE:
        sys.stderr.write(f"a slice needs {FEWEST_PEOPLE} people at least\n")
        return STATUS_UNUSABLE
    plan = Plan(options.people, options.seed, options.end or DEFAULT_END)
    made: list[dict[str, object]] = []

    def fill(folder: Path) -> None:
        if options.sims_only and options.slices > 1:
            from keng.nation.make.slices import write_slices

            people_made, sims_made = write_slices(plan, options.slices, folder, len(os.sched_getaffinity(0)))
            made.append({"people": people_made, "sims": sims_made})
            return
        if options.sims_only:
            people, sims = make_sims(plan)
            write_sims(people, sims, folder)
            made.append({"people": len(people), "sims": len(sims)})
            return
        nation = make_nation(plan)
        write_nation(nation, folder)
        made.append(summary(nation))

    gc.disable()  # millions of rows and no cycle among them
    try:
        write_whole(options.folder, fill)
    except (KengError, OSError) as error:
        sys.stderr.write(
            f"keng nation make: {error.said.vi} / {error.said.en}\n"
            if isinstance(error, KengError)
            else f"keng nation make: {error}\n"
        )
        return STATUS_UNUSABLE
    finally:
        gc.enable()
    sys.stdout.write(json.dumps(made[0]) + "\n")
    return STATUS_DONE


def _people(text: str) -> int:
    count = int(text)
    if count < FEWEST_PEOPLE:
        raise argparse.ArgumentTypeError(f"at least {FEWEST_PEOPLE} people are needed to make a nation")
    return count


def _seed(text: str) -> int:
    seed = int(text)
    if seed < 0:
        raise argparse.ArgumentTypeError("a seed is zero or more")
    return seed


def _day(text: str) -> date:
    return date.fromisoformat(text)
