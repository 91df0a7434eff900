"""How the functions of this folder are compiled: once for a machine, for any thread, arithmetic as in the plain twins."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """The function in machine code; kept on disk where there is a place that can be written to."""
    return _compiled(function, fastmath=False)


def summed(function: Function) -> Function:
    """The same, its sums in whatever order is fastest: for sums that are exact in any."""
    return _compiled(function, fastmath={"reassoc"})


def _compiled(function: Function, fastmath: object) -> Function:
    try:
        made = njit(cache=True, nogil=True, fastmath=fastmath)(function)
    except RuntimeError:  # numba found no such place
        made = njit(nogil=True, fastmath=fastmath)(function)
    return made  # type: ignore[no-any-return]
