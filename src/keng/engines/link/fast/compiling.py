"""How the functions of this folder are compiled: once for a machine, for any thread, arithmetic as in the plain twins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

Function = Callable[..., Any]


def compiled(function: Function) -> Any:
    """The function in machine code; kept on disk where there is a place that can be written to."""
    return _compiled(function, fastmath=False)


def summed(function: Function) -> Any:
    """The same, its sums in whatever order is fastest: for sums that are exact in any."""
    return _compiled(function, fastmath={"reassoc"})


def _compiled(function: Function, fastmath: bool | set[str]) -> Any:
    try:
        return njit(cache=True, nogil=True, fastmath=fastmath)(function)
    except RuntimeError:  # numba found no such place
        return njit(nogil=True, fastmath=fastmath)(function)
