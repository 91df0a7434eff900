"""The files of a run as tables of one shape in DuckDB. A file with a fault is refused whole, before anything is written.

Tables: `accounts` (with `key`, the hash of its record_id), `moves` (transfers, their accounts as hashes `src` and `dst`, without
those from an account to itself), `verdicts`, `listed`, `offered`, `warned`, `devices`, `sims`. Times are microseconds since 1970 in
UTC (`us`). Hashes have 64 bits: that two of ten million accounts share one has a chance of three in a million, and comparing them
takes a third of the time of comparing names. Messages name files and columns, and never what stands in them.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from keng.base.errors import InputError, Said

MAGIC = b"PAR1"
READ_BYTES = 1 << 20

NO_FILE = Said("Không đọc được {name}: {path}.", "Cannot read {name}: {path}.")
NOT_WHOLE = Said(
    "{name}: tệp Parquet bị cắt hoặc hỏng ({path}).", "{name}: the Parquet file is cut off or damaged ({path})."
)
NOT_CSV = Said(
    "{name}: không đọc được tệp CSV ({path}); mỗi dòng phải có đủ cột.",
    "{name}: the CSV file cannot be read ({path}); each row must have every column.",
)
NOT_UTF8 = Said(
    "{name}: dòng {line} không phải UTF-8 ({path}). Hãy lưu lại cả tệp dạng UTF-8.",
    "{name}: line {line} is not UTF-8 ({path}). Save the whole file as UTF-8.",
)
NO_COLUMN = Said("{name}: thiếu cột {columns} ({path}).", "{name}: there is no column {columns} ({path}).")
BAD_VALUES = Said(
    "{name}: cột {column} trống hoặc không đúng dạng ở {rows} dòng ({path}).",
    "{name}: column {column} is empty or malformed in {rows} rows ({path}).",
)
REPEATED = Said(
    "{name}: cột {column} lặp lại ở {rows} dòng ({path}).",
    "{name}: column {column} is repeated in {rows} rows ({path}).",
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `make(expression, type)` gives the SQL of its value. `required`: the file must have the column."""

    name: str
    make: Callable[[str, str], str]
    required: bool = True
    may_be_null: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What a file must look like. `unique`: the column that tells its rows apart, if one."""

    columns: tuple[Column, ...]
    unique: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """How many rows each input had."""

    rows: dict[str, int] = field(default_factory=dict)


def _is_text(kind: str) -> bool:
    return kind.startswith("VARCHAR")


def _text(column: str, kind: str) -> str:
    """Text as it stands: trimming ten million cells costs more than all else; a CSV was trimmed when it was copied."""
    return column if _is_text(kind) else f"CAST({column} AS VARCHAR)"


def _number(column: str, kind: str) -> str:
    """The number of somebody's papers without blanks, dots and hyphens; integers padded to 9 digits, or to 12."""
    if _is_text(kind):
        return f"nullif(upper(regexp_replace({column}, '[\\s.\\-]', '', 'g')), '')"
    whole = f"CAST({column} AS VARCHAR)"
    return f"CASE WHEN length({whole}) <= 9 THEN lpad({whole}, 9, '0') ELSE lpad({whole}, 12, '0') END"


def _amount(column: str, kind: str) -> str:
    whole = f"TRY_CAST({column} AS BIGINT)" if _is_text(kind) or "INT" in kind else "NULL"
    return f"CASE WHEN {whole} > 0 THEN {whole} END"


def _ident(column: str, kind: str) -> str:
    if "INT" in kind:
        return f"CAST({column} AS BIGINT)"
    return _text(column, kind)


def _micros(column: str, kind: str) -> str:
    """A time as microseconds since 1970: text without an offset is Vietnam's, a Parquet time without one is UTC."""
    if _is_text(kind):
        text = f"trim({column})"
        offset = f"regexp_matches({text}, '([zZ]|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$') AND length({text}) > 10"
        return (
            f"CASE WHEN {offset} THEN epoch_us(TRY_CAST({text} AS TIMESTAMPTZ)) "
            f"ELSE epoch_us(TRY_CAST({text} AS TIMESTAMP) - INTERVAL 7 HOURS) END"
        )
    return f"epoch_us({column})" if kind.startswith("TIMESTAMP") else "NULL"


