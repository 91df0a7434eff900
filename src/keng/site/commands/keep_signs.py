"""Keep what `keng signs` came to: counts of every sign, and the evidence of signs that are live. OUT itself is not kept."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keng.base import lines
from keng.base.errors import InputError, KengError, Said
from keng.site.commands.django_world import enter

if TYPE_CHECKING:
    from keng.desk.fraud.signs.keeping import Found

NOT_A_RUN = Said(
    "{path} không phải là kết quả nguyên vẹn của keng signs (thiếu .run.json, hoặc tệp đã đổi).",
    "{path} is not a whole result of `keng signs` (its .run.json is missing, or the file was changed).",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "result", metavar="OUT.parquet", help="as `keng signs` wrote it, with OUT.parquet.run.json beside it"
    )
    parser.add_argument("--bank", required=True, metavar="CODE", help="the partner whose accounts they are")


def run(options: argparse.Namespace) -> int:
    enter()
    from keng.base import clock
    from keng.desk.fraud.signs import keeping

    try:
        told, rows = read(options.result, options.bank)
        kept = keeping.keep_run(told, rows, actor="system:operator", now=clock.now())
    except KengError as problem:
        sys.stderr.write(f"{problem.said.vi}\n{problem.said.en}\n")
        return lines.STATUS_UNUSABLE
    fields = ("sign", "version", "ran", "was_live", "held", "named", "wronged")
    return lines.write_lines(None, kept.counts.order_by("pk").values(*fields))


def read(path: str, source: str) -> tuple[Any, Iterator[Found]]:
    """What a run tells of itself, and its rows. Raises InputError `not_a_run`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from keng.desk.fraud.signs.keeping import Ran, Told
    from keng.engines.signs.plan import digest_of

    try:
        about = json.loads(Path(f"{path}.run.json").read_text("utf-8"))
        signs = [
            Ran(one["sign"], one["version"], one["state"] == "run", int(one["held"]), one["assessment"])
            for one in about["signs"]
        ]
        rows = about["rows"]
        told = Told(
            source, date.fromisoformat(about["as_of"]), about["sha256"], int(rows.get("accounts", 0)),
            int(rows.get("transfers", 0)), signs,
        )  # fmt: skip
        if digest_of(path) != told.sha256:
            raise InputError("not_a_run", NOT_A_RUN.filled(path=path))
        return told, _rows(pq.ParquetFile(path))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException) as problem:
        raise InputError("not_a_run", NOT_A_RUN.filled(path=path)) from problem


def _rows(file: Any) -> Iterator[Found]:
    from keng.desk.fraud.signs.keeping import Found

    columns = ["kind", "subject", "sign", "version", "vi", "en", "behind_total"]
    for batch in file.iter_batches(batch_size=5000, columns=columns):
        yield from (Found(**row) for row in batch.to_pylist())
