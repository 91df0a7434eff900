"""A carrier that handed in its subscribers, and findings about them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

NUMBER = "+84912345678"


def finding(record: str = "r1", **changes: Any) -> Any:
    """A name that differs, surely this person's only number."""
    from keng.desk.fraud.followup.actions import Finding

    told = {
        "record": record,
        "subject": NUMBER,
        "verdict": "mismatch",
        "reasons": ("name_differs",),
        "fields": ("full_name",),
        "probability": 0.999,
        "person": f"person-{record}",
        "sims": 1,
    }
    return Finding(**{**told, **changes})


@dataclass
class Play:
    """The cast, a carrier with its organisation, and short ways to begin a batch."""

    cast: Any
    submitter: Any
    carrier: Any

    def begin(self, *findings: Any, kind: str = "sim", officer: Any = None) -> Any:
        from keng.desk.fraud.followup import actions
        from keng.desk.fraud.followup.models import Batch

        batch_id = uuid.uuid4()
        actions.begin(
            officer or self.cast.second, batch_id, self.submitter, kind, findings or (finding(),), self.cast.clock.at
        )
        return Batch.objects.get(pk=batch_id)

    def case(self, **changes: Any) -> Any:
        """The one case of a new batch."""
        return self.begin(finding(**changes)).cases.get()


@pytest.fixture
def play(cast: Any) -> Play:
    from keng.desk.ground.organisations.actions import NewOrganisation, add
    from keng.desk.ground.partners.actions import enrol

    submitter = add(NewOrganisation("carrier-a", "carrier", "Nhà mạng A", "Carrier A"), now=cast.clock.at)
    carrier = enrol("carrier:a", "Nhà mạng A", "http://127.0.0.1:9/a", organisation=submitter, now=cast.clock.at)
    return Play(cast, submitter, carrier)