def _day(column: str, kind: str) -> str:
    """A day in Vietnam; a time of a Parquet file is UTC. What is no day is none."""
    if _is_text(kind):
        iso = f"regexp_replace(trim({column}), '^([0-9]{{1,2}})/([0-9]{{1,2}})/([0-9]{{4}})$', '\\3-\\2-\\1')"
        return (
            f"coalesce(TRY_CAST({iso} AS DATE), TRY_CAST({iso} || '-01' AS DATE), TRY_CAST({iso} || '-01-01' AS DATE))"
        )
    if kind.startswith("TIMESTAMP"):
        return f"CAST(CAST({column} AS TIMESTAMP) + INTERVAL 7 HOURS AS DATE)"
    return f"TRY_CAST({column} AS DATE)" if kind == "DATE" else "CAST(NULL AS DATE)"


SHAPES: dict[str, Shape] = {
    "accounts": Shape(
        (
            Column("record_id", _text),
            Column("holder_id", _number, required=False, may_be_null=True),
            Column("date_of_birth", _day, required=False, may_be_null=True),
            Column("province_code", _text, required=False, may_be_null=True),
            Column("occupation", _text, required=False, may_be_null=True),
        ),
        unique="record_id",
    ),
    "transfers": Shape(
        (
            Column("transfer_id", _ident),
            Column("from_account", _text),
            Column("to_account", _text),
            Column("amount", _amount),
            Column("at", _micros),
        ),
        unique="transfer_id",
    ),
    "verdicts": Shape((Column("record_id", _text), Column("verdict", _text)), unique="record_id"),
    "listed": Shape((Column("account", _text),)),
    "offered": Shape((Column("account", _text), Column("list", _text, required=False, may_be_null=True))),
    "warned": Shape((Column("holder_id", _number), Column("list", _text, required=False, may_be_null=True))),
    "devices": Shape((Column("record_id", _text), Column("device", _text))),
    "sims": Shape(
        (
            Column("record_id", _text),
            Column("holder_id", _number, may_be_null=True),
            Column("opened_at", _day, may_be_null=True),
            Column("shop", _text, required=False, may_be_null=True),
        ),
        unique="record_id",
    ),
}
RENAMED = {"at": "us", "opened_at": "opened"}


def read_all(connection: duckdb.DuckDBPyConnection, given: dict[str, str], scratch: Path) -> Read:
    """Open every file as its table and check it. Raises InputError, which says in both languages what is wrong and where."""
    read = Read()
    for name, path in given.items():
        read.rows[name] = _open(connection, name, path, scratch)
    if "transfers" in given:
        connection.execute(
            "CREATE TEMP TABLE moves AS SELECT hash(from_account) AS src, hash(to_account) AS dst, amount, us, transfer_id "
            "FROM transfers WHERE from_account <> to_account"
        )
    return read


def _open(connection: duckdb.DuckDBPyConnection, name: str, path: str, scratch: Path) -> int:
    """Make one file readable under its name; how many rows it has."""
    shape = SHAPES[name]
    source = _source(connection, name, path, scratch)
    with_types = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    types = {row[0]: row[1] for row in with_types}
    missing = [column.name for column in shape.columns if column.required and column.name not in types]
    if missing:
        raise InputError("no_column", NO_COLUMN.filled(name=name, columns=", ".join(missing), path=path), field=name)
    made = ", ".join(_made(column, types) for column in shape.columns)
    kept = "VIEW" if name == "transfers" else "TABLE"
    try:
        key = ", hash(record_id) AS key" if name == "accounts" else ""
        connection.execute(f"CREATE TEMP {kept} {name} AS SELECT {made}{key} FROM {source}")
        return _check(connection, name, shape, path, source)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as problem:
        raise InputError("damaged", NOT_WHOLE.filled(name=name, path=path), field=name) from problem


