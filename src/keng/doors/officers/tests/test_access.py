"""Every officers' address for every role by every method: who gets what, and that a refusal changes nothing and tells nothing."""

from __future__ import annotations

import uuid
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from keng.desk.fraud.measures.models import Question
from keng.desk.fraud.registers.tests.made import made_guessing, made_register
from keng.desk.ground.ledger import queries as ledger
from keng.doors.officers.tests.ground import Ground
from keng.doors.officers.urls import app_name, urlpatterns

ROLES = ("nobody", "officer", "auditor", "operator")
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
NO_METHOD = 405

JUDGING = (
    "merge_campaign", "keep_apart", "keep_together", "split_campaign", "undo_judgement", "name_campaign", "campaign_propose",
)  # fmt: skip
OF_CAMPAIGN = (
    "campaign", "campaign_values", "campaign_next", "campaign_places", "campaign_rows", "campaign_texts", "watch_campaign",
    *JUDGING,
)  # fmt: skip
OF_FOLLOWED = ("decide_followup", "exempt_followup", "call_followup")
OF_FOLLOWUPS = ("followups", "followups_rows", "followup_batch", "followup_case", "followup_live")
OF_BATCH = ("decide_followup_batch", "roll_back_followup")
# The status for nobody, officer, auditor, operator. What is not listed is 405 for all.
EXPECTED: dict[str, dict[str, tuple[int, int, int, int]]] = {
    "enter": {"get": (200, 200, 200, 200), "post": (302, 302, 302, 302)},
    "leave": {"post": (302, 302, 302, 302)},
    "queue": {"get": (403, 200, 200, 302)},
    "queue_rows": {"get": (403, 200, 200, 403)},
    "campaigns": {"get": (403, 200, 200, 403)},
    "campaign": {"get": (403, 200, 200, 403)},
    "campaign_next": {"get": (403, 200, 200, 403)},
    "campaign_places": {"get": (403, 200, 200, 403)},
    "campaign_values": {"get": (403, 200, 200, 403)},
    "campaign_rows": {"get": (403, 200, 200, 403)},
    "campaign_texts": {"post": (403, 200, 200, 403)},
    "watch_campaign": {"post": (403, 302, 302, 403)},
    **{name: {"post": (403, 302, 403, 403)} for name in JUDGING},
    "sitting": {"get": (403, 200, 403, 403)},
    "sitting_texts": {"post": (403, 200, 403, 403)},
    **{
        name: {"post": (403, 302, 403, 403)} for name in ("sitting_later", "sitting_again", "sitting_back", "let_stand")
    },
    "cut_report": {"post": (403, 302, 403, 403)},
    "search": {"get": (403, 200, 200, 403)},
    **{name: {"get": (403, 200, 200, 403)} for name in OF_FOLLOWUPS},
    **{name: {"post": (403, 302, 403, 403)} for name in (*OF_FOLLOWED, *OF_BATCH, "answer_followup")},
    "dead_letters": {"get": (403, 200, 200, 200)},
    "batch_rows": {"get": (403, 200, 200, 200)},
    "resend": {"post": (403, 403, 403, 302)},
    "resend_all": {"post": (403, 403, 403, 302)},
    "drop_letter": {"post": (403, 403, 403, 302)},
    "retry_task": {"post": (403, 403, 403, 302)},
    "drop_task": {"post": (403, 403, 403, 302)},
    "retry_batch": {"post": (403, 403, 403, 302)},
    "cancel_batch": {"post": (403, 403, 403, 302)},
    "ledger": {"get": (403, 200, 200, 200)},
    "ledger_entry": {"get": (403, 200, 200, 200)},
    "rules": {"get": (403, 200, 200, 200)},
    "rule": {"get": (403, 200, 200, 200)},
    "report": {"get": (403, 200, 200, 403)},
    "report_live": {"get": (403, 200, 200, 403)},
    "picture": {"get": (403, 200, 200, 403)},
    "hold": {"post": (403, 302, 403, 403)},
    "say": {"post": (403, 302, 403, 403)},
    "close": {"post": (403, 302, 403, 403)},
    "reopen": {"post": (403, 302, 403, 403)},
    "correct": {"post": (403, 302, 403, 403)},
    "uncorrect": {"post": (403, 302, 403, 403)},
    "signs": {"get": (403, 200, 200, 200)},
    "look_signs": {"post": (403, 200, 403, 403)},
    "sign_finding": {"get": (403, 200, 403, 403)},
    "sign_lists": {"get": (403, 200, 403, 403), "post": (403, 422, 403, 403)},
    "give_sign_list": {"post": (403, 200, 403, 403)},
    "propose_on_finding": {"post": (403, 302, 403, 403)},
    "propose_sign": {"post": (403, 302, 403, 403)},
    "approve_sign": {"post": (403, 302, 403, 403)},
    "withdraw_sign": {"post": (403, 302, 403, 403)},
    "machine": {"get": (403, 200, 200, 200)},
    "replay": {"get": (403, 200, 200, 200)},
    "replay_rows": {"get": (403, 200, 200, 200)},
    "start_replay": {"post": (403, 302, 403, 302)},
    "put_live": {"post": (403, 403, 403, 302)},
    "confirm": {"post": (403, 302, 403, 403)},
    "decline": {"post": (403, 302, 403, 403)},
    "withdraw_measure": {"post": (403, 302, 403, 403)},
    "release": {"post": (403, 302, 403, 403)},
    "decide_appeal": {"post": (403, 302, 403, 403)},
    "erasures": {"get": (403, 200, 200, 403)},
    "own_data": {"get": (403, 200, 200, 403)},
    "decide_erasure": {"post": (403, 302, 403, 403)},
    "place_hold": {"post": (403, 302, 403, 403)},
    "release_hold": {"post": (403, 302, 403, 403)},
    "withhold": {"post": (403, 403, 302, 403)},
    "confirm_holder": {"post": (403, 302, 403, 403)},
    "incoming": {"get": (403, 200, 403, 403)},
    "incoming_rows": {"get": (403, 200, 403, 403)},
    "owner": {"get": (403, 200, 200, 403)},
    "hand_over": {"post": (403, 302, 403, 403)},
    "accept_handover": {"post": (403, 302, 403, 403)},
    "refuse_handover": {"post": (403, 302, 403, 403)},
    "withdraw_handover": {"post": (403, 302, 403, 403)},
    "review": {"get": (403, 200, 200, 403)},
    "review_rows": {"get": (403, 200, 200, 403)},
    "review_place": {"get": (403, 200, 200, 403)},
    "partners": {"get": (403, 200, 200, 200)},
    "partner": {"get": (403, 200, 200, 200)},
    "reply_question": {"post": (403, 302, 403, 403)},
    "propose": {"post": (403, 302, 403, 403)},
    "measures": {"get": (403, 200, 200, 403)},
    "measures_rows": {"get": (403, 200, 200, 403)},
    "wrong_measures": {"get": (403, 200, 200, 403)},
    "measure": {"get": (403, 200, 200, 403)},
    "measure_live": {"get": (403, 200, 200, 403)},
    "renew": {"post": (403, 302, 403, 403)},
    "find_wrong": {"post": (403, 302, 403, 403)},
    "approve_renewal": {"post": (403, 302, 403, 403)},
    "decline_renewal": {"post": (403, 302, 403, 403)},
    "organisations": {"get": (403, 200, 200, 200)},
    "organisation": {"get": (403, 200, 200, 200)},
    "appoint": {"post": (403, 403, 403, 302)},
    "end_appointment": {"post": (403, 403, 403, 302)},
    "attest": {"post": (403, 403, 403, 422)},
    "withdraw": {"post": (403, 403, 403, 302)},
    "roster": {"get": (403, 200, 200, 200)},
    "plan_shift": {"post": (403, 403, 403, 422)},
    "cancel_shift": {"post": (403, 403, 403, 302)},
    "gaps": {"get": (403, 200, 200, 200)},
    "propose_changes": {"get": (403, 403, 403, 403), "post": (403, 403, 403, 403)},
    "proposal": {"get": (403, 200, 200, 200)},
    "approve_proposal": {"post": (403, 403, 403, 403)},
    "decline_proposal": {"post": (403, 403, 403, 403)},
    "registers": {"get": (403, 200, 200, 403)},
    **{
        name: {"get": (403, 200, 200, 403)}
        for name in ("register", "register_live", "register_rows", "register_export")
    },
    "register_review": {"get": (403, 302, 403, 403)},
    "register_sample": {"get": (403, 200, 403, 403)},
    "settle_guessing": {"post": (403, 302, 403, 403)},
    **{
        f"register_{name}": {"post": (403, 302, 403, 403)}
        for name in ("judge", "propose", "approve", "decline", "roll_back")
    },
    "villages": {"get": (403, 200, 200, 200)},
    "add_villages": {"post": (403, 403, 403, 403)},
    "end_village": {"post": (403, 403, 403, 403)},
}
BODY = {"account": "970436:0071000123456", "amount": "4.800.000", "basis": "fraud.hold.nd52-2024.d11", "reason": "có căn cứ",
        "text": "Chào bạn", "way": "urgent", "object": "phone|+84912345678", "to": "970436", "appoint-username": "kiem",
        "appoint-role": "keeper", "noi": "dung", "purpose": "triage", "kind": "hold_funds", "object_kind": "account"}  # fmt: skip
