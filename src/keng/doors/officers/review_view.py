"""How the review is asked for and told: addresses, numbers in words, the lines of its tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from keng.base.errors import Said
from keng.desk.steering.review import figures, localities, periods
from keng.desk.steering.review.figures import Figure, Take, When
from keng.desk.steering.review.localities import Map
from keng.desk.steering.review.periods import Length, Period
from keng.desk.steering.review.queries import Commune, Value
from keng.vietnam.order import order_key

FIRST_FIGURE = "reports"
GROUPS = {
    "reports": Said("Báo cáo", "Reports"),
    "money": Said("Tiền", "Money"),
    "measures": Said("Lệnh", "Measures"),
    "wrong": Said("Lệnh sai", "Wrongful measures"),
    "partners": Said("Đối tác trả lời", "Partners' answers"),
    "now": Said("Đang hụt ở đâu", "Where it falls short"),
}
LENGTHS = {
    Length.DAY: Said("Ngày", "Day"),
    Length.WEEK: Said("Tuần", "Week"),
    Length.MONTH: Said("Tháng", "Month"),
    Length.QUARTER: Said("Quý", "Quarter"),
    Length.YEAR: Said("Năm", "Year"),
    Length.SPAN: Said("Từ ngày đến ngày", "From day to day"),
}
BILLION, MILLION, THOUSAND = 10**9, 10**6, 10**3
MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a period, a figure, and the map by a day on which it stood."""

    period: Period
    figure: Figure
    map: Map
    map_day: date

    def query(self, **changes: str) -> str:
        """The same as the end of an address; `changes` replace or add."""
        told = {"ky": str(self.period.length), **_days(self.period), "so": self.figure.code, "moc": str(self.map_day)}
        return "?" + urlencode({name: value for name, value in {**told, **changes}.items() if value})

    def of(self, period: Period) -> Asked:
        """The same of another period."""
        return Asked(period, self.figure, self.map, self.map_day)


def asked(request: HttpRequest, *, today: date) -> Asked:
    """What the address asks for; this month, reports and today's map where it says nothing. Raises InputError."""
    told = request.GET
    length = Length(told["ky"]) if told.get("ky") in [*Length] else Length.MONTH
    if length is Length.SPAN:
        first = periods.read_day(told.get("tu") or str(today), field="tu")
        period = periods.span(first, periods.read_day(told.get("den") or str(today), field="den"))
    else:
        period = periods.around(length, periods.read_day(told.get("ngay") or str(today), field="ngay"))
    map_day = periods.read_day(told.get("moc") or str(today), field="moc")
    return Asked(period, figures.figure(told.get("so") or FIRST_FIGURE), localities.map_on(map_day), map_day)


def _days(period: Period) -> dict[str, str]:
    if period.length is Length.SPAN:
        return {"tu": str(period.first), "den": str(period.last)}
    return {"ngay": str(period.first)}


def say(said: Said) -> str:
    """In the reader's language."""
    return said.in_language(get_language() or "vi")


