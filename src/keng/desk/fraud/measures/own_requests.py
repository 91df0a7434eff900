"""A partner's own requests and answers, as its clerks read them. Nothing of the reporter is among them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from keng.desk.fraud.measures.answers import note_all_delivered
from keng.desk.fraud.measures.models import UNANSWERED, Answer, Request, RequestState
from keng.desk.ground.partners.models import Partner

MOST_OPEN = 500
MOST_ANSWERS = 200


def open_of(partners: Collection[Partner], *, now: datetime) -> list[Request]:
    """What is not finally answered and not over, the one whose answer is due first on top; at most 500."""
    rows = Request.objects.filter(partner__in=partners, state__in=UNANSWERED, until__gt=now)
    rows = rows.select_related("measure", "partner").prefetch_related("questions")
    return list(rows.order_by("answer_by", "pk")[:MOST_OPEN])


def answers_of(partners: Collection[Partner]) -> list[Answer]:
    """What these partners answered, by whatever way, newest first; at most 200."""
    rows = Answer.objects.filter(partner__in=partners).select_related("request__measure", "partner")
    return list(rows.order_by("-received_at", "-pk")[:MOST_ANSWERS])


def note_seen(requests: Collection[Request], *, now: datetime) -> None:
    """A partner without an address has a request once its clerk opened it or took it along in a file."""
    unseen = [row.pk for row in requests if row.state == RequestState.ASKED and not row.partner.address]
    if unseen:
        note_all_delivered(unseen, now=now)
