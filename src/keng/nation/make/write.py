"""Writes Parquet whose bytes do not change, JSON Lines, and a folder that appears whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from keng.base.errors import ConflictError, Said

NOT_EMPTY = Said(
    "Thư mục {folder} không trống; hãy chọn một thư mục khác.", "The folder {folder} is not empty; choose another one."
)
ROWS_PER_GROUP = 122_880


def write_parquet(path: Path, table: pa.Table) -> None:
    """One Parquet file whose bytes depend on the rows alone (for one version of pyarrow)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", compression_level=3, row_group_size=ROWS_PER_GROUP)


def writer_of(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer of one Parquet file as `write_parquet` writes it."""
    return pq.ParquetWriter(path, schema, compression="zstd", compression_level=3)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """A UTF-8 text file, one line each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


def write_json_lines(path: Path, objects: Iterable[dict[str, object]]) -> None:
    """JSON Lines, keys in the order given."""
    write_lines(path, (json.dumps(item, ensure_ascii=False) for item in objects))


def write_whole(folder: Path, fill: Callable[[Path], None]) -> None:
    """Call `fill` on a new folder beside `folder` and put that in its place. Raises ConflictError if `folder` is not empty."""
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConflictError("folder_not_empty", NOT_EMPTY.filled(folder=folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.parent / f".{folder.name}.{uuid4().hex[:8]}"
    unfinished.mkdir()
    try:
        fill(unfinished)
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
