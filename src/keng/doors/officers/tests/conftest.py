"""A desk at work: a report with a hold, an appeal, a message and a dead letter, and a client for each role."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from keng.base.confined.tests.made import png
from keng.conftest import MULE, Clock, copy_of
from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.appeals.models import Appeal
from keng.desk.fraud.campaigns import actions as campaigns
from keng.desk.fraud.campaigns.models import Placement
from keng.desk.fraud.corrections.models import Replay
from keng.desk.fraud.erasure import actions as erasures
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import pictures
from keng.desk.fraud.signs import actions as signs
from keng.desk.fraud.signs.models import Switch
from keng.desk.fraud.signs.tests.test_signs import keep, make_live
from keng.desk.ground.jobs import batches, tasks
from keng.desk.ground.jobs.models import Outgoing, Task
from keng.desk.ground.jobs.states import Reason, State, TaskState
from keng.desk.ground.people.actions import make_entry_link
from keng.doors.officers.tests.followed import make_followed
from keng.doors.officers.tests.ground import Ground, make_ground
from keng.doors.officers.tests.placing import place_all
from keng.doors.officers.tests.provinces import Country, make_country

SECOND_ACCOUNT = "0071000999888"
LINE = "Con tôi tên là Bông, nhà ở gần chợ."


@dataclass
class Desk:
    """What stands on the desk. `waiting` has no hold yet; `held` has one that waits for a second officer."""

    cast: Any
    waiting: Any
    held: Any
    measure: Any
    appeal: Any
    letter: Any
    batch: Any
    task: Any
    token: str
    erasure: Any
    legal_hold: Any
    replay: Any
    switch: Any

    @cached_property
    def ground(self) -> Ground:
        """Units with people, made when first asked for."""
        return make_ground(self.cast)

    @cached_property
    def followed(self) -> Any:
        """An appeal in a case of follow-up, made when first asked for."""
        return make_followed(self.cast)

    @cached_property
    def campaign(self) -> str:
        """The code of the campaign in which both reports stand."""
        place_all(self.cast)
        return str(Placement.objects.select_related("part__head").get(report=self.held.report).part.head.code)

    @cached_property
    def judgement(self) -> Any:
        """What an officer judged about it."""
        return campaigns.keep_together(self.cast.first, self.campaign, "đã xem", now=self.cast.clock.at)

    @cached_property
    def finding(self) -> int:
        """What a live sign found of the account that both reports name; the second officer looked at it."""
        make_live(self.cast)
        keep(self.cast, "b" * 64)
        known = signs.look(self.cast.second, MULE, "xét đề nghị lệnh", now=self.cast.clock.at)
        return known.evidence[0].ident

    @cached_property
    def review(self) -> Any:
        """The measure's review because of something that was undone."""
        with transaction.atomic():
            (made,) = measures.open_reviews([self.measure.pk], "judgement:1", actor="officer:1", now=self.cast.clock.at)
        return made

    @property
    def secrets(self) -> list[str]:
        """What only the reporters and those who open their reports may see."""
        own = ["1234567890", "1234 5678 90", "1234\u00a05678\u00a090"]
        text = ["Vietcombank thong bao", "0912345678", "0912 345 678", "vietcombank-xacthuc.example", LINE]
        return [self.waiting.receipt, self.held.receipt, *own, *text]


@pytest.fixture(scope="module")
def standing_desk(standing: Any) -> Desk:
    made: Desk = standing(make_desk)
    return made


@pytest.fixture
def desk(cast: Any) -> Desk:
    return make_desk(cast)


@pytest.fixture
def lasting_desk(standing_desk: Desk, db: None, clock: Clock) -> Desk:
    """For modules of which every test with a database asks for it: once it is made, all of them find its rows."""
    made: Desk = copy_of(standing_desk, standing_desk.cast, clock)
    return made


@pytest.fixture(scope="module")
def standing_country(standing: Any) -> Country:
    made: Country = standing(make_country)
    return made


@pytest.fixture
def country(standing_country: Country, db: None, clock: Clock) -> Country:
    """For modules as above."""
    made: Country = copy_of(standing_country, standing_country.cast, clock)
    return made


def make_desk(cast: Any) -> Desk:
    """Everything once."""
    now = cast.clock.at
    held, waiting = cast.report(), cast.report()
    reports.write_from_reporter(held.receipt, LINE, cast.keys, now=now)
    measure = cast.hold(held)
    appeals.lodge(measure.code, "Tiền này là tiền tôi bán xe.", cast.keys, now=now)
    pictures.attach(held.receipt, png(), cast.keys, now=now)
    pictures.read(pictures.claim(now=now), cast.keys, now=now)
    letter = Outgoing.objects.get()
    Outgoing.objects.filter(pk=letter.pk).update(state=State.DEAD, tries=12, last_error="HTTP 500", last_try_at=now)
    with transaction.atomic():
        batch = batches.start(batches.RESEND.name, "partner:970436", cast.operator.actor, now=now)
        tasks.post(kind=batches.RESEND.name, key="t", payload={"letters": []}, batch=batch, now=now)
    Task.objects.update(state=TaskState.QUARANTINED, tries=8, reason=Reason.KILLED, last_try_at=now)
    return Desk(
        cast=cast,
        waiting=waiting,
        held=held,
        measure=measure,
        appeal=Appeal.objects.get(),
        letter=letter,
        batch=batch,
        task=Task.objects.get(),
        token=make_entry_link(cast.second, now=now),
        erasure=erasures.ask(held.receipt, cast.keys, now=now),
        replay=Replay.objects.create(
            model="2", against="1", batch=batch, made_by=cast.operator.actor, made_at=now, reports=0
        ),
        switch=Switch.objects.create(sign="S3", version="1", why="thử", proposed_by=cast.second, proposed_at=now),
        legal_hold=erasures.place_hold(cast.first, held.report.pk, "văn bản 12", now=now),
    )


@pytest.fixture
def enter(db: None) -> Any:
    """A client in which somebody is signed in; nobody if None."""

    def client_of(officer: Any = None) -> Client:
        client = Client()
        if officer is not None:
            client.force_login(officer)
        return client

    return client_of
