"""A job for the confined process: the cells of a workbook, as JSON."""

from __future__ import annotations

import json

from keng.base.confined.inside import UnreadableError
from keng.base.errors import InputError
from keng.doors.partner.sheets.reading import xlsx_cells
from keng.doors.partner.simo.forms import FORMS
from keng.doors.partner.simo.reading import MOST_ROWS
from keng.doors.partner.simo.writing import as_xlsx

LONGEST = 600  # characters of a cell that leave: more than any field takes


def prepare() -> None:
    """Read a workbook of our own, so that everything is imported while files can still be read."""
    read(as_xlsx(FORMS["002"], []))


def read(data: bytes) -> tuple[dict[str, object], bytes]:
    """Facts: the number of rows; and `[[cell, …], …]`. Raises UnreadableError with the code of why."""
    try:
        cells = xlsx_cells(data, MOST_ROWS)
    except InputError as error:
        too_much = isinstance(error.__cause__, MemoryError)
        raise UnreadableError("too_much_memory" if too_much else error.code) from error
    return {"rows": len(cells)}, json.dumps([[cell[:LONGEST] for cell in row] for row in cells]).encode()