def period_said(period: Period) -> str:
    """`Tháng 11/2026`, `Tuần 16/11 – 22/11/2026`."""
    first, last = period.first, period.last
    match period.length:
        case Length.DAY:
            return f"{first:%d/%m/%Y}"
        case Length.MONTH:
            return _("Tháng %(month)s") % {"month": f"{first:%m/%Y}"}
        case Length.QUARTER:
            return _("Quý %(number)s/%(year)s") % {"number": (first.month + 2) // 3, "year": first.year}
        case Length.YEAR:
            return _("Năm %(year)s") % {"year": first.year}
    return f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"


def map_said(on: Map) -> str:
    """`34 tỉnh, thành phố (từ 01/07/2025)`."""
    count = len(localities.provinces(on))
    if on.end:
        return _("%(n)s tỉnh, thành phố (tới %(day)s)") % {"n": count, "day": f"{on.days[1]:%d/%m/%Y}"}
    return _("%(n)s tỉnh, thành phố (từ %(day)s)") % {"n": count, "day": f"{on.day:%d/%m/%Y}"}


def value_said(figure: Figure, value: float | None) -> str:
    """`1.204`, `4.800.000 đ`, `12,5 giờ`; a dash for what nothing tells."""
    if value is None:
        return "–"
    match figure.unit:
        case "dong":
            return f"{number_said(value)} đ"
        case "hours":
            return ngettext("%(n)s giờ", "%(n)s giờ", int(value)) % {"n": number_said(value)}
        case "minutes":
            return _("%(n)s phút") % {"n": number_said(value)}
    return number_said(value)


def number_said(value: float) -> str:
    """`1.204`, `12,5`."""
    whole, _dot, part = f"{value:,.1f}".partition(".")
    return whole.replace(",", ".") + (f",{part}" if part != "0" else "")


def short_said(figure: Figure, value: float | None) -> str:
    """The same as short as it stands on a map: `1,2 tỷ`, `35 tr`."""
    if value is None:
        return ""
    for size, said in (
        (BILLION, Said("{} tỷ", "{} bn")),
        (MILLION, Said("{} tr", "{} m")),
        (THOUSAND, Said("{} k", "{} k")),
    ):
        if figure.unit == "dong" and value >= size:
            part = value / size
            return say(said).format(number_said(round(part, 1) if part < 10 else round(part)))
    return value_said(figure, value)


def change_said(now: Value, before: Value) -> str:
    """`+12 %` against the period before; empty where one of them is unknown or nothing."""
    if now.value is None or not before.value:
        return ""
    percent = round((now.value - before.value) * 100 / before.value)
    return f"{'+' if percent > 0 else MINUS if percent < 0 else ''}{number_said(abs(percent))} %"


def rows_url(asked_for: Asked, figure: Figure, **where: str) -> str:
    """The address of the rows behind a figure."""
    return reverse("officers:review_rows") + asked_for.query(so=figure.code, **where)


def province_url(asked_for: Asked, code: str) -> str:
    """The address of a province's table."""
    return reverse("officers:review_place", kwargs={"code": code}) + asked_for.query()


def definition_of(figure: Figure) -> dict[str, Any]:
    """A figure's definition as page, file and print tell it."""
    return {
        "code": figure.code, "name": say(figure.said), "text": say(figure.definition), "version": figure.version,
        "since": figure.since, "is_recorded": figure.is_recorded,
    }  # fmt: skip


def province_names(on: Map) -> dict[str, str]:
    """Full names by code, in Vietnamese order."""
    units = sorted(localities.provinces(on), key=lambda one: order_key(one.name))
    return {one.code: one.full_name for one in units}


def estimate_said(figure: Figure, value: Value) -> str:
    """Which part of a figure was shared out; empty if none."""
    if not value.is_estimate:
        return ""
    return _("trong đó ước tính %(part)s") % {
        "part": number_said(value.estimated) if figure.take is not Take.SUM else value_said(figure, value.estimated)
    }


def commune_said(line: Commune, fewest: int) -> str:
    """What a line of a province's table is called."""
    if line.unit is not None:
        above = ", ".join(one.full_name for one in reversed(line.above))
        return f"{line.unit.full_name}, {above}" if len(line.above) > 1 else line.unit.full_name
    if line.joined:
        return ngettext(
            "%(n)s xã gộp lại, vì có xã dưới %(fewest)s", "%(n)s xã gộp lại, vì có xã dưới %(fewest)s", line.joined
        ) % {"n": line.joined, "fewest": fewest}
    return _("Không nói xã")


def is_of_units(figure: Figure) -> bool:
    """Whether the figure is one of hours of units, which lie on today's map alone."""
    return figure.when is When.UNITS


def nowhere_said() -> str:
    """Where what has no place stands."""
    return _("Không rõ tỉnh (đơn vị trung ương phụ trách)")


def is_running(period: Period, now: datetime) -> bool:
    """Whether the period is not over yet."""
    return periods.begins(period.end) > now
