"""Which tests run when, and on which of several processes: what takes longest first, so that none works on alone at the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

BEFORE_A_BROWSER = ("followup_alike", "followup")
"""Those that ask Django's own test database: it cannot be made in a process in which Playwright's loop runs."""
LONGEST_FIRST = ("kill", "rooms", "story", "restart", "pages", "ends", "postgresql", "at_once", "registers")
"""Files of the system's tests that take a minute or more."""


def place(item: pytest.Item) -> int:
    """The place of its file; those that are not named come after those that are."""
    name = Path(item.path).stem.removeprefix("test_")
    named = (*BEFORE_A_BROWSER, *LONGEST_FIRST)
    return named.index(name) if name in named else len(named)


class OneFileOnOneDatabase(LoadScopeScheduling):  # type: ignore[misc]
    """The tests of a file on one database run in one process, since some share a demo; those on the other may run in another."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        return f"{file} on postgresql" if "[postgresql" in test else file
