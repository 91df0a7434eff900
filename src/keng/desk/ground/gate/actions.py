"""What the gate does with a caller: let in, let in to be read later, or ask for work. Nobody is refused for good."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from math import log2
from threading import Lock

from django.db import DatabaseError, IntegrityError, transaction

from keng.base.errors import KengError
from keng.base.times import day_in_vietnam
from keng.desk.ground.gate import work
from keng.desk.ground.gate.addresses import Address
from keng.desk.ground.gate.budgets import Budgets
from keng.desk.ground.gate.models import Count, Spent
from keng.desk.ground.gate.sources import DayKey, Source, day_key, forget_old_keys, live_keys, source_of
from keng.desk.ground.gate.work import Purpose
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.keys import Purpose as KeyPurpose
from keng.vietnam import rules

EVERYBODY = b""
SMS_REPORT, SMS_QUESTION = "sms", "sms_ask"  # eight letters at most, as the table of counts has them
SLOW = "slow"  # the purpose under which reports in the slower lane are counted
HARDER = 2  # bits for each doubling beyond the budget
MOST_SLOTS = 10_000
MOST_SPENT = 100_000
WINDOW = timedelta(minutes=10)
LONGEST_WAIT = timedelta(minutes=2)
WAITED_TIMES = 2  # how often the slower lane's budget those who waited may use up

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the gate, as far as it needs to know. `waiting`: requests of this process that wait for a thread."""

    purpose: Purpose
    address: Address | None
    token: str = ""
    waiting: int = 0
    may_be_slow: bool = False  # a form sent without a script: taken, and read after the others
    may_wait: bool = False  # a person, who may wait instead of computing


@dataclass(frozen=True, slots=True)
class Admitted:
    """Let in; `later` if it is to be read after the others. `source` is the caller of today, as a hash."""

    source: bytes
    later: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Asked for work, or a person to wait. `why` says what was wrong with the proof that came, if one came."""

    challenge: str
    bits: int
    ticket: str
    wait_seconds: int
    why: KengError | None = None


def admit(visit: Visit, keys: KeyStore, *, now: datetime) -> Admitted | Asked:
    """Judge a caller. At most one write, and none where nothing is let in; look-ups are charged by `note_miss` alone."""
    key = day_key(keys, now)
    source = source_of(visit.address, key)
    bits, over = demand(visit.purpose, source, visit.waiting, now)
    if bits == 0:
        return _let_in(visit, source, now, later=False, may_share=True)
    if visit.token:
        return _paid(visit, source, key, bits, over, keys, now)
    if visit.may_be_slow and not _is_over(SLOW, source, now):
        return _let_in(visit, source, now, later=True, may_share=True)
    return _ask(visit, source, key, bits, now)


def demand(purpose: Purpose, source: Source, waiting: int, now: datetime) -> tuple[int, float]:
    """How many bits of work are asked now (0: none), and how far over its budget the fullest count is (1.0: just full)."""
    day = day_in_vietnam(now)
    full = max(
        *(budgets().used(purpose, level, now) / _budget(purpose, name, day) for name, level in _levels(source)),
        waiting / _figure("gate.waiting", day),
    )
    if full < 1:
        return 0, full
    harder = int(HARDER * log2(full))
    return min(_figure("gate.first_bits", day) + harder, _figure("gate.most_bits", day)), full


def admit_number(purpose: str, number: str, keys: KeyStore, *, now: datetime, net: str = "") -> Admitted | None:
    """Judge somebody who is known by a telephone number alone and can be asked for no work; None: over every budget now.

    `purpose` is SMS_REPORT, of which what is over its budget is taken and read later while the slower lane has room, or
    SMS_QUESTION. The number is kept as a hash of the day, as addresses are; `net`: what it belongs to (else its neighbours).
    """
    key = day_key(keys, now)
    source = Source(
        key.digest("narrow", f"number {number}".encode()), key.digest("wide", f"number {net or number[:-4]}".encode())
    )
    day = day_in_vietnam(now)
    if all(budgets().used(purpose, level, now) < _budget(purpose, name, day) for name, level in _levels(source)):
        for name, level in _levels(source):
            budgets().add(purpose, level, _budget(purpose, name, day), now, may_share=True)
        return Admitted(source.narrow)
    if purpose == SMS_REPORT and not _is_over(SLOW, source, now):
        _charge(SLOW, source, now, may_share=True)
        return Admitted(source.narrow, later=True)
    for _name, level in _levels(source):
        budgets().turn_away(purpose, level, now)
    return None


def offer(purpose: Purpose, address: Address | None, waiting: int, keys: KeyStore, *, now: datetime) -> Asked | None:
    """A challenge for somebody who has not come yet but will; None while nothing is asked."""
    key = day_key(keys, now)
    source = source_of(address, key)
    bits, _full = demand(purpose, source, waiting, now)
    return Asked(work.make_challenge(key, source.narrow, purpose, bits, now), bits, "", 0) if bits else None


def note_miss(purpose: Purpose, address: Address | None, keys: KeyStore, *, now: datetime) -> None:
    """Charge a look-up that found nothing: guessing is what a look-up's budget is for."""
    _charge(purpose, source_of(address, day_key(keys, now)), now, may_share=True)


