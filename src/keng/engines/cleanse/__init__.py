"""Whose is this record? A register of SIMs or accounts against the population register: verdict, person, probability, reasons.

`plan.run` is a whole cleansing on an engine (`duck.opened`); `judge`, a function over Arrow, is its heart, `judge_one` the same
for a single record; `explain` tells why.
How it decides stands in docs/cleansing.md. Names are loaded when they are asked for: who only reads the reasons loads no Arrow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keng.engines.cleanse.explaining import Explanation, explain, letter
    from keng.engines.cleanse.judging import Options, Verdict, judge
    from keng.engines.cleanse.model import Model, UnusableModelError, load
    from keng.engines.cleanse.questions import judge_one
    from keng.engines.cleanse.reasons import fields_to_correct, reasons
else:
    _HOMES = {
        "explaining": ("Explanation", "explain", "letter"),
        "judging": ("Options", "Verdict", "judge"),
        "model": ("Model", "UnusableModelError", "load"),
        "questions": ("judge_one",),
    }

    def __getattr__(name: str) -> object:
        for home, names in _HOMES.items():
            if name in names:
                return getattr(import_module(f"{__name__}.{home}"), name)
        raise AttributeError(name)

    # these two share their name with a module, which would take its place on import
    from keng.engines.cleanse.reasons import fields_to_correct, reasons

__all__ = [
    "Explanation",
    "Model",
    "Options",
    "UnusableModelError",
    "Verdict",
    "explain",
    "fields_to_correct",
    "judge",
    "judge_one",
    "letter",
    "load",
    "reasons",
]
