"""`keng cleanse` against Splink, trained in the run, on a register of a synthetic country: how fast, how right by kind of error."""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.figures import Cell, Section, Table
from benchmarks.measuring import OURS, PEERS, ROOT, TIMES, WORK, per_second, run

PEOPLE, SEED = 850_000, 3  # 1.02 million SIMs
TOOLS = ("keng cleanse", "splink")
AS_OF = "2026-11-22"
EVERY_RECORD = "all records"


def measure() -> Section:
    country = make_country(PEOPLE, SEED)
    records = _count(country / "sims.parquet")
    speed: list[list[Cell]] = []
    right: dict[str, dict[str, tuple[int, float]]] = {}
    for tool in TOOLS:
        out = WORK / "cleansing" / f"{tool.split()[-1]}.parquet"
        taken = run(_words(tool, country, out), times=TIMES)
        seconds = ", ".join(f"{one:.1f}" for one in taken.all_seconds)
        speed.append(
            [tool, per_second(records, taken.seconds), seconds, f"{taken.processor_seconds:.1f}", f"{taken.load:.2f}"]
        )
        right[tool] = _right_persons(country, out)
    kinds: list[list[Cell]] = [
        [kind, right[TOOLS[0]][kind][0], *(f"{right[tool][kind][1]:.4f}" for tool in TOOLS)] for kind in right[TOOLS[0]]
    ]
    verdicts: list[list[Cell]] = [list(row) for row in _verdicts(country, WORK / "cleansing" / "cleanse.parquet")]
    return Section(
        "cleanse",
        [
            Table(
                (
                    f"{records:,} SIMs, {PEOPLE:,} people",
                    "records/s",
                    "seconds (each run)",
                    "processor s",
                    "load before",
                ),
                speed,
            ),
            Table(("right person, or rightly nobody, by kind of error", "records", *TOOLS), kinds),
            Table(("verdict of keng cleanse", "precision", "recall", "F1"), verdicts),
        ],
        [" ".join(_words(tool, country, Path("OUT"))).replace(f"{ROOT}/", "") for tool in TOOLS],
    )


def make_country(people: int, seed: int) -> Path:
    """The country, made once."""
    folder = WORK / "cleansing" / f"{people}-{seed}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = folder.with_suffix(".draft")
        run([OURS / "keng", "nation", "make", draft, "--people", str(people), "--seed", str(seed)], times=1)
        draft.replace(folder)
    return folder


def _words(tool: str, country: Path, out: Path) -> list[str]:
    population, register = str(country / "population.parquet"), str(country / "sims.parquet")
    if tool == TOOLS[0]:
        files = ["--population", population, "--register", register, "--kind", "sim", "-o", str(out), "--as-of", AS_OF]
        return [str(OURS / "keng"), "cleanse", *files]
    return [str(PEERS), str(ROOT / "benchmarks" / "peers" / "cleanse_splink.py"), population, register, str(out)]


def _count(path: Path) -> int:
    row = duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchone()
    assert row is not None
    return int(row[0])


def _right_persons(country: Path, out: Path) -> dict[str, tuple[int, float]]:
    """For each kind of error: how many records, and the share of which the right person is told, or rightly nobody."""
    rows = duckdb.sql(f"""
      WITH judged AS (
        SELECT t.errors, t.person_id IS NOT DISTINCT FROM o.person_id AS is_right FROM '{country}/truth/sims.parquet' t
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