CITING = {"object": "account|970436:0071000123456", "basis": "fraud.preserve.l116-2025", "scope": "registration"}
LISTING = {"bank": "970436", "form": "002", "shape": "csv"}
OF_MEASURE = ("confirm", "decline", "withdraw_measure", "release", "measure", "measure_live", "renew", "find_wrong")
GROUND = set(EXPECTED) & set(Ground.ADDRESSED)
CASES = [(method, role) for method in METHODS for role in ROLES]


def address(name: str, desk: Any) -> str:
    on_report = {"code": (desk.waiting if name == "hold" else desk.held).report.code}
    values: dict[str, dict[str, Any]] = {
        "enter": {"token": desk.token},
        "picture": {**on_report, "number": 1},
        **dict.fromkeys(
            (
                "report",
                "report_live",
                "hold",
                "say",
                "correct",
                "uncorrect",
                "close",
                "reopen",
                "own_data",
                "place_hold",
                "withhold",
                "owner",
                "hand_over",
            ),
            on_report,
        ),
        "replay": {"ident": desk.replay.pk},
        **{one: {"ident": desk.switch.pk} for one in ("approve_sign", "withdraw_sign")},
        **{one: {"code": desk.measure.code} for one in OF_MEASURE},
        "propose": {**on_report, "kind": "block_number"},
        "cut_report": on_report,
        **{one: {"ident": 1} for one in ("approve_renewal", "decline_renewal")},
        "confirm_holder": {"ident": desk.appeal.pk},
        **{one: {"ident": desk.letter.pk} for one in ("resend", "drop_letter")},
        **{one: {"ident": desk.task.pk} for one in ("retry_task", "drop_task")},
        **{one: {"ident": desk.batch.pk} for one in ("retry_batch", "cancel_batch")},
        "decide_appeal": {"ident": desk.appeal.pk},
        "ledger_entry": {"serial": ledger.newest_entries(limit=1)[0].serial},
        "rule": {"code": "urgent_hold.confirm_within"},
        "decide_erasure": {"ident": desk.erasure.pk},
        **{one: {"ident": uuid.UUID(int=0)} for one in ("accept_handover", "refuse_handover", "withdraw_handover")},
        "partner": {"code": "970436"},
        "review_place": {"code": "01"},
        "release_hold": {**on_report, "ident": desk.legal_hold.pk},
    }
    if name == "reply_question":
        asked = {"text": "Ai?", "asked_by": desk.cast.first, "asked_at": desk.cast.clock.at}
        question, _is_new = Question.objects.get_or_create(key="1", request=desk.measure.requests.get(), defaults=asked)
        values["reply_question"] = {"ident": question.pk}
    if name in OF_CAMPAIGN:
        values[name] = {"code": desk.campaign}
    if name in (*OF_FOLLOWED, "followup_case", "followup_live"):
        values[name] = {"ident": desk.followed.case_id}
    if name in (*OF_BATCH, "followup_batch"):
        values[name] = {"ident": desk.followed.case.batch_id}
    if name == "answer_followup":
        values[name] = {"ident": desk.followed.case_id, "word": desk.followed.pk}
    if name == "undo_judgement":
        values[name] |= {"ident": desk.judgement.pk}
    if name.startswith("register_") or name in ("register", "settle_guessing"):
        values[name] = register_values(name, desk)
    if name in ("sign_finding", "propose_on_finding"):
        values[name] = {"ident": desk.finding}
        if name == "propose_on_finding":
            values[name] |= {"code": desk.held.report.code, "kind": "preserve_data"}
    if name == "let_stand":
        values[name] = {"ident": desk.review.pk}
    if name not in values and name in GROUND:
        values = desk.ground.addresses
    return reverse(f"{app_name}:{name}", kwargs=values.get(name)) + ("?purpose=triage" if name == "picture" else "")


