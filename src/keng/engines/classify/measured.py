"""What the shipped model reached before anybody relied on it: on the judged messages, which nothing was learnt from.

`data/measured.json` is written by `python -m training.results`, from the same run as training/results.json.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Measured:
    """Shares 0..1 of the judged messages: scams found, true messages that were called scams, scams with the right trick."""

    model: str
    messages: int
    scam_found: float
    true_called_scam: float
    trick_right: float


@cache
def measured() -> Measured:
    """The figures of the model that they were measured on; nothing of any other."""
    return Measured(**json.loads(files("keng.engines.classify").joinpath("data/measured.json").read_text("utf-8")))
