"""The population register as a Parquet file on a disk of this machine."""

from __future__ import annotations

import mmap
import tempfile
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

from keng.base.errors import UnavailableError
from keng.desk.fraud.registers import refusals
from keng.desk.fraud.registers.population.people import COLUMNS, Person, Settings, people_of

NUMBERS = ("citizen_id", "old_id")
ROWS_AT_ONCE = 65_536


class InParquet:
    """A question reads a copy of the file that each process makes for itself, once for each state of the file."""

    def __init__(self, wanted: Settings) -> None:
        self.path = Path(wanted.address)

    def for_run(self, scratch: Path) -> Path:  # noqa: ARG002 - as every connector
        if not self.path.is_file():
            raise UnavailableError("population_away", refusals.POPULATION_AWAY)
        return self.path.resolve()

    def find(self, number: str) -> list[Person]:
        import pyarrow as pa

        try:
            return people_of(_lookup(self.path).find(number))
        except (OSError, pa.ArrowException) as error:
            raise UnavailableError("population_away", refusals.POPULATION_AWAY) from error


Stamp = tuple[int, int, int]
"""Which file it is, how long, and when it was last written."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """One state of the file, laid out for asking by number: mapped files in the scratch folder, nameless and gone with the process.

    `orders`: for each kind of number the sorted numbers (`number`) with the place of their row (`row`).
    About 130 bytes a person, of which memory holds what is asked for; a million people are made in a second or two.
    """

    stamp: Stamp
    rows: Any
    orders: tuple[Any, ...]

    def find(self, number: str) -> list[dict[str, Any]]:
        """The rows that have this number, of whichever kind."""
        places: dict[int, None] = {}
        for order in self.orders:
            numbers, rows = order.column("number").chunk(0), order.column("row").chunk(0)
            at = bisect_left(range(len(numbers)), number, key=lambda place, of=numbers: of[place].as_py())
            while at < len(numbers) and numbers[at].as_py() == number:
                places[rows[at].as_py()] = None
                at += 1
        return [row for place in places for row in self.rows.slice(place, 1).to_pylist()]


_kept: dict[Path, Lookup] = {}
_making = Lock()


def _lookup(path: Path) -> Lookup:
    """What the file says now. While somebody reads a new state of it, the others ask the one before."""
    stamp, kept = _stamp(path), _kept.get(path)
    if kept is not None and (kept.stamp == stamp or _making.locked()):
        return kept
    with _making:
        kept = _kept.get(path)
        if kept is None or kept.stamp != stamp:
            kept = _kept[path] = _read(path, stamp)
        return kept


def _stamp(path: Path) -> Stamp:
    told = path.stat()
    return told.st_ino, told.st_size, told.st_mtime_ns


def _read(path: Path, stamp: Stamp) -> Lookup:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        there = set(file.schema_arrow.names)
        wanted = [name for name in COLUMNS if name in there]
        schema = pa.schema([file.schema_arrow.field(name) for name in wanted])
        rows = _mapped(schema, file.iter_batches(ROWS_AT_ONCE, columns=wanted, use_threads=False))
    return Lookup(stamp, rows, tuple(_ordered(rows.column(name)) for name in NUMBERS if name in there))


def _ordered(column: Any) -> Any:
    """Who has a number, by number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = column.cast(pa.string())
    order = pc.sort_indices(numbers)[: len(numbers) - numbers.null_count]
    sorted_numbers = pa.concat_arrays(numbers.take(order).chunks or [pa.array([], pa.string())])
    batch = pa.record_batch([sorted_numbers, order], names=["number", "row"])
    return _mapped(batch.schema, [batch])


def _mapped(schema: Any, batches: Iterable[Any]) -> Any:
    """These rows in a file without a name, which the system reads as they are asked for."""
    import pyarrow as pa

    folder = Path(settings.KENG_SCRATCH or tempfile.gettempdir())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        with pa.ipc.new_file(file, schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
        file.flush()
        bytes_there = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return pa.ipc.open_file(pa.py_buffer(bytes_there)).read_all()
