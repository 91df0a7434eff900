"""Send what is in the outbox, end holds whose time is over, remind partners who are silent."""

from __future__ import annotations

import argparse

from keng.site.commands.django_world import enter, stop_on_signals


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--interval", type=float, default=0.2, help="seconds between two looks when there is nothing to do"
    )
    parser.add_argument("--threads", type=int, default=8, help="messages on their way at once")


def run(options: argparse.Namespace) -> int:
    enter()
    from keng.site.work import Worker

    Worker(threads=options.threads).run(stop_on_signals(), interval_seconds=options.interval)
    return 0
