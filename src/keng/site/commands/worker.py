"""Send what is in the outbox, do background tasks, end holds whose time is over, remind partners who are silent."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from keng.base.stopping import stop_on_signals
from keng.site.commands.django_world import enter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--interval", type=float, default=0.02, help="seconds between two looks when there is nothing to do"
    )
    parser.add_argument("--threads", type=int, default=16, help="partners' connections in use at once")
    parser.add_argument("--hands", type=int, default=2, help="processes for background tasks; none: another worker's")
    parser.add_argument("--memory", type=int, default=1024, help="MiB that one background task may use")
    parser.add_argument("--no-linker", action="store_true", help="another machine's worker places reports in campaigns")


def run(options: argparse.Namespace) -> int:
    stop = stop_on_signals()
    enter()
    from keng.site.companion import Companion
    from keng.site.hands import Hands
    from keng.site.work import Worker

    hands = Hands(options.hands, memory_mib=options.memory)
    linker = None if options.no_linker else Companion()
    Worker(threads=options.threads, hands=hands, linker=linker).run(stop, interval_seconds=options.interval)
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)  # a thread that hangs in a name server's silence must not keep us
