"""A country that lives through the change of the map: reports from both sides of 2025-07-01, and what happens to them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from keng.base.errors import KengError
from keng.conftest import BASIS
from keng.desk.fraud.jurisdiction import actions as jurisdiction
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures import answers
from keng.desk.fraud.measures.actions import Proposal
from keng.desk.fraud.measures.models import Measure, Request, Wrong
from keng.desk.fraud.reports.actions import erase
from keng.desk.fraud.reports.models import ErasedWhy, Report
from keng.desk.ground.ledger.actions import sequence_once
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations import tree
from keng.desk.ground.people.actions import enrol

BEGINS = datetime(2025, 6, 27, 3, 0, tzinfo=UTC)
BORDER = datetime(2025, 7, 1, tzinfo=UTC) - timedelta(hours=7)  # midnight in Vietnam
MERGED = ("10", "15")  # Lào Cai and Yên Bái, which became 15, Lào Cai
OLD_PLACES = ("10", "15", "01", "48", "49", "02650", "04252", "00001", "")
NEW_PLACES = ("15", "01", "48", "04252", "02647", "00004", "")


@dataclass
class Play:
    """Everybody, and what a seeded hand does with them."""

    cast: Any
    hand: random.Random
    chiefs: dict[str, Any]
    acts: list[str] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.cast.clock.at  # type: ignore[no-any-return]

    @property
    def everybody(self) -> list[Any]:
        return [self.cast.first, self.cast.auditor, *self.chiefs.values()]

    def report(self, place: str | None = None) -> Any:
        told = self.hand.choice(OLD_PLACES if self.now < BORDER else NEW_PLACES) if place is None else place
        amount = self.hand.randrange(1, 90) * 100_000
        loss = {"sent": self.hand.random() < 0.8, "amount": amount, "to_account": "970436:0071000123456",
                "at": (self.now - timedelta(minutes=4)).isoformat()}  # fmt: skip
        return self.cast.report(
            place=told,
            loss=loss if loss["sent"] else {"sent": False},
            text=uuid.UUID(int=self.hand.getrandbits(128)).hex,
        )

    def hold(self) -> None:
        report = self._any(Report.objects.filter(loss__isnull=False, erased_at=None))
        asked = Proposal.hold(report.pk, "970436:0071000123456", report.loss.amount, BASIS, "có căn cứ")
        act = measures.hold_urgently if self.hand.random() < 0.7 else measures.propose
        act(self.cast.first, asked, now=self.now)

    def approve(self) -> None:
        measures.approve(self.cast.second, self._any(Measure.objects.filter(decided_by=None)).pk, now=self.now)

    def decline(self) -> None:
        measure = self._any(Measure.objects.filter(decided_by=None))
        measures.decline(self.cast.second, measure.pk, "không đủ", now=self.now)

    def lift(self) -> None:
        measure = self._any(Measure.objects.filter(state="active"))
        measures.lift(self.cast.second, measure.pk, "nhầm", wrong=self.hand.choice(["", Wrong.PERSON]), now=self.now)

    def find_wrong(self) -> None:
        measures.find_wrong(
            self.cast.second, self._any(Measure.objects.filter(wrong="")).pk, Wrong.NO_FRAUD, now=self.now
        )

    def answer(self) -> None:
        request = self._any(Request.objects.select_related("measure"))
        whole = request.measure.amount or 0
        told = self.hand.choice(
            [
                answers.Told("executed", whole, None, None, None, request.version),
                answers.Told("part", max(whole - 1000, 1), None, "một phần", None, request.version),
                answers.Told("refused", None, "no_money", None, None, request.version),
            ]
        )
        answers.take(self.cast.bank, uuid.UUID(int=self.hand.getrandbits(128)).hex, request.pk, told, now=self.now)

    def hand_over(self) -> None:
        report = self._any(Report.objects.filter(erased_at=None))
        to = self.hand.choice(list(self.chiefs.values()))
        unit = organisations.heir_of(to.appointments.get().organisation)
        jurisdiction.assign(self.cast.first, report.pk, unit.code, "nạn nhân ở đó", now=self.now)

    def erase(self) -> None:
        report = self._any(Report.objects.filter(erased_at=None, measures=None))
        erase(report.pk, ErasedWhy.REQUEST, actor=self.cast.second.actor, now=self.now)

    def let_end(self) -> None:
        """What a worker does; it is often away."""
        measures.end_what_is_over(now=self.now)

    def act(self) -> None:
        """Something, or nothing where it is refused; then time passes."""
        name = self.hand.choice(
            ["report"] * 4 + ["hold"] * 4 + ["answer"] * 3 + ["approve"] * 2
            + ["decline", "lift", "lift", "find_wrong", "hand_over", "erase", "let_end"]
        )  # fmt: skip
        try:
            getattr(self, name)()
            self.acts.append(name)
        except (KengError, LookupError):
            pass  # refused, or there is nothing of the kind yet
        self.pass_by(hours=self.hand.choice([0, 1, 5, 30]))

    def pass_by(self, **length: float) -> None:
        before = self.now
        self.cast.clock.pass_by(**length)
        if before < BORDER <= self.now:
            tree.follow_places(date(2025, 7, 1), now=self.now)

    def sequence(self) -> None:
        sequence_once(self.cast.keys.ledger_signer(self.now), self.now)

    def _any(self, rows: Any) -> Any:
        return self.hand.choice(list(rows.order_by("pk")))


@pytest.fixture
def play_of(db: None, clock: Any, request: pytest.FixtureRequest) -> Callable[[int], Play]:
    """A country that begins four days before the map changes; by its seed."""
    clock.at = BEGINS
    cast = request.getfixturevalue("cast")

    def make(seed: int) -> Play:
        today = clock.at.date()
        centre = organisations.find_centre(today)
        assert centre is not None
        tree.load(centre, today, now=clock.at)
        chiefs = {
            code: enrol(f"chief-{code}", f"Chief {code}", "", "officer", now=clock.at,
                        organisation=organisations.get_organisation(f"ca{code}"))
            for code in (*MERGED, "01")
        }  # fmt: skip
        return Play(cast, random.Random(seed), chiefs)

    return make
