"""The signs as dated rules: data/rules.toml, each with its one statement in statements/."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from keng.base.errors import Said

PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of a rule. `set_by`: `published` if the source gives it, else `project`; `confirmed_by`: who confirmed ours."""

    name: str
    value: int | list[str]
    unit: str
    set_by: str
    confirmed_by: str | None
    said: Said

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody beside the project stands for the figure."""
        return self.set_by == PUBLISHED or self.confirmed_by is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated row. `kind`: what it speaks of; `needs`: the inputs; `personal`: what it reads of age, place, job and the like."""

    code: str
    kind: str
    needs: tuple[str, ...]
    personal: tuple[str, ...]
    said: Said
    says: Said
    source: str
    valid_from: date
    valid_to: date | None
    parameters: tuple[Parameter, ...]
    words: Mapping[str, Mapping[str, Said]]
    statement: str

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def needs_assessment(self) -> bool:
        """Whether it is off unless an assessment is attached."""
        return bool(self.personal)

    @property
    def version(self) -> str:
        """What changes whenever the rule does: its day, and twelve digits of the hash of its figures and its statement."""
        told = json.dumps({one.name: one.value for one in self.parameters}, sort_keys=True) + self.statement
        return f"{self.valid_from.isoformat()}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"

    @property
    def unconfirmed(self) -> tuple[Parameter, ...]:
        """Its figures that are ours alone."""
        return tuple(one for one in self.parameters if not one.is_confirmed)


def rules_on(day: date) -> list[Rule]:
    """The rules in force on that day, in the order of the table."""
    return [rule for rule in every_rule() if rule.is_valid_on(day)]


@cache
def every_rule() -> tuple[Rule, ...]:
    """Every row of the table."""
    here = files("keng.engines.signs")
    rows = tomllib.loads(here.joinpath("data/rules.toml").read_text("utf-8"))["rule"]
    return tuple(
        _rule(row, here.joinpath(f"statements/{row.get('statement', row['code'])}.sql").read_text("utf-8"))
        for row in rows
    )


def _rule(row: dict[str, Any], statement: str) -> Rule:
    words = {
        figure: {code: Said(said["vi"], said["en"]) for code, said in known.items()}
        for figure, known in row.get("words", {}).items()
    }
    return Rule(
        code=row["code"],
        kind=row["kind"],
        needs=tuple(row["needs"]),
        personal=tuple(row["personal"]),
        said=Said(row["vi"], row["en"]),
        says=Said(row["says_vi"], row["says_en"]),
        source=row["source"],
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        parameters=tuple(_parameter(one) for one in row["parameter"]),
        words=words,
        statement=statement,
    )


def _parameter(row: dict[str, Any]) -> Parameter:
    said = Said(row["vi"], row["en"])
    return Parameter(row["name"], row["value"], row["unit"], row["set_by"], row.get("confirmed_by"), said)
