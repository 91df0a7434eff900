"""What officers do to campaigns. One verb: one judgement, one ledger entry, one transaction; each can be undone exactly.

Every verb raises InputError `no_campaign` for a code that names nothing in the officer's units, RefusedError `not_allowed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from keng.desk.fraud.campaigns.facts import OpenedText
from keng.desk.fraud.campaigns.models import Judgement
from keng.desk.fraud.measures.actions import Proposal
from keng.desk.fraud.measures.models import Measure
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.people.models import Officer


def merge(officer: Officer, code: str, into: str, words: str, *, now: datetime) -> Judgement:
    """Put campaign `code` into campaign `into`, whose code and name stay. InputError `no_reason`; ConflictError `same_campaign`."""
    raise NotImplementedError


def keep_apart(officer: Officer, code: str, other: str, words: str, *, now: datetime) -> Judgement:
    """Say that two campaigns are two: the engine never joins them. InputError `no_reason`; ConflictError `same_campaign`."""
    raise NotImplementedError


def keep_together(officer: Officer, code: str, words: str, *, now: datetime) -> Judgement:
    """Say that a campaign is one: the engine takes nothing out of it."""
    raise NotImplementedError


def cut(officer: Officer, report_id: UUID, words: str, *, now: datetime) -> Judgement:
    """Take one report out of its campaign; it becomes one of its own. ConflictError `alone` if it is alone already; InputError."""
    raise NotImplementedError


def split_reports(officer: Officer, code: str, report_ids: Sequence[UUID], words: str, *, now: datetime) -> Judgement:
    """Take these reports out into one campaign of their own.

    InputError `no_reports` (none, or one that is not in the campaign or not the officer's), ConflictError `nothing_left`.
    """
    raise NotImplementedError


def split_value(officer: Officer, code: str, kind: str, value: str, words: str, *, now: datetime) -> Judgement:
    """Take every report that names this value out into one campaign of their own. InputError `no_reports`; ConflictError `nothing_left`."""
    raise NotImplementedError


def undo(officer: Officer, judgement_id: int, words: str, *, now: datetime) -> Judgement:
    """Undo an officer's judgement: campaigns are as they would be without it. InputError `no_judgement`; ConflictError `undone_already`."""
    raise NotImplementedError


def name(
    officer: Officer, code: str, name: str, advice: str, *, name_en: str = "", advice_en: str = "", now: datetime
) -> Judgement:
    """Give a campaign a name and a public advice (either may be empty). From then on whoever is about to report the same is
    offered both. InputError `too_long`.
    """
    raise NotImplementedError


def watch(officer: Officer, code: str, *, now: datetime) -> None:
    """Hear of a campaign. Again: it counts as seen now."""
    raise NotImplementedError


def unwatch(officer: Officer, code: str, *, now: datetime) -> None:
    """Hear of it no more."""
    raise NotImplementedError


def propose_measure(officer: Officer, code: str, proposal: Proposal, *, now: datetime) -> Measure:
    """`measures.propose` for a report of this campaign, pinned to the judgements that it rests on now.

    If one of them is undone the measure comes up for review (`measures.reviewing`). Raises as `measures.propose`; RefusedError
    `not_by_engine` for a restriction of an account; InputError `no_reports` if the report is not in the campaign.
    """
    raise NotImplementedError


def hold_urgently(officer: Officer, code: str, proposal: Proposal, *, now: datetime) -> Measure:
    """The same for an urgent hold."""
    raise NotImplementedError


def read_texts(
    officer: Officer, code: str, purpose: str, keys: KeyStore, *, now: datetime, most: int = 12
) -> list[OpenedText]:
    """Open the texts of a campaign's newest reports for a stated purpose, to see the template. Each is a look in the ledger.

    InputError `no_purpose`.
    """
    raise NotImplementedError
