"""Whose is this record? A register of SIMs or accounts against the population register: verdict, person, probability, reasons.

`plan.run` is a whole cleansing on an engine (`duck.opened`); `judge`, a function over Arrow, is its heart; `explain` tells why.
How it decides stands in docs/cleansing.md.
"""

from __future__ import annotations

from keng.engines.cleanse.explaining import Explanation, explain, letter
from keng.engines.cleanse.judging import Options, Verdict, judge
from keng.engines.cleanse.model import Model, UnusableModelError, load
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
    "letter",
    "load",
    "reasons",
]
