"""What a measure rests on. If that is undone, or the reports that it rests on are taken elsewhere, the measure comes up for
review.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from keng.desk.fraud.campaigns.models import Judgement, Named, Part, Pin, Placement
from keng.desk.fraud.campaigns.sums import spellings
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures.models import OPEN_STATES, Measure
from keng.desk.fraud.reports.models import Indicator, Loss
from keng.desk.fraud.reports.sightings import digest_of


def version_of(kin: int) -> int:
    """The newest judgement about these parts; 0 if there is none."""
    return Judgement.objects.filter(kin=kin).order_by("-pk").values_list("pk", flat=True).first() or 0


def pin(measure: Measure, placement: Placement, now: datetime) -> Pin:
    """Note what a new measure rests on: where its report stands, and all that was judged so far."""
    part = placement.part
    return Pin.objects.create(
        measure=measure, part=part, campaign_id=part.head_id, version=version_of(part.kin), kin=part.kin, at=now
    )


def resting_on(judgement: Judgement) -> list[UUID]:
    """The open measures that were proposed from a campaign of this judgement's after it was made."""
    parts = {judgement.part_id, judgement.into_id, *judgement.made.values_list("pk", flat=True)} - {None}
    heads = set(Part.objects.filter(pk__in=parts).values_list("head", flat=True))
    pins = _open().filter(kin=judgement.kin, version__gte=judgement.pk, part__head__in=heads)
    return list(pins.values_list("measure_id", flat=True))


def review(measure_ids: Iterable[UUID], cause: Judgement, now: datetime) -> None:
    """Let these come up for review because of a judgement."""
    measures.open_reviews(measure_ids, cause.subject, actor=cause.by, now=now)


def review_moved(judgement: Judgement, now: datetime) -> None:
    """A judgement took reports out of campaigns: measures for one of them, and those whose object one of them names."""
    moved = Named.objects.filter(judgement=judgement)
    heads = set(Part.objects.filter(pk__in=moved.values("before")).values_list("head", flat=True))
    pins = _open().filter(kin=judgement.kin).select_related("measure", "part")
    concerned = [
        one.measure_id
        for one in pins.annotate(goes=Exists(moved.filter(report=OuterRef("measure__report"))))
        if one.goes or (one.part.head_id in heads and _is_named(one.measure, judgement))
    ]
    if concerned:
        review(concerned, judgement, now)


def _is_named(measure: Measure, judgement: Judgement) -> bool:
    """Whether a report that the judgement moved names the measure's object."""
    spelt = spellings(measure.object_kind, measure.object_value)
    digests = [digest_of(measure.object_kind, one) for one in spelt]
    naming = Q(Exists(Indicator.objects.filter(report=OuterRef("report"), digest__in=digests)))
    if measure.object_kind == "account":
        naming |= Q(Exists(Loss.objects.filter(pk=OuterRef("report"), to_account__in=spelt)))
    return Named.objects.filter(naming, judgement=judgement).exists()


def _open() -> QuerySet[Pin]:
    return Pin.objects.filter(measure__state__in=OPEN_STATES)
