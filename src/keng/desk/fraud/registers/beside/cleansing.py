"""One run of `engines/cleanse` over a register, its verdicts as lines, and the sample that people will review.

records.jsonl: `[record_id, subject, subscriber, province, verdict, reasons, person_id, probability]` a record; sample.jsonl: a
sampled record with what a reviewer reads; result.json: `{"records", "people", "unusable"}`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from keng.desk.fraud.registers.beside.main import DONE, tell
from keng.desk.fraud.registers.beside.sampling import Row, groups_of, places
from keng.engines.cleanse import Options, duck, plan
from keng.engines.cleanse.plan import UnusableInputError

STEPS = {  # those that come one after the other: what is done beside them is not told
    "passed": 1, "neighbour_keys": 2, "keys": 3, "candidates": 4, "judged": 5, "sought": 6, "found": 7, "final": 8,
}  # fmt: skip
LAST = 9
ROWS_AT_A_TIME = 50_000
KEPT = ("holder_id", "full_name", "date_of_birth", "sex", "province_code", "opened")


class Telling:
    """An engine that tells of each step before it does it. The steps are of unequal length; none is passed over."""

    def __init__(self, engine: duck.Duck) -> None:
        self._engine = engine
        self.dialect = engine.dialect

    def open(self, name: str, path: str) -> pa.Schema:
        tell("cleansing", 0, LAST)
        return self._engine.open(name, path)

    def view(self, name: str, statement: str) -> None:
        self._tell(name)
        self._engine.view(name, statement)

    def table(self, name: str, *statements: str) -> None:
        self._tell(name)
        self._engine.table(name, *statements)

    def expect(self, size: int) -> None:
        self._engine.expect(size)

    def slices(self, rows: int, width: int) -> int:
        return self._engine.slices(rows, width)

    def rows(self, statement: str) -> pa.Table:
        return self._engine.rows(statement)

    def beside(self, work: Callable[[], plan.Worked]) -> Callable[[], plan.Worked]:
        return self._engine.beside(work)

    def map(
        self, name: str, statements: Sequence[str], function: plan.Function, schema: pa.Schema, order: Sequence[str]
    ) -> None:
        self._tell(name)
        self._engine.map(name, statements, function, schema, order)

    def drop(self, *tables: str) -> None:
        self._engine.drop(*tables)

    def write(self, statement: str, path: str) -> None:
        tell("cleansing", LAST - 1, LAST)
        self._engine.write(statement, path)

    def _tell(self, name: str) -> None:
        if name in STEPS:
            tell("cleansing", STEPS[name] - 1, LAST)


def cleanse(folder: Path, order: dict[str, Any]) -> int:
    """Cleanse FOLDER/register.parquet (or handed_in) against the population that the order names."""
    register, out = folder / order["register"], folder / "out.parquet"
    options = Options(
        as_of=date.fromisoformat(order["as_of"]),
        minor_age=order["minor_age"],
        limit=order["limit"],
        bound=order["bound"],
    )
    try:
        with duck.opened(order["threads"], order["memory_limit"]) as engine:
            plan.run(Telling(engine), order["population"], str(register), str(out), options)
            tell("cleansing", LAST, LAST)
            result = _write(engine, folder, register, out, order)
    except UnusableInputError as error:
        result = {"unusable": _why(str(error))}
    (folder / "result.json").write_text(json.dumps(result), "utf-8")
    return DONE


def _why(said: str) -> str:
    """The engine names files and never a person; only a word of it leaves."""
    return "too_large" if "memory" in said or "disk" in said else "unreadable"


def _write(engine: duck.Duck, folder: Path, register: Path, out: Path, order: dict[str, Any]) -> dict[str, Any]:
    schema = pq.read_schema(register)
    subject = "CAST(f.subject AS STRING)" if "subject" in schema.names else "CAST(NULL AS STRING)"
    engine.view("verdicts", f"SELECT * FROM read_parquet('{_quoted(out)}')")
    engine.view(
        "told",
        f"SELECT CAST(r.record_id AS STRING) AS record, {subject} AS subject, r.subscriber, r.province_code AS province, "
        "o.verdict, o.reasons, o.person_id, o.probability, "
        "r.holder_id, r.full_name, r.date_of_birth, r.sex, r.province_code, r.opened "
        "FROM register r JOIN verdicts o ON r.record_id = o.record_id "
        "JOIN register_file f ON r.record_id = f.record_id",
    )
    counts: Counter[str] = Counter()
    for row in engine.rows("SELECT verdict, count(*) AS n FROM told GROUP BY verdict").to_pylist():
        counts[row["verdict"]] = row["n"]
    _write_sample(engine, folder, counts, order)
    total, done = sum(counts.values()), 0
    engine.table(
        "lined", "SELECT record, subject, subscriber, province, verdict, reasons, person_id, probability FROM told"
    )
    with (folder / "records.jsonl").open("w", encoding="utf-8") as lines:
        for batch in _batches(engine, "lined"):
            columns = batch.to_pydict().values()
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in zip(*columns, strict=True))
            done += batch.num_rows
            tell("writing", done, total)
    people = engine.rows("SELECT count(*) AS n FROM population").to_pylist()[0]["n"]
    return {"records": total, "people": people, "unusable": ""}


def _batches(engine: duck.Duck, table: str) -> Iterator[pa.RecordBatch]:
    """A table in parts, without all of it in memory."""
    most = engine.rows(f"SELECT coalesce(max(rowid), -1) AS n FROM {table}").to_pylist()[0]["n"]
    for first in range(0, most + 1, ROWS_AT_A_TIME):
        rows = engine.rows(f"SELECT * FROM {table} WHERE rowid >= {first} AND rowid < {first + ROWS_AT_A_TIME}")
        yield from rows.combine_chunks().to_batches()


def _write_sample(engine: duck.Duck, folder: Path, counts: Counter[str], order: dict[str, Any]) -> None:
    """Draw so many of each verdict: those whose hash with the seed comes first."""
    seed, as_of = order["seed"], date.fromisoformat(order["as_of"])
    wanted = places(counts, order["sample"])
    cases = " ".join(f"WHEN '{verdict}' THEN {count}" for verdict, count in wanted.items()) or "WHEN '' THEN 0"
    drawn = engine.rows(
        f"SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY verdict ORDER BY md5('{seed}' || record), record) AS place "
        f"FROM told) WHERE place <= CASE verdict {cases} ELSE 0 END ORDER BY md5('{seed}' || '/' || record), record"
    ).to_pylist()
    with (folder / "sample.jsonl").open("w", encoding="utf-8") as lines:
        for row in drawn:
            opened = row["opened"]
            groups = groups_of(Row(row["province"], row["sex"], row["date_of_birth"], row["full_name"]), as_of)
            told = {name: row[name] for name in KEPT if name != "opened"} | {
                "opened": opened.isoformat() if opened else None
            }
            line = {
                "record": row["record"], "verdict": row["verdict"], "reasons": row["reasons"], "person_id": row["person_id"],
                "probability": row["probability"], "groups": groups, "told": told,
            }  # fmt: skip
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
