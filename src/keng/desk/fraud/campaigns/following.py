"""Keep the sums right when a report changes its unit."""

from __future__ import annotations


def follow() -> None:
    """Hear of every change of owner."""
