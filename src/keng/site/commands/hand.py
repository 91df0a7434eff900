"""Do background tasks, one at a time; the worker starts this process when a task is due."""

from __future__ import annotations

import argparse
import logging
import os
import resource
import sys

from keng.base.stopping import stop_on_signals
from keng.site.commands.django_world import enter
from keng.site.lifeline import die_with_parent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lanes", default="0,1,2,3", help="which lanes it serves, by number")
    parser.add_argument("--memory", type=int, default=1024, help="MiB that a task may use")
    parser.add_argument("--parent", type=int, default=os.getppid(), help="ends with this process")


def run(options: argparse.Namespace) -> int:
    stop = stop_on_signals()
    die_with_parent(options.parent)
    most = resource.getrlimit(resource.RLIMIT_DATA)[
        1
    ]  # kept: a register is cleansed in a process with a limit of its own
    resource.setrlimit(resource.RLIMIT_DATA, (options.memory * 2**20, most))
    enter()
    from keng.desk.ground.jobs.states import Lane
    from keng.site.hands import Hand

    Hand([Lane(int(number)) for number in options.lanes.split(",")]).run(stop)
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)  # a thread that a library left must not keep us: the worker waits for our end
