"""The plan on Apache Spark: the same statements, the same functions through mapInArrow, nothing collected but samples and counts.

For registers beyond one machine; `spark` is whatever the environment's Spark configuration names, a local one by default.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from keng.base.parallel import usable_cores
from keng.engines.cleanse import sql
from keng.engines.cleanse.plan import Function, UnusableInputError, Worked, whole_records

ROWS_AT_A_TIME = 40_000
LOCAL_PARTS = 4  # for each core of a local Spark: of shuffles


class Spark:
    """An engine of `plan.run`. Each table is written under `scratch` as soon as it is made, so nothing is worked out twice."""

    dialect = sql.SPARK

    def __init__(self, session: Any, scratch: Path) -> None:
        self._session = session
        self._scratch = scratch

    def open(self, name: str, path: str) -> pa.Schema:
        try:
            schema = pq.read_schema(path)
            self._session.read.parquet(str(Path(path).resolve())).createOrReplaceTempView(name)
        except Exception as problem:  # whatever Java says; it may quote what stands in the file
            raise UnusableInputError(f"cannot read {path} as Parquet") from problem
        return schema

    def view(self, name: str, statement: str) -> None:
        self._session.sql(statement).createOrReplaceTempView(name)

    def table(self, name: str, *statements: str) -> None:
        self._keep(name, self._session.sql(_all(statements)))

    def expect(self, size: int) -> None:
        """Spark makes room itself."""

    def slices(self, rows: int, width: int) -> int:  # noqa: ARG002  # Spark parts its joins itself, however many rows
        return 1

    def rows(self, statement: str) -> pa.Table:
        return self._session.sql(statement).toArrow()

    def beside(self, work: Callable[[], Worked]) -> Callable[[], Worked]:
        worked = work()
        return lambda: worked

    def map(
        self, name: str, statements: Sequence[str], function: Function, schema: pa.Schema, order: Sequence[str]
    ) -> None:
        from pyspark.sql.pandas.types import from_arrow_schema

        frame = self._session.sql(_all(statements))
        together = frame.repartition(order[0]).sortWithinPartitions(*order)
        self._keep(name, together.mapInArrow(_by_record(function, schema), from_arrow_schema(schema)))

    def write(self, statement: str, path: str) -> None:
        """One file, put together part by part: whoever asked for a file gets one."""
        folder = self._scratch / "result"
        self._session.sql(statement).write.parquet(str(folder))
        writer = None
        try:
            for part in sorted(folder.glob("*.parquet")):
                content = pq.ParquetFile(part)
                writer = writer or pq.ParquetWriter(path, content.schema_arrow.remove_metadata())
                for batch in content.iter_batches():
                    writer.write_table(pa.Table.from_batches([batch]).cast(writer.schema))
        finally:
            if writer:
                writer.close()

    def drop(self, *tables: str) -> None:
        for table in tables:
            shutil.rmtree(self._scratch / table)

    def _keep(self, name: str, frame: Any) -> None:
        folder = str(self._scratch / name)
        frame.write.parquet(folder)
        self._session.read.schema(frame.schema).parquet(folder).createOrReplaceTempView(name)


def _all(statements: Sequence[str]) -> str:
    return statements[0] if len(statements) == 1 else " UNION ALL ".join(f"({one})" for one in statements)


def _by_record(function: Function, schema: pa.Schema) -> Any:
    """The function over the batches of a partition that is sorted by its first column, never parting equal ones."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for part in whole_records(batches, ROWS_AT_A_TIME):
            yield from function(part).cast(schema).to_batches()

    return run


@contextmanager
def opened(threads: int | None = None) -> Iterator[Spark]:
    """A Spark session and a folder for its tables, both gone afterwards. KENG_SCRATCH: where all its workers see the folder.

    Raises UnusableInputError where pyspark or Java is not installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as problem:
        raise UnusableInputError("--engine spark needs requirements/spark.txt installed, and Java 17") from problem
    cores = threads or usable_cores()
    source = str(Path(__file__).parents[3])
    os.environ["PYTHONPATH"] = os.pathsep.join([source, *filter(None, [os.environ.get("PYTHONPATH")])])
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    scratch = Path(tempfile.mkdtemp(prefix="keng-cleanse-", dir=os.environ.get("KENG_SCRATCH")))
    builder = SparkSession.builder.appName("keng cleanse").master(
        os.environ.get("KENG_SPARK_MASTER", f"local[{cores}]")
    )
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(cores * LOCAL_PARTS),
        "spark.sql.ansi.enabled": "false",
        "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.log.level": "ERROR",
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except Exception as problem:
        shutil.rmtree(scratch, ignore_errors=True)
        raise UnusableInputError("Spark does not start: is Java 17 installed?") from problem
    try:
        yield Spark(session, scratch)
    finally:
        session.stop()
        shutil.rmtree(scratch, ignore_errors=True)
