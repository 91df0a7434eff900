"""The plan on DuckDB; what compares and scores works on whole columns, which threads do side by side."""

from __future__ import annotations

import math
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from importlib.abc import MetaPathFinder
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from keng.base.parallel import usable_cores
from keng.engines.cleanse import sql
from keng.engines.cleanse.plan import Function, UnusableInputError, Worked, whole_records

ROWS_AT_A_TIME = 68_000  # for each call of a function: a call of few rows takes nearly as long
MOST_SLICES = 10
PARTS_AHEAD = 1  # for each thread, so that none waits and memory stays bounded


class Duck:
    """An engine of `plan.run`. `threads`: of DuckDB, and of functions. `beside`: one more, for what is worked out meanwhile."""

    dialect = sql.DUCKDB

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, threads: int, beside: ThreadPoolExecutor, scratch: Path
    ) -> None:
        self._connection = connection
        self._threads = threads
        self._beside = beside
        self._scratch = scratch
        self._is_kept = False

    def open(self, name: str, path: str) -> pa.Schema:
        try:
            schema = pq.read_schema(path)
            self._connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{_quoted(path)}')")
        except (OSError, pa.ArrowException, duckdb.Error) as problem:
            raise UnusableInputError(f"cannot read {path} as Parquet") from problem
        return schema

    def view(self, name: str, statement: str) -> None:
        self._execute(f"CREATE VIEW {name} AS {statement}")

    def table(self, name: str, *statements: str) -> None:
        first, *others = statements
        self._execute(f"CREATE TABLE {name} AS {first}")
        for statement in others:
            self._execute(f"INSERT INTO {name} {statement}")

    def expect(self, size: int) -> None:
        """What is larger than memory is kept in a file: packed, it takes a sixth, and who asks for a column reads no other."""
        if size > self._memory_limit():
            self._execute(f"ATTACH '{_quoted(self._scratch / 'tables')}' AS kept")
            self._is_kept = True

    def slices(self, rows: int, width: int) -> int:
        return min(math.ceil(rows * width / self._memory_limit()), MOST_SLICES) or 1

    def _memory_limit(self) -> int:
        """In bytes."""
        told = self._connection.execute("SELECT current_setting('memory_limit')").fetchall()[0][0]
        number, unit = told.split()
        return int(float(number) * 1024 ** ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB").index(unit))

    def rows(self, statement: str) -> pa.Table:
        with _told(), self._statement() as connection:
            return connection.execute(statement).to_arrow_table()

    def beside(self, work: Callable[[], Worked]) -> Callable[[], Worked]:
        return self._beside.submit(work).result

    def map(
        self, name: str, statements: Sequence[str], function: Function, schema: pa.Schema, order: Sequence[str]
    ) -> None:
        with _told(), self._statement() as reading, self._statement() as beside:
            beside.begin()
            beside.register("made", schema.empty_table())
            beside.execute(f"CREATE TABLE {name} AS SELECT * FROM made")
            for statement in statements:
                sorted_rows = reading.execute(f"{statement} ORDER BY {', '.join(order)}")
                parts = whole_records(sorted_rows.to_arrow_reader(ROWS_AT_A_TIME), ROWS_AT_A_TIME)
                for made in self._in_threads(function, parts):
                    beside.register("made", made)
                    beside.execute(f"INSERT INTO {name} SELECT * FROM made")
            beside.commit()

    def _in_threads(self, function: Function, parts: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """What the function makes of each part, in order."""
        with ThreadPoolExecutor(self._threads) as pool:
            waiting: deque[Future[pa.Table]] = deque()
            for part in parts:
                waiting.append(pool.submit(function, part))
                if len(waiting) > PARTS_AHEAD * self._threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def drop(self, *tables: str) -> None:
        for table in tables:
            self._execute(f"DROP TABLE {table}")

    def write(self, statement: str, path: str) -> None:
        self._execute(f"COPY ({statement}) TO '{_quoted(path)}' (FORMAT parquet)")

    def _execute(self, statement: str) -> None:
        with _told(), self._statement() as connection:
            connection.execute(statement)

    def _statement(self) -> closing[duckdb.DuckDBPyConnection]:
        """A connection of its own to the same tables, beside others that are still at work."""
        connection = self._connection.cursor()
        if self._is_kept:
            connection.execute("SET search_path = 'kept.main,memory.main'")
        return closing(connection)


def _quoted(path: str | Path) -> str:
    return str(path).replace("'", "''")


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong with files, told without a word of what stands in them."""
    try:
        yield
    except (duckdb.OutOfMemoryException, MemoryError) as problem:
        raise UnusableInputError(
            "memory or the disk for what does not fit into it is full; try --memory-limit"
        ) from problem
    except duckdb.IOException as problem:
        if "write" in str(problem).lower() or "no space" in str(problem).lower():
            raise UnusableInputError("cannot write: the disk is full or the file too large") from problem
        raise UnusableInputError(DAMAGED) from problem
    except (duckdb.InvalidInputException, duckdb.SerializationException, duckdb.FatalException) as problem:
        raise UnusableInputError(DAMAGED) from problem


DAMAGED = "cannot read one of the files as Parquet: it is cut off or damaged"


class _NoPandas(MetaPathFinder):
    """Hides pandas from whoever looks for it."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def _leave_pandas_alone() -> None:
    """Arrow loads pandas, where it is installed, to ask whether the first array that it makes is one of pandas', which takes longer
    than a small register. What it did not find then it loads again only for whoever needs it."""
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(finder)


@contextmanager
def opened(threads: int | None = None, memory_limit: str | None = None) -> Iterator[Duck]:
    """DuckDB in memory, spilling into a folder of its own that is gone afterwards."""
    workers = threads or usable_cores()
    _leave_pandas_alone()
    with tempfile.TemporaryDirectory(prefix="keng-cleanse-", dir=os.environ.get("KENG_SCRATCH")) as scratch:
        connection = duckdb.connect(":memory:")
        try:
            connection.execute(f"SET threads = {workers}")
            connection.execute(f"SET temp_directory = '{_quoted(Path(scratch) / 'spill')}'")
            connection.execute("SET preserve_insertion_order = false")
            connection.execute("SET TimeZone = 'UTC'")
            if memory_limit:
                connection.execute(f"SET memory_limit = '{memory_limit}'")
            with ThreadPoolExecutor(1) as beside:
                yield Duck(connection, workers, beside, Path(scratch))
        finally:
            connection.close()
