"""A measure whose ground was undone comes up for review: a person says that it stands, or lifts it by the ordinary verb.

Nothing is lifted by itself: what was undone may be one of several reasons.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from keng.base.errors import ConflictError, InputError, Said
from keng.base.times import iso
from keng.desk.fraud.measures import refusals
from keng.desk.fraud.measures.checks import check_reason
from keng.desk.fraud.measures.models import OPEN_STATES, Measure, Review, ReviewState
from keng.desk.fraud.measures.records import get_measure_for
from keng.desk.fraud.measures.records import record_measure as _record
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

REVIEW_MEASURE = Said("Xem lại lệnh: căn cứ đã thay đổi", "Review the order: what it rested on was undone")
NO_REVIEW = Said("Không có việc xem lại này đang chờ.", "There is no such review waiting.")


def open_reviews(measure_ids: Iterable[UUID], cause: str, *, actor: str, now: datetime) -> list[Review]:
    """Let these measures come up for review because of `cause` (as the ledger names it); part of the caller's transaction.

    Measures that are over, and those that wait for a review already, are passed over.
    """
    decide_by = rules.due("measure.review_within", now)
    rows = Measure.objects.filter(pk__in=set(measure_ids), state__in=OPEN_STATES).exclude(
        reviews__state=ReviewState.OPEN
    )
    opened = []
    for measure in rows.order_by("pk"):
        review = Review.objects.create(measure=measure, cause=cause, opened_at=now, decide_by=decide_by)
        _record("measures.open_review", actor, measure, now, cause=cause, decide_by=iso(decide_by))
        opened.append(review)
    return opened


@transaction.atomic
def let_stand(officer: Officer, review_id: UUID, reason: str, *, now: datetime) -> Review:
    """An officer says that the measure stands all the same. InputError `no_reason`, `no_review`; ConflictError
    `decided_already`.
    """
    review, measure = _get(officer, review_id)
    decided = Review.objects.filter(pk=review.pk, state=ReviewState.OPEN).update(
        state=ReviewState.STANDS, decided_by=officer, decided_at=now, reason=check_reason(reason)
    )
    if decided != 1:
        raise ConflictError("decided_already", refusals.DECIDED_ALREADY)
    _record("measures.let_stand", officer.actor, measure, now, review=str(review.pk))
    review.refresh_from_db()
    return review


def reviews_of(officer: Officer, measure: Measure) -> list[Review]:
    """The reviews of a measure that the officer may see, the newest first."""
    rights.require_to_read(officer, "measures.list")
    mine = Review.objects.filter(within(officer, "measures.list", at="measure__report__"), measure=measure)
    return list(mine.select_related("decided_by").order_by("-opened_at"))


def _get(officer: Officer, review_id: UUID) -> tuple[Review, Measure]:
    review = Review.objects.filter(pk=review_id).first()
    if review is None:
        rights.require(officer, "measures.let_stand")
        raise InputError("no_review", NO_REVIEW)
    try:
        measure = get_measure_for(officer, "measures.let_stand", review.measure_id)
    except InputError as error:  # of another unit: as if it were not there
        raise InputError("no_review", NO_REVIEW) from error
    return review, measure


def close(measure: Measure, now: datetime) -> None:
    """A measure that is over needs no review."""
    Review.objects.filter(measure=measure, state=ReviewState.OPEN).update(state=ReviewState.OVER, decided_at=now)
