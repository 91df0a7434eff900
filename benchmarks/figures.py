"""What a section gives to the page: rows of figures, each with the command that gave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page; the first column names the rows."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def markdown(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *([_shown(cell) for cell in row] for row in self.rows)]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)


@dataclass(frozen=True, slots=True)
class Section:
    """Everything measured for one part of the page."""

    name: str
    tables: Sequence[Table]
    commands: Sequence[str] = field(default_factory=tuple)

    def markdown(self) -> str:
        parts = [table.markdown() for table in self.tables]
        if self.commands:
            parts.append("```\n" + "\n".join(self.commands) + "\n```")
        return "\n\n".join(parts)


def _shown(cell: Cell) -> str:
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:.3g}" if isinstance(cell, float) else cell
