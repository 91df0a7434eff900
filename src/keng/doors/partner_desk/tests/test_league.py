"""The league table against a plain count of the rows; each figure opens onto exactly its requests; who may see it."""

from __future__ import annotations

import csv
import io
import math
import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Q

from keng.desk.fraud.measures import league
from keng.desk.fraud.measures.models import UNANSWERED, Request, RequestState
from keng.desk.ground.partners import actions as partners


def rank(values: list[timedelta], share: float) -> timedelta:
    return sorted(values)[math.ceil(round(share * len(values), 6)) - 1]


@pytest.fixture
def many(cast: Any) -> Any:
    """Requests to two banks of every age and state."""
    random.seed(9)
    measure = cast.hold()
    template = measure.requests.get()
    for number in range(60):
        asked = cast.clock.at - timedelta(minutes=random.choice([3, 20, 60, 60 * 24 * 10, 60 * 24 * 40, 60 * 24 * 100]))
        took = timedelta(minutes=random.randint(1, 40), seconds=random.randint(0, 59))
        state = random.choice(["asked", "delivered", "received", "executed", "part", "refused"])
        answered = asked + took if state in ("executed", "part", "refused") else None
        if number % 3:
            partners.enrol(f"9{number:05d}", f"NH {number}", "", now=cast.clock.at)
        Request.objects.create(
            measure=cast_measure(measure, number, cast), partner=cast.other_bank if number % 3 else cast.bank,
            state=state, asked_at=asked,
            answer_by=asked + timedelta(minutes=15), until=asked + timedelta(minutes=random.choice([5, 60 * 24 * 365])),
            answered_at=answered, refusal=random.choice(["no_money", "not_our_account"]) if state == "refused" else "",
        )  # fmt: skip
    template.delete()
    return cast


def cast_measure(measure: Any, number: int, cast: Any) -> Any:
    """One more measure like it: a request a partner and measure."""
    measure.pk = None
    measure._state.adding = True
    measure.id = uuid4()
    measure.code = f"BP-T{number:06d}"
    measure.state = "ended"
    measure.urgent = False
    measure.save(force_insert=True)
    return measure


@pytest.mark.parametrize("days", league.PERIODS)
def test_every_figure_is_what_a_plain_count_of_the_rows_gives(many, days):
    now = many.clock.at
    table = league.table(days=days, now=now, mine=Q())

    for code in ("970436", "970418"):
        rows = list(Request.objects.filter(partner_id=code))
        asked = [row for row in rows if row.asked_at >= now - timedelta(days=days)]
        waiting = [row for row in rows if row.state in UNANSWERED and row.until > now]
        late = [row for row in waiting if row.answer_by <= now]
        done = [row for row in asked if row.answered_at]
        silent = [row for row in asked if not row.answered_at and row.answer_by <= now and row.until > row.answer_by]
        times = [row.answered_at - row.asked_at for row in done]
        line = table[code]
        assert (line.open, line.overdue) == (len(waiting), len(late))
        assert line.oldest == min((row.answer_by for row in late), default=None)
        assert (line.answered, line.due) == (len(done), len(done) + len(silent))
        assert line.in_time == sum(row.answered_at <= row.answer_by for row in done)
        assert line.refused == sum(row.refusal == "no_money" for row in asked)
        assert line.not_ours == sum(row.refusal == "not_our_account" for row in asked)
        assert times and (line.median, line.p90) == (rank(times, 0.5), rank(times, 0.9))


@pytest.mark.parametrize("count", [1, 2, 3, 9, 10, 11])
def test_median_and_p90_are_the_nearest_ranks(cast, count):
    measure = cast.hold()
    measure.requests.all().delete()
    for number in range(count):
        Request.objects.create(
            measure=cast_measure(measure, number, cast), partner=cast.bank, state=RequestState.EXECUTED, asked_at=cast.clock.at,
            answer_by=cast.clock.at, until=cast.clock.at, answered_at=cast.clock.at + timedelta(minutes=number + 1),
        )  # fmt: skip
    line = league.table(days=7, now=cast.clock.at, mine=Q())["970436"]

    assert line.median == timedelta(minutes=math.ceil(count / 2))
    assert line.p90 == timedelta(minutes=math.ceil(9 * count / 10))


def test_each_figure_opens_onto_exactly_its_requests(many):
    now = many.clock.at
    for code, line in league.table(days=30, now=now, mine=Q()).items():
        for figure in league.FIGURES:
            found = league.behind(many.first, figure, days=30, now=now, partners=[code])
            assert len(found) == getattr(line, figure), figure


def test_the_page_and_its_csv_tell_the_same_and_the_silent_stand_first(many, client):
    client.force_login(many.auditor)
    page = client.get("/ban/doi-tac/?days=90").content.decode()
    rows = list(csv.DictReader(io.StringIO(client.get("/ban/doi-tac/?days=90&format=csv").content.decode("utf-8-sig"))))

    since = [row["overdue_since"] for row in rows if row["overdue_since"]]
    assert len(since) == 2 and since == sorted(since) and [row["overdue_since"] for row in rows][:2] == since
    line = league.table(days=90, now=many.clock.at, mine=Q())["970436"]
    own = next(row for row in rows if row["partner"] == "970436")
    assert (own["open"], own["overdue"], own["answered"]) == (str(line.open), str(line.overdue), str(line.answered))
    assert own["median_minutes"] == f"{line.median.total_seconds() / 60:.1f}"
    assert "/ban/doi-tac/970436/?figure=overdue&amp;days=90&amp;kind=" in page


@pytest.mark.parametrize("kind", ["hold_funds", "block_number", "nonsense"])
def test_the_kind_of_measure_is_a_filter(many, client, kind):
    client.force_login(many.first)

    rows = list(
        csv.DictReader(io.StringIO(client.get(f"/ban/doi-tac/?kind={kind}&format=csv").content.decode("utf-8-sig")))
    )

    assert (sum(int(row["open"]) for row in rows) > 0) is (kind != "block_number")


def test_operators_read_figures_and_no_objects(many, client):
    client.force_login(many.operator)
    seen_by_operator = client.get("/ban/doi-tac/970436/?figure=open").content.decode()
    client.force_login(many.auditor)
    seen_by_auditor = client.get("/ban/doi-tac/970436/?figure=open").content.decode()

    assert "0071" in seen_by_auditor and "0071" not in seen_by_operator


def test_more_partners_take_no_more_queries(many, client, django_assert_max_num_queries):
    client.force_login(many.first)
    client.get("/ban/doi-tac/")
    with django_assert_max_num_queries(16):
        assert client.get("/ban/doi-tac/").content.decode().count("data-row") == 42
    with django_assert_max_num_queries(16):
        client.get("/ban/doi-tac/970418/")


def test_a_partner_that_is_none_is_not_found(cast, client):
    client.force_login(cast.first)

    assert client.get("/ban/doi-tac/khong-co/").status_code in (404, 422)
