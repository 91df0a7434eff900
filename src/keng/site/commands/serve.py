"""Serve the pages and the API."""

from __future__ import annotations

import argparse
import os
import signal
from functools import partial
from typing import Any

from keng.site.lifeline import die_with_parent

MOST_AT_ONCE = 512  # requests in one process; those whose body is under way cost no thread


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--threads", type=int, default=4, help="threads in each process")


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

    return Front(application, threads)
