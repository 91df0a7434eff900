"""Measures are listed by the owner that is written at them: it is always their report's, and without it nobody sees more."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from keng.desk.fraud.measures import board, league, owners, queries, queue
from keng.desk.fraud.measures.models import Measure, Request
from keng.desk.fraud.reports import actions as reports
from keng.doors.officers.tests.provinces import Country


def seen(country: Country, who: Any) -> tuple[Any, ...]:
    """What every list and figure of measures shows somebody."""
    now = country.cast.clock.at
    lines = league.table(days=30, now=now, mine=league.within_units(who, now))
    return (
        sorted(row.code for row in board.of_board(who, now=now)),
        sorted(place.measure.code for place in queue.places(who, now=now) if place.measure),
        queries.tally(who, now=now),
        sorted(partner.code for partner in board.partners_asked(who)),
        sorted((line.of, line.open, line.answered) for line in lines.values()),
    )


def test_they_go_with_their_report(country):
    ours, theirs = country.ours.people["officer"], country.theirs.people["officer"]
    before = seen(country, ours)
    assert all(before)

    with transaction.atomic():
        reports.set_owner(country.ours.received.report, country.theirs.unit)

    assert [part for part in seen(country, ours)[:2] if part] == []
    assert set(before[0]) < set(seen(country, theirs)[0])
    for rows in (Measure.objects.all(), Request.objects.select_related("measure")):
        for row in rows:
            report = (row.measure if isinstance(row, Request) else row).report
            assert row.owner_id == report.owner_id, row


def test_rows_of_an_earlier_release_are_seen_by_the_same_people(country):
    everyone = [country.ours, country.theirs]
    people = [*(one.people["officer"] for one in everyone), country.below["officer"], country.cast.first]
    before = [seen(country, who) for who in people]
    assert before[0] != before[1]
    Measure.objects.update(owner=None)
    Request.objects.update(owner=None)
    for who in people:
        who.__dict__.pop("_any_measure_without_owner", None)  # who leads never asks

    assert [seen(country, who) for who in people] == before


def bit_by_bit() -> int:
    turns = 0
    while owners.complete(most=1):
        turns += 1
    return turns


def by_migration() -> int:
    import_module("keng.desk.fraud.measures.migrations.0013_fill_owner").fill(apps, None)
    return 1


@pytest.mark.parametrize(("how", "turns"), [(bit_by_bit, 2), (by_migration, 1)])
def test_what_an_earlier_release_wrote_is_completed(country, how, turns):
    def written() -> tuple[dict[Any, int], ...]:
        return tuple(dict(rows.objects.values_list("pk", "owner")) for rows in (Measure, Request))

    before = written()
    assert None not in {owner for rows in before for owner in rows.values()}
    Measure.objects.update(owner=None)
    Request.objects.update(owner=None)

    assert how() >= turns
    assert written() == before
