"""Which addresses stand behind the gate, and for what. An address that is not listed costs next to nothing or knows its caller."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from keng.desk.ground.gate.work import Purpose


class Way(Enum):
    """How a caller can be asked: a form that is kept while it waits, one with files, a page that reloads, a machine."""

    FORM = auto()
    FILES = auto()
    PAGE = auto()
    MACHINE = auto()


@dataclass(frozen=True, slots=True)
class Route:
    """What a request to an address is for. `may_be_slow`: without work it is taken all the same, and read later."""

    purpose: Purpose
    way: Way
    may_be_slow: bool = False


_LOOK = Route(Purpose.LOOKUP, Way.PAGE)
ROUTES: dict[tuple[str, str], Route] = {
    ("public:send", "POST"): Route(Purpose.REPORT, Way.FORM, may_be_slow=True),
    ("public:say", "POST"): Route(Purpose.MESSAGE, Way.FORM),
    ("public:pictures", "POST"): Route(Purpose.PICTURE, Way.FILES),
    ("public:appeal", "POST"): Route(Purpose.APPEAL, Way.FORM),
    ("public:appeal", "GET"): _LOOK,
    ("public:appeal_answer", "GET"): _LOOK,
    ("public:appeal_proofs", "GET"): _LOOK,
    ("public:appeal_again", "POST"): Route(Purpose.APPEAL, Way.FORM),
    ("public:appeal_again", "GET"): _LOOK,
    ("public:followup", "GET"): _LOOK,
    ("public:followup_say", "POST"): Route(Purpose.MESSAGE, Way.FORM),
    ("public:followup_appeal", "POST"): Route(Purpose.APPEAL, Way.FORM),
    ("public:erase", "POST"): Route(Purpose.MESSAGE, Way.FORM),
    ("public:erase", "GET"): _LOOK,
    ("public:proofs", "GET"): _LOOK,
    ("public:track_ask", "GET"): _LOOK,
    ("public:track", "GET"): _LOOK,
    ("public:track_live", "GET"): _LOOK,
    ("public:sent", "GET"): _LOOK,
    ("api:report_create", "POST"): Route(Purpose.REPORT, Way.MACHINE),
    ("api:report_pictures", "POST"): Route(Purpose.PICTURE, Way.MACHINE),
    ("api:report_track", "GET"): Route(Purpose.LOOKUP, Way.MACHINE),
}


def find_route(view_name: str, method: str) -> Route | None:
    """What the gate knows of an address; None if it stands open."""
    return ROUTES.get((view_name, "GET" if method == "HEAD" else method))
