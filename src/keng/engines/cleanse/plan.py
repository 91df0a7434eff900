"""One cleansing from two files to one, step by step, the same on every engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

import pyarrow as pa

from keng.engines.cleanse import judging, model, searching, sql
from keng.engines.cleanse.comparing import by_record, column, compare
from keng.engines.cleanse.judging import Options, Verdict
from keng.engines.cleanse.model import Model

SAMPLE_RECORDS = 60_000  # that the model is learnt from
SAMPLE_NAMES = 40_000  # by which names are told to be common
SAMPLE_NUMBERS = 4_000  # whose neighbours are counted
PERSON_BYTES = 110  # in memory, about: of whom a join looks records up in
PAIR_BYTES = 600  # of a pair that is joined and sorted
RECORD_BYTES = 200  # of a record in all tables together
ONE_SLIP_FORMS = 119  # numbers of twelve digits one slip from another

RECORD_COLUMNS = ("record_id", "holder_id", "full_name", "date_of_birth", "subscriber")
PERSON_COLUMNS = ("citizen_id", "old_id", "full_name", "date_of_birth", "sex", "province_code", "status", "status_date")

RECORD, PAIR = ("record_id",), ("record_id", "citizen_id")  # orders

Function = Callable[[pa.Table], pa.Table]
Worked = TypeVar("Worked")


class UnusableInputError(Exception):
    """The files cannot be cleansed: columns missing, ids null or repeated. The message names the file and never a person."""


class Engine(Protocol):
    """Where the joins run. Tables are named; `map` gives a function Arrow tables in the order of some columns, and never parts
    rows of one statement that have the first of them alike."""

    dialect: sql.Dialect

    def open(self, name: str, path: str) -> pa.Schema:
        """Make a file readable as `name`; raises UnusableInputError."""
        ...

    def expect(self, size: int) -> None:
        """Make ready for tables of about so many bytes, before the first is made."""
        ...

    def view(self, name: str, statement: str) -> None: ...

    def table(self, name: str, *statements: str) -> None:
        """Keep the rows of all statements, which are worked out one after the other."""
        ...

    def slices(self, rows: int, width: int) -> int:
        """Into how many parts to cut a join of so many rows of about `width` bytes, so that each fits into memory."""
        ...

    def rows(self, statement: str) -> pa.Table: ...

    def beside(self, work: Callable[[], Worked]) -> Callable[[], Worked]:
        """Work something out beside the statements that follow, where that is possible; the call waits for it."""
        ...

    def map(
        self, name: str, statements: Sequence[str], function: Function, schema: pa.Schema, order: Sequence[str]
    ) -> None: ...

    def drop(self, *tables: str) -> None: ...

    def write(self, statement: str, path: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Done:
    """What a cleansing came to. `summary`: (province code, verdict, records) in the contract's order."""

    model: Model
    summary: list[tuple[str | None, str, int]]


def run(
    engine: Engine, population: str, register: str, output: str, options: Options, given: Model | None = None
) -> Done:
    """Cleanse the register against the population and write the verdicts to `output`; raises UnusableInputError."""
    record_id = _open(engine, population, register)
    people = _check(engine, "population", "citizen_id", population)
    records = _check(engine, "register", "record_id", register)
    share = min(1.0, SAMPLE_RECORDS / max(records, 1))
    engine.expect(max(people, records) * RECORD_BYTES)
    parts = _parts(engine, max(people, records), PERSON_BYTES)
    sampled = sql.sampled_records(share, not sql.is_text(record_id))
    exact = (sql.passed(engine.dialect, options.minor_age, options.as_of, sampled, part) for part in parts)
    engine.table("passed", *exact)
    odd = partial(engine.map, "odd_keys", [sql.ODD], searching.find_keys, searching.keys_schema(record_id), RECORD)
    odd_found = engine.beside(odd)
    engine.table("numbers", sql.NUMBERS)
    engine.table("short", sql.SHORT)
    start, names = (given, None) if given else _begin(engine, people)
    odd_found()
    _find_candidates(engine)
    learn = partial(replace, start) if names is None else partial(_learn, start, names, *_sample(engine))
    learnt = engine.beside(learn)
    judge = partial(judging.judge_by, learnt=learnt, options=options)
    pairs = [sql.pairs(part) for part in _parts(engine, _count(engine, "candidates"), PAIR_BYTES)]
    engine.map("judged", pairs, judge, judging.judged_schema(record_id), PAIR)
    engine.drop("candidates", "numbers")
    searched = engine.beside(partial(_search, engine, learnt(), record_id))
    _limit(engine, options)
    searched()
    engine.view("final", sql.FINAL)
    engine.write(sql.result(engine.dialect), output)
    return Done(learnt(), list(_summary(engine)))


def _parts(engine: Engine, rows: int, width: int) -> list[sql.Slice]:
    count = engine.slices(rows, width)
    return [sql.Slice(place, count) for place in range(count)]


def _count(engine: Engine, table: str) -> int:
    return int(engine.rows(f"SELECT count(*) AS n FROM {table}").to_pylist()[0]["n"])


