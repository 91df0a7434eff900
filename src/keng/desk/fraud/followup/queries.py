"""Reading follow-ups for others: an officer's lists and figures, a holder's own case, a partner's orders."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q

from keng.base.errors import InputError, Said
from keng.base.times import VIETNAM
from keng.desk.fraud.followup import codes, orders, refusals
from keng.desk.fraud.followup.deciding import took_part, undecided
from keng.desk.fraud.followup.models import UNANSWERED, Action, Batch, Call, Case, Order, Word, WordKind, WordState
from keng.desk.fraud.followup.standing import OPEN, Standing, State, in_state, ladder_of, standing
from keng.desk.fraud.followup.words import find_case, text_of
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules
from keng.vietnam.phones import canonical_phone
from keng.vietnam.rules.followups import Ladder, ladders

PAGE = 100
LINES = 20
MOST_OPEN = 500
FIRST = (Action.RESTORE, Action.CHECK)
THEN = tuple(action for action in Action if action not in FIRST)
HIDDEN = "····-····-····-····"
STATES = (*OPEN, State.CORRECTED, State.GRANTED, State.LET_GO, State.EXEMPT, State.TAKEN_BACK)


@dataclass(frozen=True, slots=True)
class Line:
    """What waits for an officer: a verdict of a batch, a case whose holder asks, or an appeal. `answer_by`: its clock."""

    what: str  # batch, person, appeal, contact
    batch: Batch
    verdict: str
    count: int
    since: datetime
    answer_by: datetime | None
    case: Case | None = None
    word: Word | None = None
    is_mine: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """A case for its page: how it stands, by which rule, what went out, what was said and who called."""

    case: Case
    batch: Batch
    stands: Standing
    ladder: Ladder
    orders: list[Order]
    words: list[tuple[Word, str]]
    calls: list[Call]


def batches(officer: Officer) -> list[Batch]:
    """The batches of the officer's units, newest first."""
    rights.require_to_read(officer, "followup.list")
    rows = Batch.objects.filter(_mine(officer, "owner"), begun_at__isnull=False)
    return list(rows.select_related("submitter", "partner", "begun_by").order_by("-begun_at")[:PAGE])


def get_batch(officer: Officer, batch_id: UUID) -> Batch:
    """One of them. Raises InputError `no_followup`."""
    rights.require_to_read(officer, "followup.list")
    rows = Batch.objects.filter(_mine(officer, "owner"), pk=batch_id, begun_at__isnull=False)
    found = rows.select_related("submitter", "partner", "begun_by", "rolled_back_by").first()
    if found is None:
        raise InputError("no_followup", refusals.NO_BATCH)
    return found


def sums(batch: Batch, now: datetime) -> dict[State, int]:
    """How many cases of a batch stand in each state. One query over the batch's rows."""
    counts = {f"n{place}": Count("pk", filter=in_state(state, now)) for place, state in enumerate(STATES)}
    found = Case.objects.filter(batch=batch).aggregate(**counts)
    return {state: found[f"n{place}"] for place, state in enumerate(STATES)}


def sums_by_verdict(batch: Batch) -> list[tuple[str, int]]:
    """How many cases each verdict has, the most first."""
    rows = Case.objects.filter(batch=batch).values_list("verdict").annotate(n=Count("pk"))
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def late_orders(batch: Batch, now: datetime) -> int:
    """Orders of a batch that the partner has not answered in time."""
    return Order.objects.filter(case__batch=batch, state__in=UNANSWERED, answer_by__lte=now).count()


def cases(officer: Officer, *, state: str, batch: str, number: str, now: datetime) -> list[tuple[Case, Standing]]:
    """Cases of the officer's units in a state (empty: those that are open), those that change soonest first; at most 100.

    `number` is a whole phone number or account: there is no search by a part of one.
    """
    rights.require_to_read(officer, "followup.list")
    rows = Case.objects.filter(_mine(officer, "batch__owner"), batch__begun_at__isnull=False)
    if number:
        rows = rows.filter(value__in={number, canonical_phone(number) or number})
    elif state in set(STATES):
        rows = rows.filter(in_state(State(state), now))
    else:
        rows = rows.filter(outcome="", batch__rolled_back_at=None)
    if _is_uuid(batch):
        rows = rows.filter(batch=batch)
    rows = rows.select_related("batch__submitter").order_by("asked_at", "next_at", "pk")
    return [(case, standing(case, case.batch, now)) for case in rows[:PAGE]]


