"""The name and the public advice of a campaign, and what is kept to recognise its texts by."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from django.db import transaction

from keng.base.errors import InputError
from keng.desk.fraud.campaigns import refusals
from keng.desk.fraud.campaigns.linking import read
from keng.desk.fraud.campaigns.models import Judgement, Kind, Part, Placement, Sketch
from keng.desk.fraud.campaigns.scope import get_head
from keng.desk.fraud.campaigns.state import live, lock
from keng.desk.fraud.measures.checks import without_controls
from keng.desk.ground.keys.queries import store
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.engines.link import read_batch

LONGEST_NAME, LONGEST_ADVICE = 120, 600
WITNESSES = 8  # of the first and of the newest reports: what a text is compared with
FIELDS = ("name", "name_en", "advice", "advice_en")


@transaction.atomic
def name(
    officer: Officer, code: str, name: str, advice: str, *, name_en: str = "", advice_en: str = "", now: datetime
) -> Judgement:
    """Give a campaign a name and a public advice (either may be empty). From then on whoever is about to report the same is
    offered both. InputError `too_long`, `no_campaign`.
    """
    rights.require(officer, "campaigns.name")
    told = {
        key: without_controls(value).strip()
        for key, value in zip(FIELDS, (name, name_en, advice, advice_en), strict=True)
    }
    if any(len(value) > (LONGEST_NAME if key.startswith("name") else LONGEST_ADVICE) for key, value in told.items()):
        raise InputError("too_long", refusals.TOO_LONG.filled(name=LONGEST_NAME, advice=LONGEST_ADVICE), field="name")
    lock()
    head = get_head(officer, "campaigns.name", code)
    judgement = Judgement.objects.create(
        kind=Kind.NAME, by=officer.actor, officer=officer, at=now, kin=head.kin, part=head, **told
    )
    name_anew(head)
    data: dict[str, object] = {"judgement": judgement.subject, "advised": bool(told["advice"])}
    ledger.record(actor=officer.actor, verb="campaigns.name", subject=head.subject, data=data, at=now)
    return judgement


def name_anew(part: Part) -> None:
    """The name by the newest live judgement that gives one, and what its texts are recognised by, if there is an advice."""
    newest = live(Judgement.objects.filter(part=part, kind=Kind.NAME)).order_by("-pk").first()
    told = {key: getattr(newest, key) if newest else "" for key in FIELDS}
    Part.objects.filter(pk=part.pk).update(**told)
    Sketch.objects.filter(part=part).delete()
    if told["advice"]:
        _sketch(part)


def _sketch(part: Part) -> None:
    """Numbers made of a few of its texts. They are opened for that and shown to nobody."""
    rows = Placement.objects.filter(part__head=part, report__erased_at=None).order_by("received_at", "pk")
    first, last = (list(some.values_list("pk", flat=True)[:WITNESSES]) for some in (rows, rows.reverse()))
    opened = read(dict.fromkeys([*first, *last]), store())
    if not opened:
        return
    bins = read_batch([one.read for one in opened]).features.sketch
    Sketch.objects.filter(report__in=[one.pk for one in opened]).delete()
    Sketch.objects.bulk_create(
        [
            Sketch(part=part, report_id=one.pk, bins=row.astype("<u2").tobytes())
            for one, row in zip(opened, bins, strict=True)
            if np.count_nonzero(row)
        ]
    )
