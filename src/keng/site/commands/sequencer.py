"""Give committed ledger entries their places in the Merkle tree and sign checkpoints, twice a second."""

from __future__ import annotations

import argparse

from keng.base.stopping import stop_on_signals
from keng.site.commands.django_world import enter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--interval", type=float, default=0.5, help="seconds between two looks")


def run(options: argparse.Namespace) -> int:
    enter()
    from keng.base import clock
    from keng.desk.ground.keys.queries import store
    from keng.desk.ground.ledger.actions import run_sequencer

    run_sequencer(stop_on_signals(), lambda: store().ledger_signer(clock.now()), interval_seconds=options.interval)
    return 0