def register_values(name: str, desk: Any) -> dict[str, Any]:
    if name == "settle_guessing":
        return {"ident": made_guessing(desk.cast, desk.cast.bank).pk}
    code = made_register(desk.cast, desk.cast.bank).code
    more = {"register_export": {"form": "csv"}, "register_sample": {"number": 1}, "register_judge": {"number": 1}}
    return {"code": code, **more.get(name, {})}


def actor_of(role: str, desk: Any) -> Any:
    return {"nobody": None, "officer": desk.cast.second, "auditor": desk.cast.auditor, "operator": desk.cast.operator}[
        role
    ]


def expected(name: str, method: str, role: str) -> int:
    """HEAD is answered as GET is."""
    asked = "get" if method == "head" else method
    return EXPECTED[name].get(asked, (NO_METHOD,) * len(ROLES))[ROLES.index(role)]


@pytest.fixture
def desk(lasting_desk):
    return lasting_desk


def test_every_address_has_an_expectation() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_role_gets_what_it_may(desk, enter, name):
    """Every method for every role at one desk: what a request did is undone before the next."""
    url, clients = address(name, desk), {role: enter(actor_of(role, desk)) for role in ROLES}
    body = {**BODY, "basis": "fraud.number.nd163-2024"} if name == "propose" else BODY
    body = {**BODY, **LISTING} if name in ("sign_lists", "give_sign_list") else body
    body = {**BODY, **CITING} if name == "propose_on_finding" else body
    body = {**body, "report": desk.held.report.code} if name == "campaign_propose" else body
    before = [entry.serial for entry in ledger.newest_entries(limit=1000)]

    for method, role in CASES:
        with transaction.atomic():
            reply = getattr(clients[role], method)(url, **({"data": body} if method == "post" else {}))
            after = [entry.serial for entry in ledger.newest_entries(limit=1000)]
            transaction.set_rollback(True)
        assert reply.status_code == expected(name, method, role), (method, role)
        if reply.status_code < 400:
            continue
        assert after == before
        page = reply.content.decode()
        assert [secret for secret in desk.secrets if secret in page] == []
        assert "no-store" in reply.headers["Cache-Control"]
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


