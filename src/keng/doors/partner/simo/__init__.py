"""SIMO-shaped files: lists of suspected accounts as banks make them for the State Bank's system, read and written.

The shapes are those seen in three public integrators' repositories (field study 1.3, C36), not an official document: what they do
not tell (which fields must be filled, what the codes of NghiNgo mean) stands in fields.toml as unconfirmed.
"""

from keng.doors.partner.simo.forms import FORMS, Field, Form
from keng.doors.partner.simo.reading import Fault, Record, find_form, records_of
from keng.doors.partner.simo.writing import as_csv, as_json, as_xlsx

__all__ = [
    "FORMS",
    "Fault",
    "Field",
    "Form",
    "Record",
    "as_csv",
    "as_json",
    "as_xlsx",
    "find_form",
    "records_of",
]