def get_case(officer: Officer, case_id: UUID) -> Case:
    """One case of the officer's units. Raises InputError `no_case`."""
    rights.require_to_read(officer, "followup.list")
    rows = Case.objects.filter(_mine(officer, "batch__owner"), pk=case_id, batch__begun_at__isnull=False)
    found = rows.select_related(
        "batch__submitter", "batch__partner", "batch__begun_by", "decided_by", "closed_by"
    ).first()
    if found is None:
        raise InputError("no_case", refusals.NO_CASE)
    return found


def newest_of(case: Case) -> str:
    """How much belongs to the case by now: another text once a word, an order, its answer, a call or a decision came."""
    words = case.words.aggregate(said=Count("pk"), answered=Count("decided_at"))
    orders = case.orders.aggregate(made=Count("pk"), answered=Count("answered_at"))
    return ".".join(map(str, (*words.values(), *orders.values(), case.calls.count(), case.outcome, case.decision)))


def whole(case: Case, keys: KeyStore, now: datetime) -> Followed:
    """All that belongs to a case, oldest first. The caller has seen its code, or has the right to it."""
    words = case.words.select_related("decided_by").order_by("said_at", "pk")
    return Followed(
        case=case,
        batch=case.batch,
        stands=standing(case, case.batch, now),
        ladder=ladder_of(case),
        orders=list(case.orders.order_by("number")),
        words=[(word, text_of(word, keys)) for word in words],
        calls=list(case.calls.select_related("officer").order_by("at", "pk")),
    )


def track(code: str, keys: KeyStore, now: datetime) -> Followed:
    """The case of a code as its holder typed it. Raises InputError `no_code`."""
    return whole(find_case(code), keys, now)


def told(order: Order, case: Case) -> Said:
    """The text to the holder as it was made, but for the code: it is the holder's, and no officer reads it."""
    order.case = case
    return orders.text_of(order, HIDDEN)


def told_whole(order: Order, keys: KeyStore) -> Said:
    """The same with the code, for the partner that passes it on."""
    case = order.case
    return orders.text_of(order, codes.code_of(codes.open_key(case.batch, keys), case.record))


def lines(officer: Officer, now: datetime) -> list[Line]:
    """What waits for a person's decision in the officer's units, the soonest clock first."""
    rights.require_to_read(officer, "followup.list")
    mine = Batch.objects.filter(_mine(officer, "owner"), begun_at__isnull=False, rolled_back_at=None)
    standing_ones = {batch.pk: batch for batch in mine.select_related("submitter")}
    if not standing_ones:
        return []
    found = [*_batch_lines(officer, standing_ones, now), *_asked(officer, standing_ones, now)]
    found += _appeals(officer, standing_ones)
    return sorted(found, key=lambda line: (line.answer_by is None, line.answer_by or now, line.since))


def open_orders(
    partners: Collection[Partner], *, action: str = "", after: UUID | None = None, most: int = MOST_OPEN
) -> list[Order]:
    """What these partners have not answered, what gives back or is asked by a holder on top, then by the clock.

    `after`: the order that was read last, which may be answered by now; one that is not theirs is as none. A page takes as long
    where a batch has a million orders as where it has ten: each partner's and action's next ones are looked up by the clock.
    """
    last = Order.objects.filter(pk=after, partner__in=partners).first() if after else None
    groups = [(THEN, last)] if last is not None and last.action in THEN else [(FIRST, last), (THEN, None)]
    found: list[Order] = []
    for group, behind in groups:
        left = most - len(found)
        lines = [_line(partner, one, behind, left) for partner in partners for one in group if action in ("", one)]
        found += sorted(chain.from_iterable(lines), key=_place)[:left]
    return found


