"""Many people in bounded memory: a nation made in slices, a few at once, and put together file by file.

Each slice has numbers of its own, so that nobody's is anybody else's. What is true of a record is true within its slice: of few
people in another one it may not be (a namesake born on the same day, a number that differs in the first of its last six digits).
"""

from __future__ import annotations

import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from keng.nation.make.files import write_sims
from keng.nation.make.nation import make_sims
from keng.nation.make.plan import Plan
from keng.nation.make.write import ROWS_PER_GROUP, writer_of

FILES = ("population.parquet", "sims.parquet", "truth/sims.parquet")


def write_slices(plan: Plan, slices: int, folder: Path, workers: int) -> tuple[int, int]:
    """Write people, SIMs and their truth, made in so many slices of as many people; how many people and SIMs there are."""
    plans = [replace(plan, people=plan.people // slices, slice=number, slices=slices) for number in range(slices)]
    with ProcessPoolExecutor(workers) as pool:
        made = list(pool.map(partial(_write_slice, folder), plans))
    for name in FILES:
        _put_together([_folder(folder, one) / name for one in plans], folder / name)
    for one in plans:
        shutil.rmtree(_folder(folder, one))
    return sum(people for people, _ in made), sum(sims for _, sims in made)


def _write_slice(folder: Path, plan: Plan) -> tuple[int, int]:
    people, sims = make_sims(plan)
    write_sims(people, sims, _folder(folder, plan))
    return len(people), len(sims)


def _folder(folder: Path, plan: Plan) -> Path:
    return folder / f"slice-{plan.slice:03}"


def _put_together(parts: list[Path], whole: Path) -> None:
    """One file of the rows of all, in order; the parts are gone afterwards."""
    whole.parent.mkdir(parents=True, exist_ok=True)
    with writer_of(whole, pq.read_schema(parts[0])) as writer:
        for part in parts:
            for batch in pq.ParquetFile(part).iter_batches(ROWS_PER_GROUP):
                writer.write_batch(batch, row_group_size=ROWS_PER_GROUP)
            part.unlink()
