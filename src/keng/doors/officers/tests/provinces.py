"""Two provinces below the centre, each with one of everything that a case can have, and words that stand nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from keng.base.confined.tests.made import png
from keng.conftest import BASIS
from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.appeals.models import Appeal
from keng.desk.fraud.campaigns import actions as campaigns
from keng.desk.fraud.campaigns.models import Placement
from keng.desk.fraud.corrections.models import Change, Replay
from keng.desk.fraud.erasure import actions as erasures
from keng.desk.fraud.jurisdiction import actions as jurisdiction
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures.actions import Proposal
from keng.desk.fraud.measures.kinds import Kind, Target
from keng.desk.fraud.measures.models import Question, Request
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import pictures
from keng.desk.ground.jobs import batches, tasks
from keng.desk.ground.jobs.models import Batch, Outgoing, Task
from keng.desk.ground.jobs.states import Reason, State, TaskState
from keng.desk.ground.looks import actions as looks
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.partners import actions as partners
from keng.desk.ground.people.actions import enrol
from keng.doors.officers.tests.followed import Names, make_followed
from keng.doors.officers.tests.placing import place_all
from keng.vietnam import places, police

DAY = date(2026, 11, 21)
ROLES = ("officer", "auditor", "operator")


@dataclass
class Province:
    """A unit with its people (`people["officer"]` …) and a case; `marks` are what only its own people may read."""

    name: str
    unit: Any
    people: dict[str, Any]
    received: Any
    offered: Any
    measure: Any
    block: Any
    renewal: Any
    appeal: Any
    erasure: Any
    legal_hold: Any
    handover: Any
    letter: Any
    question: Any
    marks: dict[str, str] = field(default_factory=dict)
    campaign: str = ""
    judgement: Any = None
    review: Any = None
    followed: Any = None


@dataclass
class Country:
    """`ended`: somebody whose roles in the first province are over. `below`: people of a commune of that province."""

    cast: Any
    ours: Province
    theirs: Province
    below: dict[str, Any]
    ended: dict[str, Any]
    centre: dict[str, Any]
    task: Any
    batch: Any
    replay: Any


def make_country(cast: Any) -> Country:
    """Everything once. `ours` is the province whose affairs the other must not learn."""
    now = cast.clock.at
    centre = organisations.find_centre(DAY)
    third = _unit("48", centre, now)
    inspector = _inspector(centre, now)
    partners.enrol("carrier:mot", "Nhà mạng Một", "http://127.0.0.1:9/keng", kind="carrier", now=now)
    ours, theirs = (_province(cast, code, centre, third, inspector, number) for number, code in enumerate(("01", "46")))
    place_all(cast)
    _part(cast.first, ours, now)
    for one in (ours, theirs):
        _judge(one, now)
        _follow(cast, one)
    commune = add(NewOrganisation("xa-duoi", "commune", "Công an xã Dưới", "Commune below", ours.unit), now=now)
    ended = _people("cu", ours.unit, now)
    for officer in ended.values():
        officer.appointments.update(valid_from=now - timedelta(days=2), valid_to=now - timedelta(days=1))
    with transaction.atomic():
        batch = batches.start(batches.RESEND.name, "partner:970436", cast.operator.actor, now=now)
        tasks.post(kind=batches.RESEND.name, key="t", payload={"letters": []}, batch=batch, now=now)
    Task.objects.update(state=TaskState.QUARANTINED, tries=8, reason=Reason.KILLED, last_try_at=now)
    leaders = {"officer": cast.second, "auditor": cast.auditor, "operator": cast.operator}
    below = _people("duoi", commune, now)
    replay = _replay([ours, theirs], batch, now)
    return Country(cast, ours, theirs, below, ended, leaders, Task.objects.get(), Batch.objects.get(), replay)


def _replay(cases: list[Province], batch: Any, now: Any) -> Replay:
    """A model that was tried on the reports of everybody, and would call them otherwise."""
    replay = Replay.objects.create(
        model="2", against="1", batch=batch, made_by="operator", made_at=now, reports=len(cases)
    )
    for one in cases:
        move = {"was": "true", "would_be": "spam", "scam_was": 0.1, "scam_would_be": 0.2}
        Change.objects.create(replay=replay, report=one.received.report, **move)
    return replay


def _part(leader: Any, case: Province, now: Any) -> None:
    """The reports of a province in a campaign that has none of another's, whatever the engine thinks of their words."""
    own = {one.report.pk for one in (case.received, case.offered)}
    for code in set(Placement.objects.filter(report__in=own).values_list("part__head__code", flat=True)):
        rows = Placement.objects.filter(part__head__code=code)
        if rows.exclude(report__in=own).exists():
            mine = [row.pk for row in rows if row.pk in own]
            campaigns.split_reports(leader, code, mine, "của tỉnh này", now=now)


def _judge(case: Province, now: Any) -> None:
    """Its campaign, with a name that stands nowhere else; a measure that comes up for review."""
    placed = Placement.objects.select_related("part__head").get(report=case.received.report)
    case.campaign = placed.part.head.code
    officer, tag = case.people["officer"], f"DAU{case.name}"
    campaigns.name(officer, case.campaign, f"{tag}MANH", f"{tag}KHUYEN", now=now)
    case.judgement = campaigns.keep_together(officer, case.campaign, f"{tag}GIUNGUYEN", now=now)
    with transaction.atomic():
        (case.review,) = measures.open_reviews([case.block.pk], case.judgement.subject, actor=officer.actor, now=now)
    case.marks |= {"campaign": f"{tag}MANH", "judgement": f"{tag}GIUNGUYEN"}


