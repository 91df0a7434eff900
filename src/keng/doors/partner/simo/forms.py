"""The forms and their fields, from fields.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from keng.base.errors import Said
from keng.doors.partner.sheets.columns import tidy

_TABLE = tomllib.loads(files("keng.doors.partner.simo").joinpath("fields.toml").read_text("utf-8"))
NO_SUSPICION: int = _TABLE["suspicion"]["default"]
ACCOUNT, SUSPICION, STATUS = "SoTaiKhoan", "NghiNgo", "TrangThaiHoatDongTaiKhoan"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its code as SIMO spells it, its words, and what may stand in it. `most`: letters; `codes`: none is any number."""

    code: str
    said: Said
    kind: str
    most: int
    codes: tuple[int, ...]
    needed: bool


@dataclass(frozen=True, slots=True)
class Form:
    """One list, by the number of its service."""

    code: str
    said: Said
    fields: tuple[Field, ...]

    def find(self, heading: str) -> Field | None:
        """The field that a heading names, by its code or in either language; None if it is none of this form's."""
        wanted = tidy(heading)
        return next(
            (one for one in self.fields if wanted in (tidy(one.code), tidy(one.said.vi), tidy(one.said.en))), None
        )


def _field(code: str) -> Field:
    row = _TABLE["field"][code]
    codes = tuple(row.get("codes", ()))
    return Field(code, Said(row["vi"], row["en"]), row["kind"], row.get("most", 4), codes, row.get("needed", False))


FORMS: dict[str, Form] = {
    row["code"]: Form(row["code"], Said(row["vi"], row["en"]), tuple(map(_field, row["fields"])))
    for row in _TABLE["form"]
}
