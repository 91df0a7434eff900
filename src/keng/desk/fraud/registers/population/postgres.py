"""The population register as a table or view of a PostgreSQL server that is not ours: we may read it and no more."""

from __future__ import annotations

from pathlib import Path
from threading import local
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from keng.base.errors import UnavailableError
from keng.desk.fraud.registers import refusals
from keng.desk.fraud.registers.population.people import COLUMNS, Person, Settings, people_of

CONNECT_SECONDS = 5
QUESTION_MS = 2_000
TEXT = {name: f"{name}::text" for name in COLUMNS}


class _Kept(local):
    """This thread's connections, by address."""

    def __init__(self) -> None:
        self.lines: dict[str, psycopg.Connection[dict[str, Any]]] = {}


_kept = _Kept()


class OnPostgres:
    """A run copies the table out once, in one snapshot; a question is one query by number, on a connection that is kept."""

    def __init__(self, wanted: Settings) -> None:
        self.address = wanted.address
        self.table = sql.Identifier(*wanted.table.split("."))

    def for_run(self, scratch: Path) -> Path:
        import pyarrow as pa
        import pyarrow.csv as pa_csv
        import pyarrow.parquet as pq

        target, told = scratch / "population.parquet", scratch / "population.csv"
        columns = sql.SQL(", ").join(sql.SQL(one) for one in TEXT.values())  # type: ignore[arg-type]
        copy = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv)").format(columns, self.table)
        try:
            with self._connected() as connection, told.open("wb") as file, connection.cursor().copy(copy) as stream:
                for block in stream:
                    file.write(block)
        except psycopg.Error as error:
            raise UnavailableError("population_away", refusals.POPULATION_AWAY) from error
        types = {name: pa.string() for name in COLUMNS} | {"status_date": pa.date32()}
        kinds = pa_csv.ConvertOptions(
            column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
        )
        named = pa_csv.ReadOptions(column_names=list(COLUMNS), use_threads=False)
        parse = pa_csv.ParseOptions(newlines_in_values=True)
        if told.stat().st_size == 0:
            pq.write_table(pa.schema([(name, types[name]) for name in COLUMNS]).empty_table(), target)
        else:
            told_rows = pa_csv.open_csv(told, read_options=named, convert_options=kinds, parse_options=parse)
            with told_rows as rows, pq.ParquetWriter(target, rows.schema) as writer:
                for batch in rows:
                    writer.write_batch(batch)
        told.unlink()
        return target

    def find(self, number: str) -> list[Person]:
        columns = sql.SQL(", ").join(sql.SQL(f"{one} AS {name}") for name, one in TEXT.items())  # type: ignore[arg-type]
        query = sql.SQL("SELECT {} FROM {} WHERE citizen_id = %s OR old_id = %s").format(columns, self.table)
        try:
            return people_of(self._asked(query, [number, number]))
        except psycopg.Error as error:
            raise UnavailableError("population_away", refusals.POPULATION_AWAY) from error

    def _asked(self, query: sql.Composed, values: list[str]) -> list[dict[str, Any]]:
        """Rows by this thread's connection; by a new one, if the server has ended it meanwhile."""
        kept = _kept.lines.get(self.address)
        if kept is not None and not kept.closed:
            try:
                return kept.execute(query, values).fetchall()
            except psycopg.OperationalError:
                if not kept.closed:
                    raise
        line = _kept.lines[self.address] = self._line()
        return line.execute(query, values).fetchall()

    def _line(self) -> psycopg.Connection[dict[str, Any]]:
        """A connection on which each query stands for itself, and none writes."""
        line = psycopg.connect(self.address, connect_timeout=CONNECT_SECONDS, autocommit=True, row_factory=dict_row)
        line.execute("SET default_transaction_read_only = on")
        line.execute(sql.SQL("SET statement_timeout = {}").format(QUESTION_MS))
        return line

    def _connected(self) -> psycopg.Connection:
        connection = psycopg.connect(self.address, connect_timeout=CONNECT_SECONDS)
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return connection
