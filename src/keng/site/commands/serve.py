"""Serve the pages and the API."""

from __future__ import annotations

import argparse
import gc
import os
import signal
from functools import partial
from typing import Any

from keng.base.parallel import usable_cores
from keng.site.lifeline import die_with_parent

MOST_AT_ONCE = 512  # requests in one process; those whose body is under way cost no thread
ON_SQLITE = 1, 4  # processes, threads: it lets one transaction write at a time, and whoever waits for it waits asleep
MOST_PROCESSES, THREADS = 4, 16  # on PostgreSQL: within the hundred connections that a server takes by default
YOUNG_OBJECTS = 2_000  # between collections; fifty thousand, freed at once, held everything up for a tenth of a second


def add_arguments(parser: argparse.ArgumentParser) -> None:
    processes, threads = default_shape(os.environ.get("KENG_DATABASE", ""), usable_cores())
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--workers", type=int, default=processes, help="processes; default: a core each on PostgreSQL, one on SQLite"
    )
    parser.add_argument(
        "--threads", type=int, default=threads, help="threads in each process; default: 16 on PostgreSQL, 4 on SQLite"
    )


def default_shape(database: str, cores: int) -> tuple[int, int]:
    """How many processes, and threads in each: by the address of the database (none: SQLite) and the cores that we may use."""
    return (min(cores, MOST_PROCESSES), THREADS) if database else ON_SQLITE


def run(options: argparse.Namespace) -> int:
    from granian.constants import Interfaces
    from granian.server import Server

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keng.site.settings")
    Server(
        "keng.site.front:Front",
        address=options.host,
        port=options.port,
        interface=Interfaces.ASGINL,
        workers=options.workers,
        backpressure=MOST_AT_ONCE,
        log_access=False,
        log_level="warning",
    ).serve(target_loader=partial(load_in_worker, os.getpid(), options.threads), wrap_loader=False)
    return 0


def load_in_worker(server: int, threads: int) -> Any:
    """The application, in one of the server's processes, which ends with the server.

    Left alone, it would keep the port and answer half of the calls for ever.
    """
    die_with_parent(server, signal.SIGKILL)
    from keng.site.front import Front
    from keng.site.wsgi import application

    settle_in()
    return Front(application, threads)


def settle_in() -> None:
    """What came with the process is never garbage: going through it again and again made every twentieth page slow."""
    from django.urls import get_resolver

    assert get_resolver().url_patterns  # noqa: S101 - every view is imported with them
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
