"""The facts of a ledger entry in words. What nobody described here is left to the entry as the machine kept it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from keng.base.errors import Said
from keng.base.times import shown
from keng.desk.fraud.measures.kinds import SAID
from keng.desk.fraud.reports.actions import PURPOSES
from keng.desk.fraud.reports.models import Channel
from keng.desk.ground.people.models import Role
from keng.doors.partner.sheets.columns import STATUSES
from keng.look.templatetags.keng import number, vnd
from keng.vietnam import rules

YES_NO = {True: Said("có", "yes"), False: Said("không", "no")}


def facts_in_words(facts: Mapping[str, Any], day: Any) -> list[tuple[str, str]]:
    """(name, value) of the facts that have words, in the order of WORDS; `day` is the day of the entry."""
    language = get_language() or "vi"
    found = [(name, said, show(facts[name])) for name, (said, show) in WORDS.items() if facts.get(name) is not None]
    basis = rules.find_basis(str(facts["basis"]), day) if "basis" in facts else None
    told = [(said.in_language(language), value) for _name, said, value in found if value]
    return [*told, *([(BASIS.in_language(language), basis.said.in_language(language))] if basis else [])]


def as_kept(facts: Mapping[str, Any]) -> str:
    """The facts as JSON, one a line; nothing for none."""
    return json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True, default=str) if facts else ""


def _moment(value: Any) -> str:
    try:
        return shown(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _choice(said: Mapping[Any, Said]) -> Callable[[Any], str]:
    def show(value: Any) -> str:
        return said[value].in_language(get_language() or "vi") if value in said else ""

    return show


def _label(choices: Any) -> Callable[[Any], str]:
    return lambda value: str(choices(value).label) if value in choices.values else ""


BASIS = Said("Căn cứ", "Basis")
WORDS: dict[str, tuple[Said, Callable[[Any], str]]] = {
    "kind": (Said("Loại lệnh", "Kind of measure"), _choice({kind.value: said for kind, said in SAID.items()})),
    "code": (Said("Mã", "Code"), str),
    "measure": (Said("Lệnh", "Measure"), str),
    "amount": (Said("Số tiền", "Amount"), vnd),
    "held": (Said("Giữ được", "Held"), vnd),
    "status": (Said("Kết quả", "Result"), _choice(STATUSES)),
    "confirm_by": (Said("Phải xác nhận trước", "To be confirmed before"), _moment),
    "ends_at": (Said("Hết hiệu lực lúc", "Ends at"), _moment),
    "accept_by": (Said("Phải nhận trước", "To be accepted before"), _moment),
    "purpose": (Said("Mục đích xem", "Purpose"), _choice(PURPOSES)),
    "channel": (Said("Kênh", "Channel"), _label(Channel)),
    "loss": (Said("Đã mất tiền", "Money was lost"), _choice(YES_NO)),
    "role": (Said("Vai trò", "Role"), _label(Role)),
    "tries": (Said("Số lần thử", "Tries"), number),
    "count": (Said("Số lượng", "Number"), number),
}
