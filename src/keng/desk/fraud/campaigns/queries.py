"""Reading campaigns for others. A campaign exists for an officer if at least one of its reports does, and is counted by those."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from keng.desk.fraud.campaigns.facts import (
    Candidate,
    Day,
    Facts,
    Graph,
    Judged,
    Known,
    Line,
    Locality,
    Members,
    Suggestion,
    Value,
    Watched,
)
from keng.desk.ground.people.models import Officer

PAGE = 100


def campaigns(officer: Officer, *, order: str = "newest", after: int = 0, most: int = PAGE) -> list[Line]:
    """Campaigns of two reports or more of the officer's. `order`: "newest", "largest" or "costliest"; `after`: how many to pass over.

    InputError `no_order`.
    """
    raise NotImplementedError


def get_campaign(officer: Officer, code: str) -> Facts:
    """The campaign that bears this code or that it went into. InputError `no_campaign`, also for one of other units alone."""
    raise NotImplementedError


def campaign_of(officer: Officer, report_id: UUID) -> Line | None:
    """The campaign in which a report of the officer's stands; None while it is not placed."""
    raise NotImplementedError


def campaigns_of(officer: Officer, report_ids: Iterable[UUID]) -> dict[UUID, Line]:
    """The same for many, as the queue shows it."""
    raise NotImplementedError


def members_of(officer: Officer, code: str, *, before: datetime | None = None, most: int = PAGE) -> Members:
    """The reports of a campaign, the newest first."""
    raise NotImplementedError


def values_of(officer: Officer, code: str, *, most: int = 40) -> list[Value]:
    """What its reports name, those named most first."""
    raise NotImplementedError


def growth_of(officer: Officer, code: str) -> list[Day]:
    """Its days, oldest first; days without a report are left out."""
    raise NotImplementedError


def localities_of(officer: Officer, code: str) -> list[Locality]:
    """Whose reports they are, most first."""
    raise NotImplementedError


def graph_of(officer: Officer, code: str, *, most: int = 30) -> Graph:
    """Its values and which are named together, read from its newest 400 reports."""
    raise NotImplementedError


def history_of(officer: Officer, code: str, *, most: int = PAGE) -> list[Judged]:
    """What was judged about it and about what is or was tied to it, newest first."""
    raise NotImplementedError


def suggestions_of(officer: Officer, code: str) -> list[Suggestion]:
    """Joins and splits that speak for themselves but that nobody decided."""
    raise NotImplementedError


def next_measures(officer: Officer, code: str, *, now: datetime, most: int = 8) -> list[Candidate]:
    """Measures that could be proposed next, with what speaks for and against each."""
    raise NotImplementedError


def watched(officer: Officer) -> list[Watched]:
    """The campaigns that the officer watches, those with news first."""
    raise NotImplementedError


def known(text: str, *, most: int = 3) -> list[Known]:
    """Known tricks that a text looks like: by a value that they share, or by its words. For anybody; nothing is kept of the text."""
    raise NotImplementedError


def search(officer: Officer, words: str, *, most: int = 20) -> list[Line]:
    """Campaigns by code, or by words of their name or advice: never by what reports say."""
    raise NotImplementedError