def _follow(cast: Any, case: Province) -> None:
    """A number whose holder appealed, in a batch that its officer let take effect."""
    tag, number = f"DAU{case.name}", f"9876{case.name}123"
    names = Names(f"m{case.name}", f"{tag}HOSO", f"+84{number}", f"{tag}CHUTHUEBAO")
    case.followed = make_followed(cast, case.people["officer"], names)
    case.marks |= {
        "record": names.record, "number": number, "holder's words": names.words,
        "follow-up id": str(case.followed.case_id), "batch id": str(case.followed.case.batch_id),
        "word id": str(case.followed.pk),
    }  # fmt: skip


def _unit(code: str, parent: Any, now: Any) -> Any:
    place = places.unit(code, DAY)
    return add(NewOrganisation(police.code_of_unit(place), "province", f"Công an {code}", f"P {code}", parent), now=now)


def _people(name: str, unit: Any, now: Any) -> dict[str, Any]:
    made = {role: enrol(f"{name}-{role}", f"{role} {name}", "", role, now=now, organisation=unit) for role in ROLES}
    for one in made.values():
        one.proven_at = now
    return made


def _inspector(centre: Any, now: Any) -> Any:
    """Somebody who stands above the looks of every province."""
    return enrol("thanh-tra", "Thanh tra", "", "auditor", now=now, organisation=centre)


def _province(cast: Any, code: str, centre: Any, third: Any, inspector: Any, number: int) -> Province:
    now, tag = cast.clock.at, f"DAU{code}"
    unit = _unit(code, centre, now)
    people = _people(code, unit, now)
    first, second = people["officer"], enrol(f"{code}-hai", "Hai", "", "officer", now=now, organisation=unit)
    digits, phone, amount = f"00710{code}55{number}777", f"09{code}5551{number}7", 7_310_000 + number * 111_000
    account = f"970436:{digits}"
    text = f"{tag}CHU bao chuyen {amount}d vao STK {digits} Vietcombank, goi {phone}"
    loss = {"sent": True, "amount": amount, "to_account": account, "from_account": f"970418:99{code}1234{number}",
            "at": (now - timedelta(minutes=4)).isoformat()}  # fmt: skip
    received = cast.report(place=code, text=text, loss=loss)
    report = received.report
    reports.write_from_reporter(received.receipt, f"{tag}TIN", cast.keys, now=now)
    measure = measures.hold_urgently(first, Proposal.hold(report.pk, account, amount, BASIS, f"{tag}LYDO"), now=now)
    measure = measures.approve(second, measure.pk, now=now)
    renewal = measures.propose_renewal(first, measure.pk, f"{tag}GIAHAN", now=now)
    target = Target("phone", f"+84{phone[1:]}")
    block = measures.propose(
        first, Proposal(report.pk, Kind.BLOCK_NUMBER, target, "fraud.number.nd163-2024", f"{tag}CHAN"), now=now
    )
    request = Request.objects.get(measure=measure)
    Request.objects.filter(pk=request.pk).update(
        state="part", held_amount=amount - 1_234, reference=f"{tag}SO", note=f"{tag}GHI", answered_at=now
    )
    question = Question.objects.create(
        key=f"{tag}", request=request, text=f"{tag}HOI", asked_by=inspector, asked_at=now
    )
    appeals.lodge(measure.code, f"{tag}KHIEUNAI", cast.keys, now=now)
    pictures.attach(received.receipt, png(), cast.keys, now=now)
    pictures.read(pictures.claim(now=now), cast.keys, now=now)
    erasure = erasures.ask(received.receipt, cast.keys, now=now)
    legal_hold = erasures.place_hold(first, report.pk, f"{tag}LUUGIU", now=now)
    reports.look(first, report.pk, "triage", cast.keys, now=now)
    looks.withhold(inspector, report.subject, first, f"{tag}HOAN", on=unit, days=9, since=now, now=now)
    offered = cast.report(place=code, text=f"{tag}CHUYEN nho chuyen", loss={"sent": False})
    handover = jurisdiction.offer(first, offered.report.pk, third.code, f"{tag}BANGIAO", now=now)
    Outgoing.objects.filter(about=report.pk).update(
        state=State.DEAD, tries=12, last_error=f"HTTP 500 {tag}LOI", last_try_at=now
    )
    letter = Outgoing.objects.filter(about=report.pk).order_by("created_at")[0]
    appeal = Appeal.objects.get(measure=measure)
    grouped = f"{amount:,}".replace(",", ".")
    marks = {
        "report code": report.code, "offered code": offered.report.code, "measure code": measure.code,
        "second measure": block.code, "tag": tag, "amount": grouped, "account": digits, "phone": phone[1:],
        "report id": str(report.pk), "measure id": str(measure.pk), "request id": str(request.pk),
        "appeal id": str(appeal.pk), "erasure id": str(erasure.pk), "letter id": str(letter.pk),
        "bare amount": str(amount), "bare held": str(amount - 1_234), "handover id": str(handover.pk),
        "held": f"{amount - 1_234:,}".replace(",", "."),
    }  # fmt: skip
    return Province(
        code, unit, people, received, offered, measure, block, renewal, appeal, erasure, legal_hold, handover, letter,
        question, marks,
    )  # fmt: skip
