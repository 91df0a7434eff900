"""A gate that nobody has come to yet, and small budgets."""

from __future__ import annotations

import pytest

from keng.desk.ground.gate import actions, sources
from keng.desk.ground.gate.budgets import Budgets


@pytest.fixture
def fresh(monkeypatch):
    """Empty counts, as in a process just started; call it again for another process."""

    def start():
        counts = Budgets(actions.WINDOW)
        monkeypatch.setattr(actions, "budgets", lambda: counts)
        for kept in (actions._spent_here, actions._slots, sources._kept):
            kept.clear()
        return counts

    start()
    return start
