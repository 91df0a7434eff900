"""Officers' words on the machine's verdicts, as evaluation data: `export` writes them as JSON Lines."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from keng.base import lines
from keng.site.commands.django_world import enter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    export = verbs.add_parser(
        "export",
        help="a line for each word that stands: {report, channel, received_at, model, machine, said, right, said_at}",
    )
    export.add_argument("-o", "--output", metavar="FILE", help="write there (default: standard output)")
    export.add_argument("--since", metavar="TIME", help="only what was said from that time on")
    export.add_argument(
        "--texts", action="store_true", help="with text and sender; each is a look that its reporter sees"
    )
    export.add_argument(
        "--purpose", default="", metavar="WORDS", help="what the texts are for; without it none is opened"
    )


def run(options: argparse.Namespace) -> int:
    enter()
    from keng.base import clock
    from keng.base.errors import KengError
    from keng.base.times import read_time
    from keng.desk.fraud.corrections import exporting
    from keng.desk.ground.keys.queries import store

    def rows() -> Iterator[lines.Row]:
        since = read_time(options.since, field="since") if options.since else None
        if options.texts:
            return exporting.rows_with_texts(store(), options.purpose, now=clock.now(), since=since)
        return exporting.rows(since)

    try:
        return lines.write_lines(options.output, rows())
    except KengError as error:
        sys.stderr.write(f"{error.said.vi}\n{error.said.en}\n")
        return lines.STATUS_UNUSABLE
