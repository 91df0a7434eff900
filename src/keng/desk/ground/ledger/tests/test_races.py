"""Two sequencers at the same moment, in two connections of PostgreSQL: one works, the other has nothing to do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from keng.desk.ground.ledger import actions
from keng.desk.ground.ledger.tests.test_actions import NOW, check_whole_ledger, signer, write


@pytest.mark.parametrize("step", ["_tree_after", "_give_places", "_sign"])
def test_a_second_sequencer_stays_out_while_the_first_is_at_any_step(
    meanwhile: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    write(300)
    actions.sequence_once(signer, NOW, batch=100)
    real, outcomes = getattr(actions, step), []

    def alone() -> int:
        try:
            return actions.sequence_once(signer, NOW, batch=100)
        finally:
            connection.close()

    def meet(*words: Any) -> Any:
        monkeypatch.setattr(actions, step, real)
        done = real(*words)
        with ThreadPoolExecutor(1) as pool:
            outcomes.append(pool.submit(alone).result(20))
        return done

    monkeypatch.setattr(actions, step, meet)

    assert actions.sequence_once(signer, NOW, batch=100) == 100
    assert outcomes == [0]
    assert actions.sequence_once(signer, NOW) == 100
    check_whole_ledger()
