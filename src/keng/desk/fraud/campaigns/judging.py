"""The verbs of officers about what stands together: each one judgement, which can be undone exactly."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from keng.base.errors import ConflictError, InputError
from keng.desk.fraud.campaigns import pins, refusals
from keng.desk.fraud.campaigns.models import Judgement, Kind, Part, Placement, Tie
from keng.desk.fraud.campaigns.naming import name_anew
from keng.desk.fraud.campaigns.placing import make_parts
from keng.desk.fraud.campaigns.scope import find_head, get_head, mine, placements
from keng.desk.fraud.campaigns.state import batched, decide_anew, join_kins, live, lock, put
from keng.desk.fraud.campaigns.sums import spellings
from keng.desk.fraud.measures.checks import without_controls
from keng.desk.fraud.reports.models import Indicator, Loss
from keng.desk.fraud.reports.sightings import digest_of
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

VERB = "campaigns.judge"
LONGEST_WORDS = 500
SEEN_AT_ONCE = 500


@transaction.atomic
def merge(officer: Officer, code: str, into: str, words: str, *, now: datetime) -> Judgement:
    """Put campaign `code` into campaign `into`, whose code and name stay.

    InputError `no_reason`, `no_campaign`; ConflictError `same_campaign`.
    """
    went, stays = _two(officer, code, into)
    crossing = _crossing(went, stays)
    judgement = _judge(officer, Kind.MERGE, went, words, now, into=stays)
    Tie.objects.create(judgement=judgement, one=went, other=stays, together=True)
    for one, other in crossing:
        Tie.objects.create(judgement=judgement, one_id=one, other_id=other, together=True)
    return _record("campaigns.merge", officer, judgement, now)


@transaction.atomic
def keep_apart(officer: Officer, code: str, other: str, words: str, *, now: datetime) -> Judgement:
    """Say that two campaigns are two: the engine never joins them. Raises as `merge`."""
    one, two = _two(officer, code, other)
    judgement = _judge(officer, Kind.APART, one, words, now, into=two)
    Tie.objects.create(judgement=judgement, one=one, other=two, together=False)
    return _record("campaigns.keep_apart", officer, judgement, now)


@transaction.atomic
def keep_together(officer: Officer, code: str, words: str, *, now: datetime) -> Judgement:
    """Say that a campaign is one: the engine takes nothing out of it. InputError `no_reason`, `no_campaign`."""
    head = _one(officer, code)
    return _record("campaigns.keep_together", officer, _judge(officer, Kind.TOGETHER, head, words, now), now)


@transaction.atomic
def cut(officer: Officer, report_id: UUID, words: str, *, now: datetime) -> Judgement:
    """Take one report out of its campaign; it becomes one of its own.

    InputError `no_reason`, `no_campaign`; ConflictError `alone` if it stands alone already.
    """
    rights.require(officer, VERB)
    lock()
    placed = Placement.objects.filter(pk=report_id).select_related("part__head").first()
    rows = list(placements(officer, placed.part.head).filter(pk=report_id)) if placed else []
    if placed is None or not rows:
        raise InputError("no_campaign", refusals.NO_CAMPAIGN)
    if not placements(officer, placed.part.head).exclude(pk=report_id).exists():
        raise ConflictError("alone", refusals.ALONE)
    return _split(officer, placed.part.head, rows, words, now, is_cut=True)


@transaction.atomic
def split_reports(officer: Officer, code: str, report_ids: Sequence[UUID], words: str, *, now: datetime) -> Judgement:
    """Take these reports out into one campaign of their own.

    InputError `no_reports` (none, or one that is not in the campaign or not the officer's), `no_reason`; ConflictError
    `nothing_left`.
    """
    head = _one(officer, code)
    wanted = set(report_ids)
    rows = [row for some in batched(wanted, SEEN_AT_ONCE) for row in placements(officer, head).filter(pk__in=some)]
    if not rows or len(rows) != len(wanted):
        raise InputError("no_reports", refusals.NO_REPORTS, field="reports")
    if placements(officer, head).count() == len(rows):
        raise ConflictError("nothing_left", refusals.NOTHING_LEFT)
    return _split(officer, head, rows, words, now)


@transaction.atomic
def split_value(officer: Officer, code: str, kind: str, value: str, words: str, *, now: datetime) -> Judgement:
    """Take every report that names this value, whosever it is, out into one campaign of their own.

    InputError `no_reports` if none of the officer's names it, `no_reason`; ConflictError `nothing_left` if all of the officer's do.
    """
    head = _one(officer, code)
    naming = naming_value(kind, value)
    own = placements(officer, head)
    if not own.filter(naming).exists():
        raise InputError("no_reports", refusals.NO_REPORTS, field="value")
    if not own.exclude(naming).exists():
        raise ConflictError("nothing_left", refusals.NOTHING_LEFT)
    rows = list(Placement.objects.filter(naming, part__head=head))
    return _split(officer, head, rows, words, now, why=(kind, value))


@transaction.atomic
def undo(officer: Officer, judgement_id: int, words: str, *, now: datetime) -> Judgement:
    """Undo an officer's judgement: campaigns are as they would be without it.

    InputError `no_judgement`, `no_reason`; ConflictError `undone_already`.
    """
    rights.require(officer, VERB)
    lock()
    undone = Judgement.objects.filter(pk=judgement_id).exclude(officer=None).exclude(kind=Kind.UNDO).first()
    if undone is None or not _is_seen(officer, undone):
        raise InputError("no_judgement", refusals.NO_JUDGEMENT)
    if not live(Judgement.objects.filter(pk=undone.pk)).exists():
        raise ConflictError("undone_already", refusals.UNDONE_ALREADY)
    resting = pins.resting_on(undone) if undone.kind != Kind.NAME else []
    judgement = _judge(officer, Kind.UNDO, undone.part, words, now, into=undone.into, undoes=undone)
    _record("campaigns.undo", officer, judgement, now, undoes=undone.subject)
    if undone.kind == Kind.NAME:
        name_anew(undone.part)
    pins.review(resting, judgement, now)
    return judgement


def naming_value(kind: str, value: str) -> Q:
    """The condition that a report names a value, however it is spelt."""
    spelt = spellings(kind, value)
    digests = [digest_of(kind, one) for one in spelt]
    naming = Q(report__in=Indicator.objects.filter(digest__in=digests).values("report"))
    if kind == "account":
        naming |= Q(report__in=Loss.objects.filter(to_account__in=spelt).values("report"))
    return naming


def _split(
    officer: Officer,
    head: Part,
    rows: Collection[Placement],
    words: str,
    now: datetime,
    *,
    why: tuple[str, str] = ("", ""),
    is_cut: bool = False,
) -> Judgement:
    """One part for each that reports are taken from, all of them together and each apart from where it came from."""
    judgement = _judge(officer, Kind.SPLIT, head, words, now, why=why, reports=len(rows))
    sources = sorted({row.part_id for row in rows})
    made = make_parts([Part(parent_id=one, split=judgement, kin=judgement.kin, made_at=now) for one in sources])
    for source, child in zip(sources, made, strict=True):
        Tie.objects.create(judgement=judgement, one=child, other_id=source, together=False)
        if child.pk != made[0].pk:
            Tie.objects.create(judgement=judgement, one=made[0], other=child, together=True)
        put(judgement, [row for row in rows if row.part_id == source], child.pk)
    _record("campaigns.cut" if is_cut else "campaigns.split", officer, judgement, now)
    pins.review_moved(judgement, now)
    return judgement


def _judge(
    officer: Officer,
    kind: Kind,
    part: Part,
    words: str,
    now: datetime,
    *,
    into: Part | None = None,
    why: tuple[str, str] = ("", ""),
    reports: int = 0,
    undoes: Judgement | None = None,
) -> Judgement:
    told = without_controls(words).strip()[:LONGEST_WORDS]
    if not any(sign.isalnum() for sign in told) and why == ("", ""):
        raise InputError("no_reason", refusals.NO_REASON, field="words")
    return Judgement.objects.create(
        kind=kind,
        by=officer.actor,
        officer=officer,
        at=now,
        kin=join_kins([part, into] if into else [part]),
        part=part,
        into=into,
        why_kind=why[0],
        why_value=why[1],
        words=told,
        reports=reports,
        undoes=undoes,
    )


def _record(verb: str, officer: Officer, judgement: Judgement, now: datetime, **more: str) -> Judgement:
    """Campaigns by the new judgement, and its entry."""
    decide_anew([judgement.kin], now)
    data = {"judgement": judgement.subject, "reports": judgement.reports, **more}
    if judgement.into:
        data["into"] = judgement.into.subject
    ledger.record(actor=officer.actor, verb=verb, subject=judgement.part.subject, data=data, at=now)
    return judgement


def _one(officer: Officer, code: str) -> Part:
    rights.require(officer, VERB)
    lock()
    return get_head(officer, VERB, code)


def _two(officer: Officer, code: str, other: str) -> tuple[Part, Part]:
    one = _one(officer, code)
    two = get_head(officer, VERB, other)
    if one.pk == two.pk:
        raise ConflictError("same_campaign", refusals.SAME_CAMPAIGN)
    return one, two


def _crossing(one: Part, other: Part) -> list[tuple[int, int]]:
    """Pairs of parts of which a live judgement says that they are apart, one in each campaign: what a newer merge overrules."""
    undone = Judgement.objects.filter(undoes__isnull=False).values("undoes")
    heads = Q(one__head=one, other__head=other) | Q(one__head=other, other__head=one)
    rows = Tie.objects.filter(heads, judgement__kin__in={one.kin, other.kin}, together=False).exclude(
        judgement__in=undone
    )
    return sorted(set(rows.values_list("one", "other")) - {(one.pk, other.pk), (other.pk, one.pk)})


def _is_seen(officer: Officer, judgement: Judgement) -> bool:
    """Whether the officer made it, or may see a campaign that it is about; who sees all reports sees one without any."""
    if judgement.officer_id == officer.pk or not mine(officer):
        return True
    parts = [judgement.part, *([judgement.into] if judgement.into else []), *judgement.made.all()]
    return any(find_head(officer, part.code) for part in parts)
