"""A case of follow-up whose holder appealed: a carrier handed in its register, an officer let it take effect."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from keng.desk.fraud.followup import actions, codes
from keng.desk.fraud.followup.models import Batch, Word
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.partners.actions import enrol


@dataclass(frozen=True)
class Names:
    """What stands in it: the carrier's name, the record, the number, and what the holder wrote."""

    carrier: str = "f"
    record: str = "F-1"
    number: str = "+84987000111"
    words: str = "Tôi đã đổi tên từ năm 2009"


NAMES = Names()
HOLDER_WROTE = NAMES.words


def make_followed(cast: Any, officer: Any = None, names: Names = NAMES) -> Word:
    """The appeal; its case has had its first notice. `officer` let it take effect: the cast's first unless told."""
    return actions.appeal(code_of_followed(cast, officer, names), names.words, cast.keys, now=cast.clock.at)


def code_of_followed(cast: Any, officer: Any = None, names: Names = NAMES) -> str:
    """The holder's code of a new case that has had its first notice."""
    now, name = cast.clock.at, f"Nhà mạng {names.carrier.upper()}"
    carrier = add(NewOrganisation(f"carrier-{names.carrier}", "carrier", name, f"Carrier {names.carrier}"), now=now)
    enrol(f"carrier:{names.carrier}", name, "http://127.0.0.1:9/f", organisation=carrier, now=now)
    found = actions.Finding(
        names.record, names.number, "ambiguous", ("several_fit_number",), ("holder_id",), 0.5, "p", 1
    )
    ident = uuid.uuid4()
    actions.begin(officer or cast.first, ident, carrier, "sim", [found], now)
    actions.take_steps(ident, now=now)
    batch = Batch.objects.get(pk=ident)
    return codes.code_of(codes.open_key(batch, cast.keys), names.record)
