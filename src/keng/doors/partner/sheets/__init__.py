"""The file way: what a partner is asked as a sheet (CSV or XLSX), and its answers read back row by row.

A sheet goes out with the request's columns filled and the answer's columns empty; a clerk fills those and sends the file back.
Only the answer's columns, the request's id and its version are read, so whatever a spreadsheet does to long numbers does no harm.
"""

from keng.doors.partner.sheets.columns import ANSWER_COLUMNS, COLUMNS, Column
from keng.doors.partner.sheets.reading import Fault, Line, Sheet, answers_of, read_csv, read_xlsx
from keng.doors.partner.sheets.writing import as_csv, as_xlsx

__all__ = [
    "ANSWER_COLUMNS",
    "COLUMNS",
    "Column",
    "Fault",
    "Line",
    "Sheet",
    "answers_of",
    "as_csv",
    "as_xlsx",
    "read_csv",
    "read_xlsx",
]
