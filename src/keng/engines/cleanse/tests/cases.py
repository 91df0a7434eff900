"""A person, her record, and files made of rows: the cast of the tests of cleansing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from keng.engines.cleanse.judging import Options
from keng.engines.cleanse.model import Model

AS_OF = date(2026, 11, 22)
OPTIONS = Options(as_of=AS_OF, minor_age=14, limit=3)
MODEL = Model(people=1_000_000, density=1e-4, old_density=1e-3)
POPULATION = pa.schema(
    [
        *(
            (name, pa.string())
            for name in ("citizen_id", "old_id", "full_name", "date_of_birth", "sex", "province_code", "status")
        ),
        ("status_date", pa.date32()),
    ]
)
REGISTER = pa.schema(
    [
        ("record_id", pa.int64()),
        *(
            (name, pa.string())
            for name in ("holder_id", "full_name", "date_of_birth", "subscriber", "sex", "province_code")
        ),
        ("opened_at", pa.date32()),
    ]
)


def person(**changed: Any) -> dict[str, Any]:
    """A living woman of 1990, with what is changed."""
    return {
        "citizen_id": "001190004567",
        "old_id": "123456780",
        "full_name": "Trần Thị Hoà",
        "date_of_birth": "1990-05-17",
        "sex": "F",
        "province_code": "01",
        "status": "living",
        "status_date": None,
    } | changed


def record(**changed: Any) -> dict[str, Any]:
    """Her record as it should be, with what is changed."""
    return {
        "record_id": 1,
        "holder_id": "001190004567",
        "full_name": "Trần Thị Hoà",
        "date_of_birth": "1990-05-17",
        "subscriber": "0912345678",
        "sex": "F",
        "province_code": "01",
        "opened": date(2020, 1, 1),
        "opened_at": date(2020, 1, 1),
    } | changed


def write(path: Path, rows: list[dict[str, Any]], schema: pa.Schema) -> str:
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    return str(path)
