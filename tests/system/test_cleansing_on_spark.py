"""The same verdicts, row for row, on a local Spark that this test starts: `make soak` installs pyspark, Java 17 must be there.

Nothing here is skipped: without Spark the test fails.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keng.cli import main
from keng.nation.make import Plan, make_nation
from keng.nation.make.files import write_nation

pytestmark = pytest.mark.soak
PEOPLE, SEED = 1500, 23


def cleansed(engine: str, country: Path, kind: str, out: Path) -> tuple[dict, bytes]:
    """The rows by record, and the model."""
    files = ["--population", str(country / "population.parquet"), "--register", str(country / f"{kind}s.parquet")]
    more = ["--kind", kind, "-o", str(out), "--as-of", "2026-11-22", "--threads", "2", "--engine", engine]
    assert main(["cleanse", *files, *more]) == 0
    rows = pq.read_table(out).to_pylist()
    return {row["record_id"]: row for row in rows}, Path(f"{out}.model.json").read_bytes()


@pytest.mark.parametrize("kind", ["sim", "account"])
def test_spark_says_what_duckdb_says(kind, tmp_path, capsys):
    country = tmp_path / "country"
    country.mkdir()
    write_nation(make_nation(Plan(people=PEOPLE, seed=SEED)), country)
    ours, our_model = cleansed("duckdb", country, kind, tmp_path / "duckdb.parquet")
    our_summary = capsys.readouterr().out
    theirs, their_model = cleansed("spark", country, kind, tmp_path / "spark.parquet")
    assert len(ours) > PEOPLE
    assert len({row["verdict"] for row in ours.values()}) >= 9
    assert theirs == ours
    assert their_model == our_model
    assert capsys.readouterr().out.splitlines()[-len(our_summary.splitlines()) :] == our_summary.splitlines()
    assert pq.read_schema(tmp_path / "spark.parquet").names == pq.read_schema(tmp_path / "duckdb.parquet").names
