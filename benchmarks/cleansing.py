"""`keng cleanse` against Splink, trained in the run, on registers of synthetic countries: how fast, how right by kind of error.

`cleanse` is a million records against a million people; `cleanse-large` ten million against ten million, whose country alone takes
ten minutes to make; `cleanse-huge` a whole country's, once, which takes an hour to make and 40 GB of disk; `cleanse-spark` what
Spark takes with one and two workers for what DuckDB does in a breath.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.figures import Cell, Section, Table
from benchmarks.measuring import OURS, PEERS, ROOT, TIMES, WORK, per_second, run
from benchmarks.timing import timed

MILLION, SEED = 1_000_000, 3  # people, and records
LARGE, LARGE_SEED = 10_000_000, 12
HUGE, HUGE_RECORDS, HUGE_SEED = 105_000_000, 125_000_000, 13
HUGE_SLICES, HUGE_MEMORY = 105, "11GB"
FEW, FEW_SEED = 100_000, 4  # for Spark
TOOLS = ("keng cleanse", "splink")
AS_OF = "2026-11-22"
EVERY_RECORD = "all records"
COST = ("records/s", "seconds (each run)", "processor s", "largest process, GiB")


def measure() -> Section:
    country = _register(MILLION, SEED)
    records = _count(country / "register.parquet")
    speed = [_cost(tool, _words(tool, country, _out(tool)), records) for tool in TOOLS]
    right = {tool: _right_persons(country, _out(tool)) for tool in TOOLS}
    kinds: list[list[Cell]] = [
        [kind, count, *(f"{right[tool][kind][1]:.4f}" for tool in TOOLS)]
        for kind, (count, _) in right[TOOLS[0]].items()
    ]
    verdicts: list[list[Cell]] = [list(row) for row in _verdicts(country, _out(TOOLS[0]))]
    return Section(
        "cleanse",
        [
            Table((f"{records:,} SIMs, {MILLION:,} people", *COST), speed),
            Table(("right person, or rightly nobody, by kind of error", "records", *TOOLS), kinds),
            Table(("verdict of keng cleanse", "precision", "recall", "F1"), verdicts),
        ],
        [_shown(_words(tool, country, Path("OUT"))) for tool in TOOLS],
    )


def measure_large() -> Section:
    country, tool = _register(LARGE, LARGE_SEED), TOOLS[0]
    records = _count(country / "register.parquet")
    words = _words(tool, country, _out(tool))
    speed = [_cost(tool, words, records)]
    kinds: list[list[Cell]] = [
        [kind, count, f"{share:.5f}"] for kind, (count, share) in _right_persons(country, _out(tool)).items()
    ]
    return Section(
        "cleanse-large",
        [
            Table((f"{records:,} SIMs, {LARGE:,} people", *COST), speed),
            Table(("right person, or rightly nobody, by kind of error", "records", tool), kinds),
        ],
        [_shown(_words(tool, country, Path("OUT")))],
    )


def measure_huge() -> Section:
    """Once, out of core, with the disk that it took beside the files themselves."""
    people = int(os.environ.get("KENG_BENCH_PEOPLE", HUGE))
    records = HUGE_RECORDS * people // HUGE
    country, tool = _register(people, HUGE_SEED, records, slices=HUGE_SLICES), TOOLS[0]
    records = _count(country / "register.parquet")
    words = [*_words(tool, country, _out(tool)), "--memory-limit", HUGE_MEMORY]
    with TemporaryDirectory(dir=_folder()) as scratch:
        os.environ["KENG_SCRATCH"] = scratch
        with _watched(Path(scratch)) as most:
            taken = timed(words)
        del os.environ["KENG_SCRATCH"]
    files = sum((country / name).stat().st_size for name in ("population.parquet", "register.parquet"))
    row: list[Cell] = [
        tool,
        per_second(records, taken.seconds),
        f"{taken.seconds:.0f}",
        f"{taken.processor_seconds:.0f}",
        f"{taken.largest_gib:.1f}",
        f"{most[0] / 2**30:.1f}",
        f"{files / 2**30:.1f}",
    ]
    kinds: list[list[Cell]] = [
        [kind, count, f"{share:.5f}"] for kind, (count, share) in _right_persons(country, _out(tool)).items()
    ]
    named = (f"{records:,} SIMs, {people:,} people", "records/s", "seconds", "processor s", "memory, GiB")
    return Section(
        "cleanse-huge",
        [
            Table((*named, "disk beside the files, GiB", "files, GiB"), [row]),
            Table(("right person, or rightly nobody, by kind of error", "records", tool), kinds),
        ],
        [_shown(words)],
    )


@contextmanager
def _watched(folder: Path) -> Iterator[list[int]]:
    """The most bytes that a folder held while this lasted, looked at twice a second."""
    most, ended = [0], threading.Event()

    def look() -> None:
        while not ended.wait(0.5):
            held = 0
            for path in folder.rglob("*"):
                with suppress(FileNotFoundError):
                    held += path.stat().st_size if path.is_file() else 0
            most[0] = max(most[0], held)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        ended.set()
        watcher.join()


def measure_spark() -> Section:
    country = _register(FEW, FEW_SEED)
    rows: list[list[Cell]] = []
    for engine, workers in (("duckdb", 2), ("spark", 1), ("spark", 2)):
        out = WORK / "cleansing" / f"{engine}-{workers}.parquet"
        words = [*_words(TOOLS[0], country, out), "--engine", engine, "--threads", str(workers)]
        taken = timed(words)
        rows.append([engine, workers, f"{taken.seconds:.1f}", f"{taken.processor_seconds:.1f}", _different(out)])
    records = _count(country / "register.parquet")
    named = (f"{records:,} SIMs, {FEW:,} people", "workers", "seconds", "processor s", "rows unlike DuckDB's")
    return Section(
        "cleanse-spark", [Table(named, rows)], [f"{_shown(_words(TOOLS[0], country, Path('OUT')))} --engine spark"]
    )


def _different(out: Path) -> int:
    """How many rows of a result are not those of DuckDB."""
    row = duckdb.sql(
        f"SELECT count(*) FROM (SELECT * FROM '{out}' EXCEPT SELECT * FROM '{_folder()}/duckdb-2.parquet')"
    ).fetchone()
    assert row is not None
    return int(row[0])


def _cost(tool: str, words: list[str], records: int) -> list[Cell]:
    """A run to warm up, then those that count."""
    _, *taken = [timed(words) for _ in range(TIMES + 1)]
    seconds = median(one.seconds for one in taken)
    return [
        tool,
        per_second(records, seconds),
        ", ".join(f"{one.seconds:.1f}" for one in taken),
        f"{median(one.processor_seconds for one in taken):.1f}",
        f"{max(one.largest_gib for one in taken):.2f}",
    ]


def _folder() -> Path:
    return WORK / "cleansing"


def _out(tool: str) -> Path:
    return _folder() / f"{tool.split()[-1]}.parquet"


def _shown(words: list[str]) -> str:
    return " ".join(words).replace(f"{ROOT}/", "")


def _register(people: int, seed: int, count: int | None = None, *, slices: int = 1) -> Path:
    """A country of so many people with a register of about `count` of its SIMs, or as many: who is left out is left out with all
    their SIMs, so that what is true of the rest stays true."""
    count = people if count is None else count
    country = make_country(people, seed, sims_only=True, slices=slices)
    cut = country / "register.parquet"
    if not cut.exists():
        sims, truth = f"'{country}/sims.parquet'", f"'{country}/truth/sims.parquet'"
        found = duckdb.sql(f"SELECT count(*), count(person_id) FROM {truth}").fetchone()
        assert found is not None
        every, of_somebody = found
        share = 1 - (every - count) / of_somebody
        kept = f"person_id IS NULL OR hash(person_id) % 1000000 < {round(share * 1_000_000)}"
        draft = cut.with_suffix(".draft")
        duckdb.sql(
            f"COPY (SELECT s.* FROM {sims} s JOIN {truth} t USING (record_id) WHERE {kept}) "
            f"TO '{draft}' (FORMAT parquet, COMPRESSION zstd)"
        )
        draft.replace(cut)
    return country


def _count(path: Path) -> int:
    row = duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchone()
    assert row is not None
    return int(row[0])


def make_country(people: int, seed: int, *, sims_only: bool = False, slices: int = 1) -> Path:
    """The country, made once."""
    folder = _folder() / f"{people}-{seed}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = folder.with_suffix(".draft")
        words = [OURS / "keng", "nation", "make", draft, "--people", str(people), "--seed", str(seed)]
        run([*words, *(["--sims-only", "--slices", str(slices)] if sims_only else [])], times=1)
        draft.replace(folder)
    return folder


def _words(tool: str, country: Path, out: Path) -> list[str]:
    population, register = str(country / "population.parquet"), str(country / "register.parquet")
    if tool == TOOLS[0]:
        files = ["--population", population, "--register", register, "--kind", "sim", "-o", str(out), "--as-of", AS_OF]
        return [str(OURS / "keng"), "cleanse", *files]
    return [str(PEERS), str(ROOT / "benchmarks" / "peers" / "cleanse_splink.py"), population, register, str(out)]


def _right_persons(country: Path, out: Path) -> dict[str, tuple[int, float]]:
    """For each kind of error: how many records, and the share of which the right person is told, or rightly nobody."""
    rows = duckdb.sql(f"""
      WITH judged AS (
        SELECT t.errors, t.person_id IS NOT DISTINCT FROM o.person_id AS is_right FROM '{country}/truth/sims.parquet' t
        JOIN '{country}/register.parquet' r USING (record_id)
        LEFT JOIN '{out}' o ON CAST(o.record_id AS VARCHAR) = CAST(t.record_id AS VARCHAR)
      ), each AS (SELECT unnest(list_append(errors, '{EVERY_RECORD}')) AS kind, is_right FROM judged)
      SELECT kind, count(*), avg(CAST(is_right AS INT)) FROM each GROUP BY kind ORDER BY kind""").fetchall()
    return {kind: (count, share) for kind, count, share in rows}


def _verdicts(country: Path, out: Path) -> list[tuple[str, str, str, str]]:
    """Precision, recall and F1 of each verdict."""
    pairs = duckdb.sql(f"""
      SELECT t.verdict, o.verdict, count(*) FROM '{country}/truth/sims.parquet' t
      JOIN '{out}' o USING (record_id) GROUP BY ALL""").fetchall()
    found = []
    for verdict in sorted({true for true, _, _ in pairs}):
        both = sum(n for true, ours, n in pairs if true == ours == verdict)
        precision = both / max(sum(n for _, ours, n in pairs if ours == verdict), 1)
        recall = both / max(sum(n for true, _, n in pairs if true == verdict), 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-12)
        found.append((verdict, f"{precision:.4f}", f"{recall:.4f}", f"{f1:.4f}"))
    return found
