"""One question at opening time: what is answered, what never is, and what looks like guessing."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError, UnavailableError
from keng.desk.fraud.registers import actions, queries
from keng.desk.fraud.registers.models import Asked, Guessing
from keng.desk.fraud.registers.tests.conftest import person
from keng.desk.ground.citizens import persons
from keng.desk.ground.ledger.models import Entry

PURPOSE = "sim.open.tt08-2026"


def question(number: int, **changes) -> actions.Question:
    own = person(number)
    told = {name: own[name] for name in ("full_name", "date_of_birth", "sex")}
    return replace(actions.Question(PURPOSE, own["citizen_id"], **told), **changes)


def told(counter, number: str):
    """What the person of that number reads on their page."""
    key = persons.pseudonym_key(counter.cast.keys, counter.cast.clock.at)
    return queries.told_to_person(persons.pseudonym(key, number), now=counter.cast.clock.at)


@pytest.fixture
def ask(counter):
    def put(one: actions.Question, partner=None) -> actions.Answer:
        return actions.ask(
            partner or counter.carrier, one, counter.cast.keys, actor="partner:x", now=counter.cast.clock.at
        )

    return put


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, ("yes", ())),
        ({"sex": None}, ("yes", ())),
        ({"date_of_birth": "1911-11-11"}, ("partly", ("date_of_birth",))),
        ({"full_name": "Vũ Hoàng Yến"}, ("partly", ("full_name",))),
        ({"full_name": "Vũ Hoàng Yến", "date_of_birth": "1911-11-11"}, ("no", ())),
        ({"holder_id": "012345678901"}, ("no", ())),
        ({"holder_id": "B1234567"}, ("no", ())),
    ],
)
def test_yes_partly_with_fields_or_no(ask, changes, answer):
    found = ask(question(11, **changes))

    assert (found.answer, found.fields) == answer


def test_a_number_of_nobody_and_one_of_somebody_else_are_the_same_no(ask):
    nobody = ask(question(11, holder_id="012345678901"))
    another = ask(question(11, holder_id=person(12)["citizen_id"]))

    assert nobody == another == actions.Answer("no", ())


def test_the_dead_are_no_holders_and_nobody_is_told_why(ask):
    assert ask(question(399)) == actions.Answer("no", ())


def test_every_question_is_on_the_persons_own_page_and_no_value_is_kept(counter, ask, stored_bytes):
    own = question(11, date_of_birth="1911-11-11")
    ask(own)

    seen = told(counter, own.holder_id)
    assert [(one.who, one.verb, one.purpose, one.answer) for one in seen] == [
        ("Mạng 1", "registers.ask", PURPOSE, "partly")
    ]
    assert told(counter, person(12)["citizen_id"]) == []
    kept = stored_bytes()
    for value in (own.holder_id, own.full_name, own.date_of_birth):
        assert value.encode() not in kept


@pytest.mark.parametrize("around", ["number", "who"])
def test_guessing_around_one_number_or_person_is_refused_and_raised(counter, ask, around):
    for n in range(10):
        ask(
            question(11, date_of_birth=f"1911-11-{n + 10}")
            if around == "number"
            else question(11, holder_id=f"0123456789{n + 10}")
        )

    with pytest.raises(RefusedError) as refused:
        ask(question(11) if around == "number" else question(11, holder_id=person(11)["citizen_id"]))

    assert refused.value.code == "looks_like_guessing"
    assert (Guessing.objects.get().around, Guessing.objects.get().questions) == (around, 10)
    assert ask(question(12)).answer == "yes"  # about others one may ask
    with pytest.raises(RefusedError):
        ask(question(11))
    assert Guessing.objects.get().refused == 2 and Asked.objects.count() == 11

    counter.cast.clock.pass_by(minutes=1)
    actions.settle(counter.cast.first, Guessing.objects.get().pk, "Gõ nhầm.", now=counter.cast.clock.at)
    assert ask(question(11)).answer == "yes"


def test_questions_are_counted_by_the_day(counter, ask, monkeypatch):
    from keng.vietnam import rules

    real = rules.limit
    monkeypatch.setattr(
        rules,
        "limit",
        lambda code, day: replace(real(code, day), value=2) if code == "registers.questions" else real(code, day),
    )
    ask(question(1))
    ask(question(2))

    with pytest.raises(RefusedError) as refused:
        ask(question(3))

    assert refused.value.code == "too_many_questions"
    counter.cast.clock.pass_by(days=1)
    assert ask(question(3)).answer == "yes"


def test_a_question_needs_a_purpose_of_its_kind_and_all_three_values(counter, ask):
    for changes in (
        {"purpose": "account.open.tt17-2024.d17"},
        {"purpose": "x"},
        {"full_name": " "},
        {"holder_id": ""},
        {"date_of_birth": "9" * 300},
    ):
        with pytest.raises(InputError):
            ask(question(11, **changes))
    assert Asked.objects.count() == 0


def test_when_the_population_register_is_away_nothing_is_answered_or_counted(ask, settings):
    settings.KENG_POPULATION = "/nowhere/population.parquet"

    with pytest.raises(UnavailableError) as away:
        ask(question(11))

    assert away.value.code == "population_away" and Asked.objects.count() == 0


def test_a_day_of_many_questions_is_counted_once_and_then_on(counter, ask, monkeypatch):
    from keng.desk.fraud.registers import counting
    from keng.vietnam import rules

    real, seen = rules.limit, []
    monkeypatch.setattr(
        rules,
        "limit",
        lambda code, day: replace(real(code, day), value=9) if code == "registers.questions" else real(code, day),
    )
    monkeypatch.setattr(counting, "MANY", 2)
    monkeypatch.setattr(counting, "_counted", {})
    look = counting._look
    monkeypatch.setattr(counting, "_look", lambda *told: seen.append(look(*told)) or seen[-1])
    for number in range(9):
        ask(question(number))
        counter.cast.clock.pass_by(seconds=8)

    with pytest.raises(RefusedError) as refused:
        ask(question(9))

    assert refused.value.code == "too_many_questions"
    assert max(one.recent for one in seen) <= 4, "older ones are not counted again"
    counter.cast.clock.pass_by(days=1)
    assert ask(question(9)).answer == "yes"


def test_a_message_is_taken_with_its_answer_and_never_again(counter, settings):
    def put(message: str):
        now = counter.cast.clock.at
        return actions.ask(counter.carrier, question(11), counter.cast.keys, actor="x", now=now, message=message)

    there = settings.KENG_POPULATION
    settings.KENG_POPULATION = "/nowhere/population.parquet"
    with pytest.raises(UnavailableError):
        put("a")
    settings.KENG_POPULATION = there
    assert put("a").answer == put("b").answer == "yes"
    settings.KENG_POPULATION = "/nowhere/population.parquet"  # who repeats is told so before anybody is asked
    with pytest.raises(ConflictError) as seen:
        put("a")
    assert seen.value.code == "webhook_id_seen" and Asked.objects.count() == 2


def test_of_questions_that_wait_together_each_message_is_kept_once(counter, ask):
    from django.db import transaction

    from keng.desk.fraud.registers import asking

    ask(question(11))
    row = Asked.objects.get()

    def put(message: str) -> asking._Put:
        return asking._Put(
            Asked(**{f.attname: getattr(row, f.attname) for f in row._meta.fields if f.name != "id"}), message
        )

    entries = Entry.objects.filter(verb="registers.ask")
    with transaction.atomic():
        outcomes = asking._keep([put("a"), put("a"), put(""), put("b"), put("")])
    assert [getattr(one, "code", None) for one in outcomes] == [None, "webhook_id_seen", None, None, None]
    assert Asked.objects.count() == entries.count() == 5
    outcomes = asking._keep_together([put("b"), put("c")])
    assert [getattr(one, "code", None) for one in outcomes] == ["webhook_id_seen", None]
    assert Asked.objects.count() == entries.count() == 6
    assert asking._keep_together([put("d"), put("")]) == [None, None]
    assert Asked.objects.count() == entries.count() == 8


def test_a_count_stands_for_a_second_unless_it_nears_the_most(counter, ask, monkeypatch):
    from keng.desk.fraud.registers import counting

    untils = []
    look = counting._look
    monkeypatch.setattr(counting, "_look", lambda *told: untils.append(told[3]) or look(*told))
    monkeypatch.setattr(counting, "_counted", {})

    def were_counted(*numbers: int) -> list[bool]:
        untils.clear()
        for number in numbers:
            ask(question(number))
        return [until is not None for until in untils]

    assert were_counted(1, 2, 3) == [True, False, False]
    counter.cast.clock.pass_by(seconds=1)
    assert were_counted(4, 5) == [True, False]
    monkeypatch.setattr(counting, "SPARE", 20_000)
    assert were_counted(6, 7) == [True, True]


@pytest.mark.parametrize("asked", [0, 300])
def test_a_look_that_is_planned_while_the_tables_are_young_takes_the_right_indexes(counter, asked):
    """Of two indexes that begin alike PostgreSQL takes either while it knows of no rows, and keeps to it: it read all questions."""
    from django.db import connection

    from keng.desk.fraud.registers.counting import LOOK

    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL alone: SQLite plans each time")
    places = count(1)
    told = {"partner": counter.carrier, "by": "x", "at": counter.cast.clock.at, "purpose": PURPOSE, "answer": "no"}
    Asked.objects.bulk_create(Asked(person=f"p{n}", who=f"w{n}", **told) for n in range(asked))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off")
        cursor.execute("PREPARE looked AS " + re.sub("%s", lambda _: f"${next(places)}", LOOK))
        cursor.execute("EXPLAIN EXECUTE looked(" + ", ".join(["NULL"] * LOOK.count("%s")) + ")")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("DEALLOCATE looked")

    for index in ("inbound_id_taken_once", "asked_by_day", "asked_of_person", "asked_of_who"):
        assert f" using {index} on " in plan
