"""Place reports in campaigns as they arrive; the worker starts this process."""

from __future__ import annotations

import argparse
import os

from keng.base.stopping import stop_on_signals
from keng.site.commands.django_world import enter
from keng.site.lifeline import die_with_parent

KINDNESS = 5  # money first: this process steps aside for those that send and answer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--interval", type=float, default=0.5, help="seconds between two looks when nothing waits")
    parser.add_argument("--parent", type=int, default=os.getppid(), help="ends with this process")


def run(options: argparse.Namespace) -> int:
    stop = stop_on_signals()
    die_with_parent(options.parent)
    os.nice(KINDNESS)
    enter()
    from django.conf import settings

    from keng.desk.ground.keys.queries import store
    from keng.site.linker import Linker

    Linker(settings.KENG_HOME, store, interval_seconds=options.interval).run(stop)
    return 0