def _find_candidates(engine: Engine) -> None:
    """Everybody who may be the holder of a record that is not settled."""
    engine.table("known", sql.known(engine.dialect))
    engine.table("keys", sql.KEYS)
    engine.table("near", *sql.candidates())
    engine.drop("odd_keys", "keys", "short", "known")
    engine.table("candidates", "SELECT DISTINCT record_id, citizen_id FROM near")
    engine.drop("near")


def whole_records(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """Tables of some `rows` from batches in the order of their first column, never parting equal ones."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        if not batch.num_rows:
            continue
        waiting.append(batch)
        if sum(map(len, waiting)) < rows:
            continue
        whole = pa.Table.from_batches(waiting)
        ids = whole.column(0)
        end = len(whole) - 1
        while end and ids[end - 1] == ids[len(whole) - 1]:
            end -= 1
        if end:
            yield whole.slice(0, end)
        waiting = whole.slice(end).to_batches()
    if waiting:
        yield pa.Table.from_batches(waiting)


def _open(engine: Engine, population: str, register: str) -> pa.DataType:
    """Make both files readable in one shape; the type of record_id."""
    schemas = {}
    for name, path, wanted in (
        ("population", population, PERSON_COLUMNS),
        ("register", register, RECORD_COLUMNS),
    ):
        schemas[name] = engine.open(f"{name}_file", path)
        missing = [column for column in wanted if column not in schemas[name].names]
        if missing:
            raise UnusableInputError(f"{path} has no column {', '.join(missing)}")
    record_id: pa.DataType = schemas["register"].field("record_id").type
    if not (sql.is_text(record_id) or pa.types.is_integer(record_id)):
        raise UnusableInputError(f"{register}: record_id is neither an integer nor text")
    engine.view("population", sql.population(schemas["population"], "population_file"))
    engine.view("register", sql.register(schemas["register"], "register_file"))
    return pa.string() if sql.is_text(record_id) else record_id


def _check(engine: Engine, table: str, key: str, path: str) -> int:
    """How many rows a table has; raises UnusableInputError if its key does not tell them apart."""
    found = engine.rows(sql.count(table, key)).to_pylist()[0]
    if found["nulls"]:
        raise UnusableInputError(f"{path}: {key} is null in {found['nulls']} rows")
    if found["repeats"]:
        raise UnusableInputError(f"{path}: {key} is repeated in {found['repeats']} rows")
    return int(found["n"])


def _begin(engine: Engine, people: int) -> tuple[Model, pa.Table]:
    """What the population alone tells a model, and the names of some."""
    names = engine.rows(sql.sampled_names(SAMPLE_NAMES / max(people, 1)))
    old_ids = engine.rows(sql.OLD_IDS).to_pylist()[0]["n"]
    start = Model(
        people=max(people, 1), density=_density(engine, people), old_density=old_ids / 1e9 * model.OLD_CLUSTERING
    )
    return start, names


def _sample(engine: Engine) -> tuple[pa.Table, int]:
    """The pairs of some records, and how many others of them agree in everything."""
    clean = engine.rows(sql.SAMPLED_CLEAN).to_pylist()[0]["n"]
    return engine.rows(sql.SAMPLED_PAIRS), int(clean)


def _learn(start: Model, names: pa.Table, pairs: pa.Table, clean: int) -> Model:
    """The model of these two files."""
    known = replace(start, words=model.count_words(column(names, "full_name")))
    return model.learn(known, compare(by_record(pairs)), clean)


def _density(engine: Engine, people: int) -> float:
    """The chance that a number one slip from somebody's is somebody's."""
    engine.table("sampled_numbers", sql.sampled_numbers(engine.dialect, SAMPLE_NUMBERS / max(people, 1)))
    engine.table("neighbour_keys", sql.whole_keys("SELECT * FROM sampled_numbers"))
    pairs = engine.rows("\nUNION\n".join(sql.neighbours("neighbour_keys")))
    sampled = _count(engine, "sampled_numbers")
    return searching.count_neighbours(pairs) / max(sampled * ONE_SLIP_FORMS, 1)


def _search(engine: Engine, learnt: Model, record_id: pa.DataType) -> None:
    """Look for those whose number led to nobody by name and birth date."""
    engine.map("sought", [sql.OPEN], searching.find_sought, searching.sought_schema(record_id), RECORD)
    engine.table("names", sql.names(engine.dialect))
    engine.table("met", sql.MET)
    judge = partial(searching.judge_found, model=learnt)
    engine.map("found", [sql.SOUGHT_PAIRS], judge, judging.judged_schema(record_id), PAIR)


def _limit(engine: Engine, options: Options) -> None:
    if options.limit is None:
        engine.table("beyond", sql.NOTHING_BEYOND)
        return
    engine.view("accepted", sql.ACCEPTED)
    engine.table("beyond", sql.beyond(options.limit))


def _summary(engine: Engine) -> Iterator[tuple[str | None, str, int]]:
    order = {verdict.value: place for place, verdict in enumerate(Verdict)}
    rows = [(row["province_code"], row["verdict"], row["records"]) for row in engine.rows(sql.SUMMARY).to_pylist()]
    yield from sorted(rows, key=lambda row: (row[0] is None, row[0] or "", order[row[1]]))


def summary_line(row: tuple[str | None, str, int]) -> str:
    """A row of the summary as a line of JSON."""
    province, verdict, records = row
    return json.dumps({"province_code": province, "verdict": verdict, "records": records}, ensure_ascii=False)
