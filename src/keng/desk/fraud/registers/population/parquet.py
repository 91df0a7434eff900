"""The population register as a Parquet file on a disk of this machine."""

from __future__ import annotations

from pathlib import Path

from keng.base.errors import UnavailableError
from keng.desk.fraud.registers import refusals
from keng.desk.fraud.registers.population.people import COLUMNS, Person, Settings, people_of


class InParquet:
    """Sorted by citizen_id, a question reads a few pages of the file; unsorted, two columns of all of it."""

    def __init__(self, wanted: Settings) -> None:
        self.path = Path(wanted.address)

    def for_run(self, scratch: Path) -> Path:  # noqa: ARG002 - as every connector
        if not self.path.is_file():
            raise UnavailableError("population_away", refusals.POPULATION_AWAY)
        return self.path.resolve()

    def find(self, number: str) -> list[Person]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            has = set(pq.read_schema(self.path).names)
            wanted = [name for name in COLUMNS if name in has]
            filters = [[("citizen_id", "=", number)], [("old_id", "=", number)]]
            rows = pq.read_table(self.path, columns=wanted, filters=filters, use_threads=False).to_pylist()
        except (OSError, pa.ArrowException) as error:
            raise UnavailableError("population_away", refusals.POPULATION_AWAY) from error
        return people_of(rows)