def _made(column: Column, types: dict[str, str]) -> str:
    told = RENAMED.get(column.name, column.name)
    if column.name not in types:
        return f"CAST(NULL AS {'DATE' if column.make is _day else 'VARCHAR'}) AS {told}"
    return f"{column.make(f'{chr(34)}{column.name}{chr(34)}', types[column.name])} AS {told}"


def _check(connection: duckdb.DuckDBPyConnection, name: str, shape: Shape, path: str, source: str) -> int:
    """Refuse empty or malformed cells and repeated ids."""
    wanted = [column for column in shape.columns if not column.may_be_null]
    counts = ", ".join(_bad(column) for column in wanted)
    found = connection.execute(f"SELECT count(*), {counts} FROM {name}").fetchall()[0]
    for column, bad in zip(wanted, found[1:], strict=True):
        if bad:
            said = BAD_VALUES.filled(name=name, column=column.name, rows=bad, path=path)
            raise InputError("bad_values", said, field=name)
    if shape.unique and not (source == f"read_parquet({_quoted(path)})" and _rises(path, shape.unique)):
        sql = f"SELECT count(*) - count(DISTINCT {shape.unique}) FROM {name}"
        repeats = connection.execute(sql).fetchall()[0][0]
        if repeats:
            said = REPEATED.filled(name=name, column=shape.unique, rows=repeats, path=path)
            raise InputError("repeated", said, field=name)
    return int(found[0])


def _rises(path: str, column: str) -> bool:
    """Whether a column holds whole numbers, each above the one before: then none is repeated, and nothing need be hashed."""
    last = None
    try:
        with pq.ParquetFile(path) as file:
            if not pa.types.is_integer(file.schema_arrow.field(column).type):
                return False
            for batch in file.iter_batches(batch_size=1 << 17, columns=[column]):
                numbers = batch.column(0).to_numpy(zero_copy_only=False)
                if not len(numbers):
                    continue
                if (last is not None and numbers[0] <= last) or not (numbers[1:] > numbers[:-1]).all():
                    return False
                last = numbers[-1]
    except (OSError, pa.ArrowException):
        return False  # DuckDB reads it too, and tells what is wrong
    return True


def _bad(column: Column) -> str:
    """How many rows have nothing usable in a column."""
    told = RENAMED.get(column.name, column.name)
    empty = f" + count(*) FILTER ({told} = '')" if column.make in (_text, _number) else ""
    return f"count(*) - count({told}){empty}"


def _source(connection: duckdb.DuckDBPyConnection, name: str, path: str, scratch: Path) -> str:
    """What to select from. A CSV is read once into a Parquet file of text beside, so that nothing reads it twice."""
    try:
        with Path(path).open("rb") as opened:
            is_parquet = opened.read(len(MAGIC)) == MAGIC or path.endswith(".parquet")
    except OSError as problem:
        raise InputError("no_file", NO_FILE.filled(name=name, path=path), field=name) from problem
    try:
        if is_parquet:
            source = f"read_parquet({_quoted(path)})"
            connection.execute(f"SELECT 1 FROM {source} LIMIT 0")
            return source
        _check_encoding(name, path)
        copy = _quoted(str(scratch / f"{name}.parquet"))
        reader = f"read_csv({_quoted(path)}, header = true, all_varchar = true, strict_mode = true, sample_size = 2000)"
        connection.execute(f"COPY (SELECT nullif(trim(COLUMNS(*)), '') FROM {reader}) TO {copy} (FORMAT parquet)")
        return f"read_parquet({copy})"
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as problem:
        said = NOT_WHOLE if is_parquet else NOT_CSV
        raise InputError("damaged", said.filled(name=name, path=path), field=name) from problem


def _check_encoding(name: str, path: str) -> None:
    """Refuse a file that is not UTF-8 throughout, and tell the line."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with Path(path).open("rb") as opened:
        while block := opened.read(READ_BYTES):
            try:
                line += decoder.decode(block).count("\n")
            except UnicodeDecodeError as problem:
                line += bytes(problem.object[: problem.start]).count(b"\n")
                said = NOT_UTF8.filled(name=name, line=line, path=path)
                raise InputError("bad_encoding", said, field=name) from problem


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