WITH_CODE = [
    "report", "picture", "report_live", "hold", "propose", "say", "correct", "uncorrect", "close", "reopen",
    "own_data", "place_hold", "withhold", *OF_MEASURE,
]  # fmt: skip


NO_CODES = ["TB-0000-0000", "x", "%00", "' OR 1=1", "..%2f..", "a" * 300, "🔔"]
NOT_FOUND = {"vi": "Không tìm thấy", "en": "Not found"}


@pytest.mark.parametrize("name", WITH_CODE)
def test_a_code_that_is_none_is_not_found(desk, enter, name):
    client = enter(desk.cast.auditor if name == "withhold" else desk.cast.second)
    method = "get" if "get" in EXPECTED[name] else "post"
    good, more = address(name, desk), {"data": BODY} if method == "post" else {}
    for bad, language in product(NO_CODES, NOT_FOUND):
        url = good.replace(desk.held.report.code, bad).replace(desk.measure.code, bad)
        url = url.replace(desk.waiting.report.code, bad)

        reply = getattr(client, method)(f"{url}{'&' if '?' in url else '?'}lang={language}", **more)

        assert reply.status_code == 404, (bad, language)
        page = reply.content.decode()
        assert NOT_FOUND[language] in page or "There is no" in page or "Không có" in page, (bad, language)
        assert [secret for secret in desk.secrets if secret in page] == [], (bad, language)


@pytest.mark.parametrize("name", ["resend", "decide_appeal"])
@pytest.mark.parametrize("bad", ["0", "x", "00000000-0000-0000-0000-00000000000"])
def test_an_identifier_that_is_none_is_not_found(desk, enter, name, bad):
    ident = str(desk.letter.pk if name == "resend" else desk.appeal.pk)
    officer = desk.cast.operator if name == "resend" else desk.cast.second

    assert enter(officer).post(address(name, desk).replace(ident, bad), BODY).status_code == 404


@pytest.mark.parametrize("name", [*WITH_CODE, "resend", "decide_appeal"])
def test_an_address_without_its_identifier_is_not_found(desk, enter, name):
    url = address(name, desk)
    for ident in (desk.held.report.code, desk.waiting.report.code, desk.measure.code, desk.letter.pk, desk.appeal.pk):
        url = url.replace(str(ident), "")

    assert enter(desk.cast.second).post(url, BODY).status_code == 404


def test_an_appeal_that_is_none_is_not_found(desk, enter):
    url = address("decide_appeal", desk).replace(str(desk.appeal.pk), "00000000-0000-0000-0000-000000000000")

    assert enter(desk.cast.second).post(url, BODY).status_code == 404


@pytest.mark.parametrize(("language", "words"), [("vi", "Hãy vào làm việc trước"), ("en", "Sign in first")])
def test_who_is_not_signed_in_is_told_how_to_come_in(desk, enter, language, words):
    assert words in enter().get(f"/ban/?lang={language}").content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Vai trò của bạn không được làm việc này"), ("en", "Your role may not do this")]
)
def test_a_refusal_is_told_in_both_languages(desk, enter, language, words):
    assert words in enter(desk.cast.operator).get(f"{address('report', desk)}?lang={language}").content.decode()


def test_who_has_left_is_shut_out_at_once(desk, enter):
    client = enter(desk.cast.first)
    assert client.get("/ban/").status_code == 200

    desk.cast.first.is_active = False
    desk.cast.first.save(update_fields=["is_active"])

    assert client.get("/ban/").status_code == 403
