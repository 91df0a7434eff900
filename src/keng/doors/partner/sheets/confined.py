"""A job for the confined process: the rows of a workbook, as JSON. Only what an answer needs leaves it."""

from __future__ import annotations

import json

from keng.base.confined.inside import UnreadableError
from keng.base.errors import InputError
from keng.doors.partner.sheets.columns import ANSWER_COLUMNS
from keng.doors.partner.sheets.reading import LONGEST_CELL, read_xlsx
from keng.doors.partner.sheets.writing import as_xlsx

KEPT = ("request_id", "version", *(column.code for column in ANSWER_COLUMNS))


def prepare() -> None:
    """Read a workbook of our own, so that everything is imported while files can still be read."""
    read(as_xlsx([], {}, "vi"))


def read(data: bytes) -> tuple[dict[str, object], bytes]:
    """Facts: the number of rows; and `[[number, {column: cell}], …]`. Raises UnreadableError with the code of why."""
    try:
        sheet = read_xlsx(data)
    except InputError as error:
        if isinstance(error.__cause__, MemoryError):
            raise UnreadableError("too_much_memory") from error
        raise UnreadableError(error.code) from error
    rows = [[number, _kept(cells)] for number, cells in sheet.rows]
    return {"rows": len(rows)}, json.dumps(rows).encode()


def _kept(cells: dict[str, str]) -> dict[str, str]:
    """A cell over the limit keeps one sign too many: enough to be told as too long."""
    return {code: cells[code][: LONGEST_CELL + 1] for code in KEPT if cells.get(code)}
