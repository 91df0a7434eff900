"""`keng signs`: how fast on ten million transfers, and how right each sign is among mules and innocent look-alikes."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.figures import Cell, Section, Table
from benchmarks.measuring import OURS, ROOT, WORK, per_second, run

ACCOUNTS, TRANSFERS, BURSTS = 1_000_000, 10_000_000, 2_000
DAYS, DAY_SECONDS = 112, 86_400
START = np.datetime64("2026-08-01", "s").astype(np.int64)
PEOPLE, SEED = 40_000, 5
AS_OF = "2026-11-20"


def measure() -> Section:
    crowd = _crowd(WORK / "signs" / "crowd")
    out = WORK / "signs" / "out.parquet"
    taken = run(_words(crowd, out), times=2)
    seconds = ", ".join(f"{one:.1f}" for one in taken.all_seconds)
    speed: list[list[Cell]] = [
        [
            "keng signs",
            per_second(TRANSFERS, taken.seconds),
            seconds,
            f"{taken.processor_seconds:.1f}",
            f"{taken.load:.2f}",
        ]
    ]
    country = _country(WORK / "signs" / f"{PEOPLE}-{SEED}")
    return Section(
        "signs",
        [
            Table(
                (f"{TRANSFERS:,} transfers, {ACCOUNTS:,} accounts", "transfers/s", "seconds (each run)", "processor s", "load"),
                speed,
            ),
            Table(("sign", "held", "mules", "look-alikes", "others", "precision", "recall of used mules"), _right(country)),
        ],
        [" ".join(_words(crowd, Path("OUT"))).replace(f"{ROOT}/", "")],
    )  # fmt: skip


def _words(folder: Path, out: Path, *more: str) -> list[str]:
    files = [part for name in ("accounts", "transfers") for part in (f"--{name}", str(folder / f"{name}.parquet"))]
    return [str(OURS / "keng"), "signs", *files, *more, "-o", str(out), "--as-of", AS_OF]


def _crowd(folder: Path) -> Path:
    """Ten million transfers of a million accounts, some much busier than others, with bursts that are passed on; made once."""
    if (folder / "accounts.parquet").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(1)
    names = np.array([f"9704{n % 40:02d}:{n:010d}" for n in draw.permutation(10 * ACCOUNTS)[:ACCOUNTS]], dtype=object)
    weight = draw.pareto(1.5, ACCOUNTS) + 0.2
    reached = np.cumsum(weight) / weight.sum()
    source, target = (np.minimum(np.searchsorted(reached, draw.random(TRANSFERS)), ACCOUNTS - 1) for _ in range(2))
    amount = (draw.lognormal(13, 1.3, TRANSFERS) // 1000 * 1000 + 1000).astype(np.int64)
    second = START + draw.integers(0, DAYS * DAY_SECONDS, TRANSFERS)
    row = 0
    for mule in draw.choice(ACCOUNTS, BURSTS, replace=False):
        at = START + draw.integers(0, (DAYS - 2) * DAY_SECONDS)
        for step in range(8):
            target[row], amount[row], second[row] = mule, 20_000_000, at + step * 600
            source[row + 1], amount[row + 1], second[row + 1] = mule, 19_500_000, at + step * 600 + 240
            row += 2
    order = np.argsort(second, kind="stable")
    columns = {
        "transfer_id": pa.array(np.arange(1, TRANSFERS + 1)),
        "from_account": pa.array(names[source[order]], pa.string()),
        "to_account": pa.array(names[target[order]], pa.string()),
        "amount": pa.array(amount[order]),
        "at": pa.array(second[order] * 1_000_000, pa.timestamp("us")),
    }
    pq.write_table(pa.table(columns), folder / "transfers.parquet", compression="zstd")
    pq.write_table(pa.table({"record_id": pa.array(names, pa.string())}), folder / "accounts.parquet")
    return folder


def _country(folder: Path) -> Path:
    """A synthetic country with its verdicts, and the accounts that its reports name as the list of suspects; made once."""
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_suffix(".draft")
    run([OURS / "keng", "nation", "make", draft, "--people", str(PEOPLE), "--seed", str(SEED)], times=1)
    population, register = str(draft / "population.parquet"), str(draft / "accounts.parquet")
    files = ["--population", population, "--register", register, "-o", str(draft / "verdicts.parquet")]
    run([str(OURS / "keng"), "cleanse", "--kind", "account", "--as-of", AS_OF, *files], times=1)
    reports = map(json.loads, (draft / "reports.jsonl").read_text("utf-8").splitlines())
    listed = sorted({report["loss"]["to_account"] for report in reports if report.get("loss")})
    (draft / "listed.csv").write_text("\n".join(["account", *listed]) + "\n", "utf-8")
    draft.replace(folder)
    return folder


def _right(country: Path) -> list[list[Cell]]:
    """Of each sign: whom it holds on, and how many of the mules that were paid in that week it finds."""
    out = WORK / "signs" / "judged.parquet"
    more = [
        "--verdicts",
        str(country / "verdicts.parquet"),
        "--listed",
        str(country / "listed.csv"),
        "--assessment",
        "bench 1",
    ]
    run(_words(country, out, *more), times=1)
    rows = duckdb.sql(f"""
      WITH mules AS (SELECT record_id FROM '{country}/truth/accounts.parquet' WHERE crew IS NOT NULL),
      used AS (SELECT count(DISTINCT to_account) AS n FROM '{country}/transfers.parquet' WHERE to_account IN (FROM mules)),
      held AS (
        SELECT o.sign, m.record_id IS NOT NULL AS is_mule, l.account IS NOT NULL AS is_alike,
          o.subject IN (SELECT to_account FROM '{country}/transfers.parquet') AS is_used
        FROM '{out}' AS o LEFT JOIN mules AS m ON m.record_id = o.subject
        LEFT JOIN '{country}/truth/lookalikes.parquet' AS l ON l.account = o.subject
      )
      SELECT sign, count(*), sum(is_mule::INT), sum(is_alike::INT), sum((NOT is_mule AND NOT is_alike)::INT),
        avg(is_mule::INT), sum((is_mule AND is_used)::INT) / any_value(used.n)
      FROM held, used GROUP BY sign ORDER BY sign""").fetchall()
    return [[row[0], *(f"{int(one):,}" for one in row[1:5]), *(f"{one:.3f}" for one in row[5:])] for row in rows]
