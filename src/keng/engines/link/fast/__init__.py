"""Compiled twins of what takes longest, for large sets. Each gives the same bits as the plain function it stands in for.

Invariant: nothing here decides anything. Below WORTH reports, or without numba, the plain functions do the work: loading
takes half a second, and compiling on a machine's first large run some ten; what was compiled is kept beside these files.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib.util import find_spec

WORTH = 30_000  # reports from which on loading compiled code takes less than it saves
PLAIN = "KENG_PLAIN"  # in the environment: never load compiled code


@cache
def is_there() -> bool:
    """Whether compiled code can be loaded and is wanted."""
    return not os.environ.get(PLAIN) and find_spec("numba") is not None


def is_worth(count: int) -> bool:
    """Whether so many reports are better left to compiled code."""
    return count >= WORTH and is_there()


def load_words() -> None:
    """Load what reads texts, compiled as it is called: copies of this process then have it."""
    import numpy as np

    from keng.engines.link.fast.words import read_utf8

    read_utf8(np.frombuffer(b"x", np.uint8), np.ones(1, np.int64))


def is_loaded() -> bool:
    """Whether this process has loaded compiled code already."""
    return f"{__name__}.compiling" in sys.modules
