"""What belongs to one unit is not there for another: at every address, by every way to ask, for every role and place.

Made from the addresses and the matrix themselves: an address that nobody said anything about fails.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from keng.desk.ground.ledger import queries as ledger
from keng.desk.steering.review import figures
from keng.desk.steering.review import queries as review
from keng.desk.steering.review.periods import Length, around
from keng.doors.officers.tests.provinces import ROLES, Country, Province
from keng.doors.officers.tests.test_access import EXPECTED, OF_BATCH, OF_CAMPAIGN, OF_FOLLOWED
from keng.doors.officers.urls import app_name, urlpatterns
from keng.doors.officers.words import said_of

NO_CODE, NO_SERIAL = "TB-0000-0000", 10**9
PLACES = ("other", "below", "ended")
BODY = {"account": "970436:0071000123456", "amount": "4.800.000", "basis": "fraud.hold.nd52-2024.d11", "reason": "có căn cứ",
        "text": "Chào bạn", "way": "urgent", "object": "phone|+84912345678", "to": "970436", "reply": "vâng", "days": "9",
        "looker": "officer:1", "wrong": "wrong_person", "partner": "970436", "reference": "12", "purpose": "triage"}  # fmt: skip

ON_REPORT = (
    "report", "report_live", "hold", "say", "close", "reopen", "own_data", "place_hold", "withhold", "owner", "hand_over",
    "correct", "uncorrect",
)  # fmt: skip
ON_MEASURE = ("measure", "measure_live", "renew", "find_wrong", "confirm", "decline", "withdraw_measure", "release")


def of_case(country: Country, case: Province) -> dict[str, dict[str, Any]]:
    """Every address that names a thing of a case, and what it names."""
    report: Any = {"code": case.received.report.code}
    serials = ledger.entries_about(case.received.report.subject)
    return {
        **dict.fromkeys(ON_REPORT, report),
        **{name: {"code": case.measure.code} for name in ON_MEASURE},
        "cut_report": report,
        **{name: {"code": case.campaign} for name in OF_CAMPAIGN},
        "undo_judgement": {"code": case.campaign, "ident": case.judgement.pk},
        "let_stand": {"ident": case.review.pk},
        **{name: {"ident": case.followed.case_id} for name in ("followup_case", "followup_live", *OF_FOLLOWED)},
        **{name: {"ident": case.followed.case.batch_id} for name in ("followup_batch", *OF_BATCH)},
        "answer_followup": {"ident": case.followed.case_id, "word": case.followed.pk},
        "picture": {**report, "number": 1},
        "propose": {**report, "kind": "block_number"},
        "release_hold": {**report, "ident": case.legal_hold.pk},
        **{name: {"ident": case.renewal.pk} for name in ("approve_renewal", "decline_renewal")},
        **{name: {"ident": case.appeal.pk} for name in ("decide_appeal", "confirm_holder")},
        **{name: {"ident": case.letter.pk} for name in ("resend", "drop_letter")},
        **{name: {"ident": case.handover.pk} for name in ("accept_handover", "refuse_handover", "withdraw_handover")},
        "decide_erasure": {"ident": case.erasure.pk},
        "reply_question": {"ident": case.question.pk},
        "ledger_entry": {"serial": serials[0].serial},
        **{name: {"ident": country.task.pk} for name in ("retry_task", "drop_task")},
        **{name: {"ident": country.batch.pk} for name in ("retry_batch", "cancel_batch")},
    }


NOBODYS = {
    "code": NO_CODE, "serial": NO_SERIAL, "ident": uuid.UUID(int=0), "word": uuid.UUID(int=0), "number": 1,
    "kind": "block_number",
}  # fmt: skip
NUMBERED = ("approve_renewal", "decline_renewal", "reply_question", "undo_judgement")

# Pages of no case: they show of the cases what the reader may see. With what each can be asked for about another's.
OF_REGISTERS = (
    "register", "register_live", "register_rows", "register_export", "register_review", "register_sample", "register_judge",
    "register_propose", "register_approve", "register_decline", "register_roll_back",
)  # fmt: skip
OF_FINDINGS = ("sign_finding", "propose_on_finding", "sign_lists", "give_sign_list")
OF_NOBODY = {
    "queue": (), "queue_rows": (), "followups": ("state",), "followups_rows": ("state",), "dead_letters": ("to",),
    "batch_rows": (), "ledger": (), "rules": (),
    "rule": (), "erasures": (), "measures": ("partner",), "measures_rows": ("partner",), "wrong_measures": (),
    "incoming": (), "incoming_rows": (),
    "partners": (), "partner": (), "search": ("q",), "resend_all": (), "campaigns": ("q",),
    "sitting": (), "sitting_later": (), "sitting_again": (), "sitting_back": (), "sitting_texts": (),
    "signs": (), "look_signs": (), "propose_sign": (), "approve_sign": (), "withdraw_sign": (),
    "machine": (), "replay_rows": (), "start_replay": (), "put_live": (), "replay": (),
    "review": (), "review_rows": (), "review_place": (),
    "organisations": (), "organisation": (), "roster": (), "gaps": (), "villages": (), "enter": (), "leave": (),
    "appoint": (), "end_appointment": (), "attest": (), "withdraw": (), "plan_shift": (), "cancel_shift": (),
    "propose_changes": (), "proposal": (), "approve_proposal": (), "decline_proposal": (), "add_villages": (),
    "end_village": (), "registers": (), "settle_guessing": (), **dict.fromkeys(OF_REGISTERS, ()),
    **dict.fromkeys(OF_FINDINGS, ()),
}  # fmt: skip
# Those whose rights stand by `on=` in an organisation alone; test_access.py and test_organisations.py hold them.
OF_THE_TREE = {
    *OF_FINDINGS,  # for who looked at the account, on reports of theirs, and for who leads: test_sign_findings.py
    "registers", "settle_guessing", *OF_REGISTERS,  # for who leads alone: test_registers.py
    "enter", "leave", "appoint", "end_appointment", "attest", "withdraw", "plan_shift", "cancel_shift", "propose_changes",
    "proposal", "approve_proposal", "decline_proposal", "add_villages", "end_village",
}  # fmt: skip


def client_of(officer: Any) -> Client:
    client = Client()
    if officer is not None:
        client.force_login(officer)
    return client


def people_at(country: Country, place: str) -> dict[str, Any]:
    return {
        "other": country.theirs.people, "below": country.below, "ended": country.ended, "own": country.ours.people,
        "above": country.centre,
    }[place]  # fmt: skip


def ask(client: Client, method: str, url: str, **more: Any) -> Any:
    """The reply; what was done is undone. Redirects are followed, so that what is said afterwards is read too."""
    with transaction.atomic():
        body = {"data": {**BODY, **more}} if method == "post" else {}
        reply = getattr(client, method)(url, follow=True, **body)
        transaction.set_rollback(True)
    return reply


def told(reply: Any) -> str:
    """Everything that came back: addresses, headers and bodies."""
    chain = " ".join(url for url, _status in reply.redirect_chain)
    headers = " ".join(f"{name}: {value}" for name, value in reply.headers.items())
    body = b"".join(reply.streaming_content) if reply.streaming else reply.content
    return f"{chain} {headers} {body.decode(errors='replace')}".replace("\u00a0", " ").replace("\u202f", " ")


def plain(text: str, *typed: object) -> str:
    """The text without what was typed and what is new each time."""
    for one in typed:
        text = text.replace(str(one), "") if len(str(one)) > 3 else text.replace(f"/{one}/", "//")
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce-[\w+/=-]+|nonce="[^"]+"', "", text)
    return re.sub(r"Content-Length: \d+|Expires: [^G]*GMT|csrftoken=\w+|sessionid=\w+", "", text)


def found_in(text: str, case: Province, *typed: object) -> list[str]:
    """Which marks of the case stand in a text, what was typed left out."""
    bare = plain(text, *typed)
    close = re.sub(r"(?<=\d) (?=\d)", "", bare)  # digits in groups
    return [name for name, mark in case.marks.items() if mark in bare or mark in close]


def address(name: str, values: dict[str, Any]) -> str:
    return reverse(f"{app_name}:{name}", kwargs=values) + ("?purpose=triage" if name == "picture" else "")


def methods(name: str) -> list[str]:
    return [method for method in ("get", "post") if method in EXPECTED[name]]


def nobodys(name: str, values: dict[str, Any]) -> dict[str, Any]:
    made = {key: NOBODYS[key] for key in values}
    return {**made, "ident": 10**9} if name in NUMBERED else made


def test_every_address_is_of_a_case_or_of_none(country):
    cases = set(of_case(country, country.ours))

    assert cases | set(OF_NOBODY) == {pattern.name for pattern in urlpatterns}
    assert not cases & set(OF_NOBODY)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", PLACES)
def test_a_thing_of_another_unit_is_answered_as_one_that_is_not_there(country, place, role):
    """For all methods alike: the same status, the same words, the same way back; and nothing is written."""
    client, wrong = client_of(people_at(country, place)[role]), []
    before = len(ledger.newest_entries(limit=1000))
    for name, values in of_case(country, country.ours).items():
        if name == "ledger_entry":
            continue  # told by verb and place alone, below
        for method in methods(name):
            none = nobodys(name, values)
            theirs, nothing = (ask(client, method, address(name, one)) for one in (values, none))
            statuses = [
                [status for _url, status in reply.redirect_chain] + [reply.status_code] for reply in (theirs, nothing)
            ]
            same = plain(told(theirs), *values.values()) == plain(told(nothing), *none.values())
            allowed = EXPECTED[name][method][("nobody", *ROLES).index(role)] != 403 and place != "ended"
            first = statuses[0][0]
            if statuses[0] != statuses[1] or not same or (first == 403) is allowed or first == 200:
                wrong.append((name, method, statuses, same))
            if leaked := found_in(told(theirs), country.ours, *values.values()):
                wrong.append((name, method, leaked))
    assert wrong == []
    assert len(ledger.newest_entries(limit=1000)) == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", ["own", "above"])
def test_who_may_is_answered_as_the_table_says(country, place, role):
    client, wrong = client_of(people_at(country, place)[role]), []
    for name, values in of_case(country, country.ours).items():
        for method in methods(name):
            reply = ask(client, method, address(name, values))
            first = [status for _url, status in reply.redirect_chain] + [reply.status_code]
            expected = EXPECTED[name][method][("nobody", *ROLES).index(role)]
            fits = first[0] == expected or (expected == 302 and first[0] == 422)  # a form that lacks something
            if not fits and not (expected != 403 and first[0] == 404 and name in UNITS_OWN.get(place, ())):
                wrong.append((name, method, first, expected))
    assert wrong == []


UNITS_OWN: dict[str, tuple[str, ...]] = {}


def questions(country: Country, asker: Province) -> list[str]:
    """Addresses of pages of no case, also asked about the things of the first province in every way that a page takes."""
    case = country.ours
    words = [case.received.report.code, case.measure.code, case.received.receipt, case.measure.object_value, "970436"]
    unit = {"organisation", "roster", "gaps", "villages"}
    found = []
    for name, fields in OF_NOBODY.items():
        if name in OF_THE_TREE or "get" not in EXPECTED[name]:
            continue
        values = (
            {"code": "urgent_hold.confirm_within"}
            if name == "rule"
            else {"code": "970436"}
            if name == "partner"
            else {"code": country.ours.name}
            if name == "review_place"
            else {}
        )
        values = {"code": asker.unit.code} if name in unit else values
        values = {"ident": country.replay.pk} if name == "replay" else values
        url = reverse(f"{app_name}:{name}", kwargs=values)
        found += [url, *(f"{url}?{one}={word}" for one in fields for word in words)]
    found += [f"{reverse('officers:partners')}?format=csv", *(f"{reverse('officers:partner', args=['970436'])}?figure={one}"
              for one in ("open", "overdue", "answered", "due", "in_time", "refused"))]  # fmt: skip
    found.append(f"{reverse('officers:replay', args=[country.replay.pk])}?was=true&would_be=spam")
    found += review_questions(country)
    basis = reverse("officers:rule", args=[case.measure.basis])
    entries = ledger.newest_entries(limit=1000)
    pages = [f"{reverse('officers:ledger')}?before={one.serial}" for one in entries[::20]]
    of_case = [one for one in entries if case.received.report.subject in (one.about, one.subject)][::3] + entries[:6]
    return [*found, basis, *pages, *(reverse("officers:ledger_entry", args=[one.serial]) for one in of_case)]


def review_questions(country: Country) -> list[str]:
    """The rows of every figure, some in the first case's province and in none; pages and files on both maps."""
    name, found = country.ours.name, []
    for figure in (code for code, one in figures.table().items() if one.fact):
        where = (f"&noi={name}", "&noi=-", f"&xa={name}&thoi=34") if figure in ("lost", "sent", "held") else ()
        found += [f"{reverse('officers:review_rows')}?so={figure}{one}" for one in ("", *where)]
    for day in ("2026-11-21", "2025-06-30"):
        found.append(f"{reverse('officers:review')}?moc={day}&format=csv")
        for figure in ("lost", "sent", "uncovered"):
            pages = (reverse("officers:review"), reverse("officers:review_place", args=[name]))
            found += [f"{page}?so={figure}&moc={day}" for page in pages]
    return found


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", PLACES)
def test_nothing_that_somebody_elsewhere_can_get_holds_a_word_of_the_case(country, place, role):
    client, wrong = client_of(people_at(country, place)[role]), []
    for url in questions(country, country.theirs):
        typed = [word for word in (*country.ours.marks.values(), country.ours.received.receipt) if word in url]
        typed += [country.ours.measure.object_value, country.ours.block.object_value] if "?" in url else []
        reply = ask(client, "get", url)
        if leaked := found_in(told(reply), country.ours, *typed):
            wrong.append((url, leaked))
    assert wrong == []


