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

    def begin(self, *findings: Any, kind: str = "sim", officer: Any = None, submitter: Any = None) -> Any:
        from keng.desk.fraud.followup import actions
        from keng.desk.fraud.followup.models import Batch

        ident, who = uuid.uuid4(), officer or self.cast.second
        actions.begin(who, ident, submitter or self.submitter, kind, findings or (finding(),), self.cast.clock.at)
        return Batch.objects.get(pk=ident)

    def case(self, **changes: Any) -> Any:
        """The one case of a new batch."""
        return self.begin(finding(**changes)).cases.get()

    def bank(self) -> Any:
        """A bank that handed in its accounts."""
        from keng.desk.ground.organisations.actions import NewOrganisation, add

        bank = add(NewOrganisation("bank-a", "bank", "Ngân hàng A", "Bank A"), now=self.cast.clock.at)
        self.cast.bank.organisation = bank
        self.cast.bank.save()
        return bank

    def work(self) -> None:
        """What a worker does at this moment, whole."""
        from keng.desk.fraud.followup import actions
        from keng.desk.fraud.followup.models import Batch

        for batch in Batch.objects.all():
            actions.take_steps(batch.pk, now=self.cast.clock.at)

    def days(self, days: float) -> None:
        """Days go by, a worker being there all along."""
        self.work()
        left = days
        while left > 0:
            self.cast.clock.pass_by(days=min(left, 1))
            left = round(left - 1, 6)
            self.work()

    def read(self, case: Any) -> Any:
        """The case as it is stored now."""
        from keng.desk.fraud.followup.models import Case

        return Case.objects.select_related("batch").get(pk=case.pk)

    def state(self, case: Any) -> Any:
        """How the case stands; by the condition for many rows too."""
        from keng.desk.fraud.followup.models import Case
        from keng.desk.fraud.followup.standing import State, in_state, standing

        row, now = self.read(case), self.cast.clock.at
        state = standing(row, row.batch, now).state
        assert [one for one in State if Case.objects.filter(in_state(one, now), pk=row.pk).exists()] == [state]
        return state

    def orders(self, case: Any) -> list[Any]:
        """The orders about the case, oldest first."""
        return list(case.orders.order_by("number"))

    def text(self, case: Any, cause: str) -> str:
        """What the holder was last told for that cause, in Vietnamese; what waits to be said goes out first."""
        from keng.desk.fraud.followup import orders

        self.work()
        last = case.orders.filter(cause=cause).select_related("case__batch").order_by("-number").first()
        return str(orders.text_of(last, self.code(case)).vi)

    def code(self, case: Any) -> str:
        """The code in the holder's notices."""
        from keng.desk.fraud.followup import codes

        row = self.read(case)
        return codes.code_of(codes.open_key(row.batch, self.cast.keys), row.record)


@pytest.fixture
def play(cast: Any) -> Play:
    from keng.desk.ground.organisations.actions import NewOrganisation, add
    from keng.desk.ground.partners.actions import enrol

    submitter = add(NewOrganisation("carrier-a", "carrier", "Nhà mạng A", "Carrier A"), now=cast.clock.at)
    carrier = enrol("carrier:a", "Nhà mạng A", "http://127.0.0.1:9/a", organisation=submitter, now=cast.clock.at)
    return Play(cast, submitter, carrier)