def _line(partner: Partner, action: Action, last: Order | None, most: int) -> list[Order]:
    """The next ones of one action by the clock, from the beginning or after `last`."""
    rows = Order.objects.filter(partner=partner, action=action, state__in=UNANSWERED)
    rows = rows.select_related("case__batch__partner").order_by("answer_by", "pk")
    if last is None:
        return list(rows[:most])
    found = list(rows.filter(answer_by=last.answer_by, pk__gt=last.pk)[:most])
    return found + list(rows.filter(answer_by__gt=last.answer_by)[: most - len(found)])


def _place(order: Order) -> tuple[datetime, UUID]:
    return order.answer_by, order.pk


def count_open(partners: Collection[Partner]) -> int:
    """How many there are."""
    return Order.objects.filter(partner__in=partners, state__in=UNANSWERED).count()


def described(order: Order, keys: KeyStore) -> dict[str, object]:
    """The order as the partner API tells it."""
    case = order.case
    code = codes.code_of(codes.open_key(case.batch, keys), case.record)
    return orders.describe(order, case, case.batch, told_whole(order, keys), code)


def decide_by(case_or_batch: Case | Batch) -> datetime:
    """When a person should have decided, counted from the batch's begin."""
    batch = case_or_batch.batch if isinstance(case_or_batch, Case) else case_or_batch
    begun = batch.begun_at or batch.made_at
    return begun + _decide_within(begun)


def _decide_within(moment: datetime) -> timedelta:
    return rules.limit("followup.decide_within", moment.astimezone(VIETNAM).date()).time


def _batch_lines(officer: Officer, mine: dict[UUID, Batch], now: datetime) -> list[Line]:
    """A line for each batch and verdict on whose cases nobody decided. Those whose ladder takes nothing away wait for nobody."""
    harmless = [row.code for row in ladders() if not row.restrictions]
    rows = Case.objects.filter(undecided(), batch__in=mine, asked_at=None).exclude(rule__in=harmless)
    grouped = rows.filter(~_has_words()).values("batch", "verdict").annotate(n=Count("pk")).order_by("batch", "verdict")
    return [
        Line(
            "batch",
            mine[row["batch"]],
            row["verdict"],
            row["n"],
            mine[row["batch"]].begun_at or now,
            decide_by(mine[row["batch"]]),
            is_mine=mine[row["batch"]].begun_by_id == officer.pk,
        )
        for row in grouped
    ]


def _has_words() -> Exists:
    return Exists(Word.objects.filter(case=OuterRef("pk")))


def _asked(officer: Officer, mine: dict[UUID, Batch], now: datetime) -> list[Line]:
    rows = Case.objects.filter(batch__in=mine, asked_at__isnull=False, outcome="").order_by("asked_at")[:LINES]
    return [
        Line(
            "person",
            mine[case.batch_id],
            case.verdict,
            1,
            case.asked_at or now,
            (case.asked_at or now) + _decide_within(case.asked_at or now),
            case=case,
            is_mine=mine[case.batch_id].begun_by_id == officer.pk,
        )
        for case in rows
    ]


def _appeals(officer: Officer, mine: dict[UUID, Batch]) -> list[Line]:
    rows = Word.objects.filter(kind=WordKind.APPEAL, state=WordState.OPEN, case__batch__in=mine)
    found = rows.select_related("case__batch").order_by("answer_by")[:LINES]
    return [
        Line(
            "appeal",
            mine[word.case.batch_id],
            word.case.verdict,
            1,
            word.said_at,
            word.answer_by,
            case=word.case,
            word=word,
            is_mine=officer.pk in took_part(word.case),
        )
        for word in found
    ]


def to_call(officer: Officer, now: datetime) -> int:
    """How many cases wait for somebody to reach the holder."""
    rows = Case.objects.filter(_mine(officer, "batch__owner"))
    return rows.filter(in_state(State.CONTACT, now)).count()


def first_due(batch: Batch) -> datetime | None:
    """When something is next sent for a batch."""
    return Case.objects.filter(batch=batch, next_at__isnull=False).aggregate(at=Min("next_at"))["at"]


def _mine(officer: Officer, field: str) -> Q:
    return rights.within(officer, "followup.list", field)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
