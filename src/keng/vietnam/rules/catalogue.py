"""Every rule row of every table, for whoever asks what is in force, what was, and which rules governed an act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from keng.base.errors import Said
from keng.vietnam.calendar.days import table as calendar_table
from keng.vietnam.rules.assurance import every_assurance
from keng.vietnam.rules.followups import ladders
from keng.vietnam.rules.purposes import every_purpose
from keng.vietnam.rules.retention import Keeping, every_keeping
from keng.vietnam.rules.tables import Dated, Limit, bases, dated, every_route, limits, read_table


class Table(StrEnum):
    """Where a rule stands."""

    BASES = "bases"
    LIMITS = "limits"
    RETENTION = "retention"
    ROUTES = "routes"
    CALENDAR = "calendar"
    FOLLOWUPS = "followups"
    ESTIMATES = "estimates"
    PURPOSES = "purposes"
    ASSURANCE = "assurance"


TABLES = {
    Table.BASES: Said("Căn cứ của các biện pháp", "Bases of measures"),
    Table.LIMITS: Said("Thời hạn và mức", "Terms and limits"),
    Table.RETENTION: Said("Lưu giữ bao lâu", "How long things are kept"),
    Table.ROUTES: Said("Báo cáo thuộc đơn vị nào", "Whose a report is"),
    Table.CALENDAR: Said("Ngày làm việc", "Working days"),
    Table.FOLLOWUPS: Said("Theo dõi thuê bao, tài khoản", "Follow-up of subscribers and accounts"),
    Table.ESTIMATES: Said("Ước lượng để xếp thứ tự", "Estimates for ordering"),
    Table.PURPOSES: Said("Mục đích đối chiếu hồ sơ", "Purposes of comparing records"),
    Table.ASSURANCE: Said("Người dân đăng nhập: chắc đến mức nào", "How sure who a citizen is that signs in"),
}
UNITS = {
    "minutes": Said("{n} phút", "{n} min"),
    "hours": Said("{n} giờ", "{n} h"),
    "days": Said("{n} ngày", "{n} days"),
    "working_days": Said("{n} ngày làm việc", "{n} working days"),
    "seconds": Said("{n} giây", "{n} s"),
    "bits": Said("{n} bit", "{n} bits"),
    "times": Said("{n} lần", "{n} times"),
    "permille": Said("{n} phần nghìn", "{n} per mille"),
    "level": Said("mức {n}", "level {n}"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated row: the table it stands in, the row, and its figure in words (None where it has none)."""

    table: Table
    row: Dated
    figure: Said | None = None


@cache
def catalogue() -> tuple[Rule, ...]:
    """All rows, in the order of the tables."""
    return (
        *(Rule(Table.BASES, basis) for basis in bases()),
        *(_limit(limit) for limit in limits()),
        *(_keeping(row) for row in every_keeping()),
        *(Rule(Table.ROUTES, row) for row in every_route()),
        *(Rule(Table.CALENDAR, Dated(**dated(row))) for name in ("week", "term") for row in calendar_table()[name]),
        *(Rule(Table.PURPOSES, row) for row in every_purpose()),
        *(Rule(Table.ASSURANCE, row, UNITS["level"].filled(n=row.level)) for row in every_assurance()),
        *(Rule(Table.FOLLOWUPS, row) for row in ladders()),
        Rule(Table.ESTIMATES, Dated(**dated(read_table("holdable")["table"]))),
    )


def in_force(day: date) -> list[Rule]:
    """The rows valid on a day."""
    return [rule for rule in catalogue() if rule.row.is_valid_on(day)]


def history(code: str) -> list[Rule]:
    """Every row that ever stood under a code, newest first; none if there is no such code."""
    return sorted(
        (rule for rule in catalogue() if rule.row.code == code), key=lambda rule: rule.row.valid_from, reverse=True
    )


def governing(verb: str, facts: Mapping[str, object], day: date) -> list[Rule]:
    """The rows that governed an act of the ledger on its day: those of acts.toml for its verb, the basis that it names, and
    the calendar where a term is counted in working days.
    """
    codes = {code.format(kind=facts.get("kind", "hold_funds")) for code in _acts().get(verb, ())}
    codes |= {str(facts[name]) for name in ("basis", "rule") if name in facts}
    rows = in_force(day)
    by_calendar = any(_is_in_working_days(rule.row) for rule in rows if rule.row.code in codes)
    return [rule for rule in rows if rule.row.code in codes or (by_calendar and rule.table is Table.CALENDAR)]


def codes_of_acts() -> Iterable[str]:
    """Every code that acts.toml names, with its {kind} unfilled."""
    return {code for codes in _acts().values() for code in codes}


def _is_in_working_days(row: Dated) -> bool:
    return isinstance(row, Limit) and row.unit == "working_days"


def _keeping(row: Keeping) -> Rule:
    return Rule(Table.RETENTION, row, UNITS["days"].filled(n=row.keep_days) if row.keep_days else None)


def _limit(limit: Limit) -> Rule:
    return Rule(Table.LIMITS, limit, UNITS[limit.unit].filled(n=limit.value))


@cache
def _acts() -> dict[str, list[str]]:
    return dict(read_table("acts")["acts"])
