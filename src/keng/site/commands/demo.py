"""Everything together on a country that lives: web, worker, sequencer, the partners' robots, and the day. Ctrl-C stops it all.

Only for rehearsal: keys are demo keys, nothing leaves loopback, every screen says that it is a demo.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

OWN_SERVER = "postgresql"
MODES = ("mixed", "at_once", "late", "part", "refuse", "twice", "silent", "down")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--home", type=Path, default=Path(os.environ.get("KENG_HOME", "var")), help="folder for all files"
    )
    parser.add_argument(
        "--database",
        default=os.environ.get("KENG_DATABASE", ""),
        help="a PostgreSQL address, or `postgresql` for a server of the demo's own; default: KENG_DATABASE, else SQLite",
    )
    parser.add_argument("--people", type=int, default=2000, help="size of the country when it is first made")
    parser.add_argument("--seed", type=int, default=1, help="of the country and its day")
    parser.add_argument("--pace", type=float, default=1.0, help="how fast the day runs")
    parser.add_argument(
        "--partners", "--banks", dest="partners", choices=MODES, default="mixed", help="how the partners answer"
    )
    parser.add_argument(
        "--partner-delay", "--bank-delay", type=float, default=20.0, help="seconds that a late partner takes"
    )
    parser.add_argument("--quiet-day", action="store_true", help="no losses but the story of the README")
    parser.add_argument("--restart-after", type=float, default=1.0, help=argparse.SUPPRESS)  # seconds; for tests


def run(options: argparse.Namespace) -> int:
    if options.database != OWN_SERVER:
        return _rehearse(options, options.database)
    from keng.site.rehearsal.cluster import Cluster

    cluster = Cluster(options.home.resolve() / "postgresql")
    try:
        cluster.make()
        cluster.start()
        return _rehearse(options, cluster.create("keng"))
    finally:
        cluster.stop()


def _rehearse(options: argparse.Namespace, database: str) -> int:
    os.environ["KENG_DEMO"] = "1"
    os.environ["KENG_DATABASE"] = database
    os.environ["KENG_HOME"] = str(options.home.resolve())
    os.environ.setdefault("KENG_POPULATION", str(options.home.resolve() / "nation" / "population.parquet"))
    os.environ["KENG_ADDRESS"] = f"http://127.0.0.1:{options.port}"
    from keng.site.rehearsal.country import Country
    from keng.site.rehearsal.run import rehearse

    country = Country(
        home=options.home.resolve(),
        port=options.port,
        people=options.people,
        seed=options.seed,
        pace=options.pace,
        partner_mode=options.partners,
        partner_delay=options.partner_delay,
        lively=not options.quiet_day,
        restart_after=options.restart_after,
    )
    return rehearse(country)