@pytest.mark.parametrize("role", ["officer", "auditor"])
@pytest.mark.parametrize("place", PLACES)
def test_ones_own_pages_hold_nothing_of_the_others(country, place, role):
    """The pages of the other province's own case, which names the same bank and kinds of object."""
    client, wrong = client_of(people_at(country, place)[role]), []
    for name, values in of_case(country, country.theirs).items():
        for method in methods(name):
            reply = ask(client, method, address(name, values))
            if leaked := found_in(told(reply), country.ours):
                wrong.append((name, method, leaked))
    assert wrong == []


@pytest.mark.parametrize("place", ["own", "above"])
def test_the_units_own_people_and_those_above_get_every_word(country, place):
    """Or the others would prove nothing."""
    ids = {name for name in country.ours.marks if name.endswith(" id")}
    unseen = set(country.ours.marks) - (ids - {"appeal id", "letter id", "handover id"})
    for text in all_that_they_get(country, place):
        unseen -= set(found_in(text, country.ours))
        if not unseen:
            return
    assert unseen == set()


def all_that_they_get(country, place):
    """The pages of our case and what is found by asking, as each role at that place gets them."""
    for role in ROLES:
        client = client_of(people_at(country, place)[role])
        urls = [
            address(name, values) for name, values in of_case(country, country.ours).items() if "get" in methods(name)
        ]
        urls += [address("owner", {"code": country.ours.offered.report.code})]
        for url in [*urls, *questions(country, country.ours)]:
            yield told(ask(client, "get", url))