def forget(keys: KeyStore, *, now: datetime) -> None:
    """Destroy the keys of past days, and sweep away their rows, counts and used proofs whose time is over."""
    forget_old_keys(keys, now)
    keys.forget(KeyPurpose.GATE, now - timedelta(days=_figure("gate.key_row_lasts", day_in_vietnam(now))))
    first = int((now - 2 * WINDOW).timestamp() // WINDOW.total_seconds())
    Count.objects.filter(window__lt=first).delete()
    Spent.objects.filter(until__lt=now).delete()


@cache
def budgets() -> Budgets:
    """The counts of this process."""
    return Budgets(WINDOW)


def _paid(
    visit: Visit, source: Source, key: DayKey, bits: int, full: float, keys: KeyStore, now: datetime
) -> Admitted | Asked:
    live = live_keys(keys, now)
    try:
        paid = work.check(
            visit.token, live, [source_of(visit.address, one).narrow for one in live], visit.purpose, bits, now
        )
        if paid.waited and _is_over(SLOW, source, now, WAITED_TIMES):
            return _ask(visit, source, key, bits, now)
        _spend(paid)
    except KengError as error:
        return _ask(visit, source, key, bits, now, why=error)
    return _let_in(visit, source, now, later=paid.waited or full >= _hardest(now), may_share=False)


def _spend(paid: work.Paid) -> None:
    """Note that a proof was used. Raises ConflictError `proof_replayed`. Without the database only this process knows."""
    with _lock:
        if paid.digest in _spent_here:
            raise work.replayed()
        _spent_here[paid.digest] = None
        while len(_spent_here) > MOST_SPENT:
            _spent_here.popitem(last=False)
    try:
        with transaction.atomic():
            Spent(digest=paid.digest, until=paid.until).save(force_insert=True)
    except IntegrityError as error:
        raise work.replayed() from error
    except DatabaseError:
        logger.exception("a used proof could not be shared")


def _let_in(visit: Visit, source: Source, now: datetime, *, later: bool, may_share: bool) -> Admitted:
    if later or visit.purpose is not Purpose.LOOKUP:
        _charge(SLOW if later else visit.purpose, source, now, may_share=may_share)
    return Admitted(source.narrow, later)


def _charge(purpose: str, source: Source, now: datetime, *, may_share: bool) -> None:
    for name, level in _levels(source):
        written = budgets().add(purpose, level, _budget(purpose, name, day_in_vietnam(now)), now, may_share=may_share)
        may_share = may_share and not written


def _ask(visit: Visit, source: Source, key: DayKey, bits: int, now: datetime, why: KengError | None = None) -> Asked:
    for _name, level in _levels(source):
        budgets().turn_away(visit.purpose, level, now)
    at = _next_slot(source.narrow, now) if visit.may_wait else now
    return Asked(
        work.make_challenge(key, source.narrow, visit.purpose, bits, now),
        bits,
        work.make_ticket(key, source.narrow, visit.purpose, at) if visit.may_wait else "",
        max(int((at - now).total_seconds()) + 1, 1),
        why,
    )


def _next_slot(source: bytes, now: datetime) -> datetime:
    """When the next ticket of this source serves: one every few seconds, so that waiting in many windows gains nothing."""
    step = timedelta(seconds=_figure("gate.wait_seconds", day_in_vietnam(now)))
    with _lock:
        at = min(max(now, _slots.pop(source, now)) + step, now + LONGEST_WAIT)
        _slots[source] = at
        while len(_slots) > MOST_SLOTS:
            _slots.popitem(last=False)
    return at


def _is_over(purpose: str, source: Source, now: datetime, times: int = 1) -> bool:
    return any(
        budgets().used(purpose, level, now) >= times * _budget(purpose, name, day_in_vietnam(now))
        for name, level in _levels(source)
    )


def _levels(source: Source) -> tuple[tuple[str, bytes], ...]:
    return ("source", source.narrow), ("net", source.wide), ("all", EVERYBODY)


def _hardest(now: datetime) -> float:
    """How far over its budget a source must be for the work to be as hard as it gets."""
    day = day_in_vietnam(now)
    return float(2 ** ((_figure("gate.most_bits", day) - _figure("gate.first_bits", day)) / HARDER))


def _budget(purpose: str, level: str, day: date) -> int:
    return _figure(f"gate.{purpose}.{level}", day)


def _figure(code: str, day: date) -> int:
    return _value(rules.limit, code, day)


@lru_cache(256)
def _value(limit: Callable[[str, date], rules.Limit], code: str, day: date) -> int:
    """The figure, looked up in the table once a day: the gate asks for a dozen of them at each request."""
    return limit(code, day).value


_spent_here: OrderedDict[bytes, None] = OrderedDict()
_slots: OrderedDict[bytes, datetime] = OrderedDict()
_lock = Lock()
