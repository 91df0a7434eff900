"""One small nation, written once for all tests of this folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keng.nation.make import Nation, Plan, make_nation
from keng.nation.make.files import write_nation

PLAN = Plan(people=900, seed=11)


@dataclass(frozen=True)
class Written:
    """The nation in memory and its folder, with readers for the files."""

    nation: Nation
    folder: Path

    def rows(self, name: str) -> list[dict]:
        return pq.read_table(self.folder / name).to_pylist()

    def lines(self, name: str) -> list[dict]:
        return [json.loads(line) for line in (self.folder / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("town")
    nation = make_nation(PLAN)
    write_nation(nation, folder)
    return Written(nation, folder)
