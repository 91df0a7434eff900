"""Serve the pages and the API over WSGI."""

from __future__ import annotations

import argparse
import os


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
        "keng.site.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        blocking_threads=options.threads,
        backpressure=64,
        log_access=False,
        log_level="warning",
    ).serve()
    return 0
