"""A case of follow-up whose holder appealed: a carrier handed in its register, the first officer let it take effect."""

from __future__ import annotations

import uuid
from typing import Any

from keng.desk.fraud.followup import actions, codes
from keng.desk.fraud.followup.models import Batch, Word
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.partners.actions import enrol

HOLDER_WROTE = "Tôi đã đổi tên từ năm 2009"


def make_followed(cast: Any) -> Word:
    """The appeal; its case has had its first notice."""
    return actions.appeal(code_of_followed(cast), HOLDER_WROTE, cast.keys, now=cast.clock.at)


def code_of_followed(cast: Any) -> str:
    """The holder's code of a new case that has had its first notice."""
    now = cast.clock.at
    carrier = add(NewOrganisation("carrier-f", "carrier", "Nhà mạng F", "Carrier F"), now=now)
    enrol("carrier:f", "Nhà mạng F", "http://127.0.0.1:9/f", organisation=carrier, now=now)
    found = actions.Finding("F-1", "+84987000111", "ambiguous", ("several_fit_number",), ("holder_id",), 0.5, "p", 1)
    ident = uuid.uuid4()
    actions.begin(cast.first, ident, carrier, "sim", [found], now)
    actions.take_steps(ident, now=now)
    batch = Batch.objects.get(pk=ident)
    return codes.code_of(codes.open_key(batch, cast.keys), "F-1")
