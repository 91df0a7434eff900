"""Pieces of memory one after the other, without the number of each byte."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keng.engines.link.fast.compiling import compiled
from keng.engines.link.graph import Ints


def copy_pieces(letters: NDArray[np.uint8], starts: Ints, lengths: Ints) -> NDArray[np.uint8]:
    """letters[starts[0]:starts[0]+lengths[0]], then the next."""
    target = np.empty(int(lengths.sum()), np.uint8)
    _copy(letters, starts, lengths, target)
    return target


@compiled
def _copy(letters, starts, lengths, target):  # type: ignore[no-untyped-def]
    at = 0
    for piece in range(starts.size):
        for place in range(lengths[piece]):
            target[at + place] = letters[starts[piece] + place]
        at += lengths[piece]