def test_the_other_province_and_ours_see_their_own_alone_in_every_list(country):
    for name in ("queue", "queue_rows", "measures", "measures_rows", "erasures", "dead_letters", "ledger"):
        url = reverse(f"{app_name}:{name}")
        ours, theirs = (
            told(ask(client_of(one.people["officer"]), "get", url)) for one in (country.ours, country.theirs)
        )
        assert found_in(ours, country.ours) and not found_in(ours, country.theirs), name
        assert found_in(theirs, country.theirs) and not found_in(theirs, country.ours), name


@pytest.mark.parametrize("role", ROLES)
def test_an_entry_of_another_unit_shows_its_verb_and_its_place(country, role):
    client = client_of(country.theirs.people[role])
    entry = ledger.entries_on(country.ours.measure.subject)[0]
    text = told(ask(client, "get", reverse("officers:ledger_entry", args=[entry.serial])))

    assert said_of(entry.verb) in text and entry.leaf.hex() in text
    assert "Việc của đơn vị khác" in text
    assert "fraud.hold" not in text and country.ours.people["officer"].display_name not in text


def test_counts_are_of_ones_own(country):
    from keng.desk.fraud.erasure import queries as erasures
    from keng.desk.fraud.measures import queries as measures
    from keng.desk.ground.jobs import queries as jobs

    now = country.cast.clock.at
    one, two = country.ours, country.theirs
    held = [
        measures.tally(who, now=now).held for who in (one.people["officer"], two.people["officer"], country.cast.first)
    ]
    assert held[0] and held[1] and held[0] + held[1] == held[2]
    assert [
        erasures.waiting_count(who) for who in (one.people["officer"], country.cast.first, country.below["officer"])
    ] == [1, 2, 0]
    reviews = [
        review.read(who, around(Length.MONTH, now.date()), now=now)
        for who in (one.people["officer"], two.people["officer"], country.cast.first, country.below["officer"])
    ]
    for figure in (one for one in figures.table().values() if one.fact and one.take is not figures.Take.MEAN):
        counted = [here.total(figure).value for here in reviews]
        assert counted[0] + counted[1] == counted[2], figure.code
        assert counted[3] == 0
    assert reviews[0].total(figures.figure("lost")).value == one.received.report.loss.amount
    dead = [jobs.dead_count(who) for who in (one.people["operator"], two.people["operator"], country.cast.operator)]
    assert dead[0] and dead[1] and dead[2] == dead[0] + dead[1] + 1  # the task is nobody's
