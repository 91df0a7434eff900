"""How many questions a submitter asked today, and how many around one number or person: whether it may ask now.

A question in order costs one look. What the look finds odd is gone into, noted and raised for an officer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from keng.base.errors import RefusedError
from keng.base.times import VIETNAM, day_in_vietnam
from keng.desk.fraud.registers import refusals
from keng.desk.fraud.registers.models import Asked, Guessing
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners import actions as partner_actions
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.partners.queries import IS_TAKEN
from keng.desk.ground.plainly import look
from keng.vietnam import rules

YES = "yes"
MANY = 1000
"""Questions of a day that are counted anew; of more, the older ones are counted once."""
SETTLED = timedelta(seconds=10)
"""After so long no question comes in under an earlier moment, or too few do to matter."""
FRESH, SPARE = timedelta(seconds=1), 1000
"""For so long a count stands, of a submitter who may ask so many more: hardly anybody asks that many meanwhile."""
LOOK = f"""
SELECT {IS_TAKEN},
  (SELECT count(*) FROM registers_asked WHERE partner_id = %s AND at >= %s),
  (SELECT count(*) FILTER (WHERE partner_id = %s AND answer <> 'yes') FROM registers_asked WHERE person = %s AND at > %s),
  (SELECT count(*) FILTER (WHERE partner_id = %s AND answer <> 'yes') FROM registers_asked WHERE who = %s AND at > %s),
  EXISTS (SELECT 1 FROM registers_guessing WHERE partner_id = %s AND digest IN (%s, %s) AND settled_at IS NULL)
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class _Counted:
    """How many questions of the day that began at `begun` came before `until`; and since then until `looked_at`."""

    begun: datetime
    until: datetime
    questions: int = 0
    recent: int = 0
    looked_at: datetime | None = None

    def stands(self, now: datetime, most: int) -> bool:
        """Whether the submitter may ask now whatever was asked since the last count."""
        is_fresh = self.looked_at is not None and self.looked_at <= now < self.looked_at + FRESH
        return is_fresh and self.questions + self.recent + SPARE <= most


_counted: dict[str, _Counted] = {}  # by submitter; each process counts for itself


@dataclass(frozen=True, slots=True)
class _Seen:
    """Whether the message was taken before; questions since the moment up to which the day's were counted, if that was asked; those
    in vain around the number and the person; whether an officer is to settle one of these.
    """

    is_taken: bool
    recent: int
    around_number: int
    around_who: int
    is_open: bool


def check(partner: Partner, person: str, who: str, now: datetime, message: str = "") -> None:
    """Return if the submitter may ask now, by this message of theirs.

    Raises RefusedError, ConflictError `webhook_id_seen`; what looks like guessing is raised for an officer first.
    """
    today = now.astimezone(VIETNAM).date()
    before = _counted_before(partner, datetime.combine(today, datetime.min.time(), VIETNAM))
    most = int(rules.limit("registers.questions", today).value)
    until = None if before.stands(now, most) else before.until
    seen = _look(partner, person, who, until, now, message)
    if seen.is_taken:
        raise partner_actions.id_seen()
    if until is not None:
        _count_on(partner, before, seen.recent, now)
        if before.questions + seen.recent >= most:
            raise RefusedError("too_many_questions", refusals.TOO_MANY_QUESTIONS.filled(most=most))
    guesses = rules.limit("registers.guesses", today).value
    if not seen.is_open and max(seen.around_number, seen.around_who) < guesses:
        return
    for around, digest in (("number", person), ("who", who)):
        if _is_guessing(partner, around, digest, now):
            raise RefusedError("looks_like_guessing", refusals.LOOKS_LIKE_GUESSING)


def _counted_before(partner: Partner, begun: datetime) -> _Counted:
    found = _counted.get(partner.pk)
    return found if found is not None and found.begun == begun else _Counted(begun, begun)


def _count_on(partner: Partner, before: _Counted, recent: int, now: datetime) -> None:
    """Note what was counted; of many, the older ones are not counted again."""
    until, settled = before.until, 0
    if recent > MANY and now - SETTLED > until:
        until = now - SETTLED
        settled = Asked.objects.filter(partner=partner, at__gte=before.until, at__lt=until).count()
    _counted[partner.pk] = _Counted(before.begun, until, before.questions + settled, recent - settled, now)


def _look(partner: Partner, person: str, who: str, until: datetime | None, now: datetime, message: str) -> _Seen:
    """`until` None: the day's questions are not counted, which costs more than all else here."""
    at = connection.ops.adapt_datetimefield_value
    code, since = partner.pk, at(now - rules.limit("registers.guess_window", day_in_vietnam(now)).time)
    values = [code, message, code, until and at(until), code, person, since, code, who, since, code, person, who]
    is_taken, recent, around_number, around_who, is_open = look(LOOK, values)
    return _Seen(bool(is_taken), recent, around_number, around_who, bool(is_open))


def _is_guessing(partner: Partner, around: str, digest: str, now: datetime) -> bool:
    open_ones = Guessing.objects.filter(partner=partner, around=around, digest=digest)
    if open_ones.filter(settled_at=None).update(refused=F("refused") + 1):
        return True
    window: timedelta = rules.limit("registers.guess_window", day_in_vietnam(now)).time
    since = max([now - window, *open_ones.order_by("-settled_at").values_list("settled_at", flat=True)[:1]])
    rows = Asked.objects.filter(partner=partner, at__gt=since).exclude(answer=YES)
    count = rows.filter(**{"person" if around == "number" else "who": digest}).count()
    if count < rules.limit("registers.guesses", day_in_vietnam(now)).value:
        return False
    _raise(partner, around, digest, count, now)
    return True


def _raise(partner: Partner, around: str, digest: str, count: int, now: datetime) -> None:
    try:
        with transaction.atomic():
            row = Guessing.objects.create(partner=partner, around=around, digest=digest, questions=count, raised_at=now)
            data: dict[str, object] = {"around": around, "questions": count}
            ledger.record(
                actor="system:worker", verb="registers.raise_guessing", subject=row.subject, data=data, at=now
            )
    except IntegrityError:
        return  # another question raised it a moment ago
