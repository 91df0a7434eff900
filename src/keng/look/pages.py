"""The specimen page: each component empty, full, with long names and broken. Shown only with the demo on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import render

from keng.base import clock
from keng.look import graphs, growth, maps
from keng.look.states import ICONS, STATES

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

LONG_BANK = "Ngân hàng Nông nghiệp và Phát triển Nông thôn Việt Nam, chi nhánh huyện Krông Pa, tỉnh Gia Lai"
LONG_NAME = "Công Tằng Tôn Nữ Thị Diễm Phương Quỳnh Anh"
ACCOUNT = "970436:0071000123456"


class SpecimenForm(forms.Form):
    """One field of each kind that the pages use."""

    number = forms.CharField(label="Số tài khoản nhận tiền", error_messages={"required": "Hãy ghi số tài khoản"})
    bank = forms.ChoiceField(
        label="Ngân hàng nhận", choices=[("", "Chọn ngân hàng"), ("1", LONG_BANK)], help_text="Nơi nhận."
    )
    amount = forms.CharField(label="Số tiền", error_messages={"required": "Hãy ghi số tiền đã chuyển"})
    day = forms.DateField(label="Ngày chuyển", widget=forms.DateInput(attrs={"type": "date"}))
    words = forms.CharField(label="Kể thêm", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    answer = forms.ChoiceField(
        label="Tiền đã đi chưa?", choices=[("y", "Rồi"), ("n", "Chưa")], widget=forms.RadioSelect, required=False
    )


def _segments() -> list[dict[str, str | None]]:
    return [
        {"text": "Chuyển ", "kind": None},
        {"text": "4.800.000đ", "kind": "money"},
        {"text": " vào STK ", "kind": None},
        {"text": "0071000123456", "kind": "account"},
        {"text": ", gọi ", "kind": None},
        {"text": "0912 345 678", "kind": "phone"},
        {"text": " hoặc vào ", "kind": None},
        {"text": "vcb-" + "xacminh" * 12 + ".top", "kind": "domain"},
        {"text": " <script>alert(1)</script>", "kind": None},
    ]


def _steps(now: datetime) -> list[dict[str, Any]]:
    minute = timedelta(minutes=1)
    return [
        {"state": "done", "label": "Kẻng nhận báo cáo", "at": now - 14 * minute},
        {"state": "failed", "label": f"{LONG_BANK} không giữ được", "at": now - 9 * minute, "note": "Không còn tiền."},
        {"state": "now", "label": "Vietcombank được hỏi giữ 4.800.000 đ", "at": now - 5 * minute},
        {"state": "next", "label": "Ngân hàng trả lời", "by": now + 10 * minute},
    ]


def _letters(now: datetime) -> list[dict[str, Any]]:
    return [
        {"side": "officer", "who": LONG_NAME, "at": now, "text": "Bạn còn giữ ảnh màn hình không?"},
        {"side": "citizen", "at": now, "text": "Dạ còn.\n" + "Tôi nhớ họ xưng là Minh ở phòng giao dịch. " * 4},
    ]


def _works() -> list[dict[str, int]]:
    """Not begun, under way with failures, all done, nothing to do."""
    counts = [(0, 0, 1204, 0), (900, 31, 200, 73), (1204, 0, 0, 0), (0, 0, 0, 0)]
    names = ("done", "failed", "left", "dropped")
    return [{**dict(zip(names, each, strict=True)), "total": sum(each)} for each in counts]


def _clocks(now: datetime) -> list[tuple[str, datetime]]:
    lengths = [(0, 5), (0, 20), (2, 0), (60, 0)]
    up = [("up", now - timedelta(hours=hours, minutes=minutes)) for hours, minutes in lengths]
    down = [("down", now + timedelta(minutes=minutes)) for minutes in (600, 4, -3)]
    return up + down


def _hours() -> list[dict[str, Any]]:
    """A week by the hour: nobody in the nights, a part at the change of shifts, somebody by day."""
    levels = ["none"] * 6 + ["full"] * 8 + ["part"] + ["full"] * 7 + ["none"] * 2
    cells = [{"level": level, "label": f"{hour:02}:00"} for hour, level in enumerate(levels)]
    return [{"name": f"T{day} {21 + day}/11", "cells": cells} for day in range(2, 8)]


def _maps() -> list[dict[str, Any]]:
    """Both maps: full, with a province that has nothing and one that is nobody's to read here; empty; without any figure."""
    full = {
        code: maps.Cell(LONG_NAME, value, str(value), f"{LONG_NAME}: {value}", "#maps")
        for value, code in enumerate(sorted(maps.shapes("63")["provinces"])[1:])
    }
    empty = {code: maps.Cell(LONG_NAME, 0, "0", f"{LONG_NAME}: 0", "#maps") for code in maps.shapes("34")["provinces"]}
    return [
        {"caption": caption, "map": maps.drawn(code, cells, str)}
        for caption, code, cells in (("63", "63", full), ("34, 0", "34", empty), ("34, –", "34", {}))
    ]


def _graphs() -> list[dict[str, Any]]:
    """Two clusters tied by one report, with a hub; one node alone; nothing."""
    kinds = ("account", "phone", "domain", "social")
    nodes = [
        graphs.Node(kinds[at % 4], f"…{4321 + at}", f"{LONG_NAME} {at}: {3 * at + 2}", 3 * at + 2, "#graphs")
        for at in range(18)
    ]
    nodes[3] = graphs.Node("phone", "156", "156: 40. Ai cũng nói tới", 40, "#graphs", "Ai cũng nói tới")
    ring = [graphs.Line(at, at + 1, 1 + at % 7) for at in range(17) if at != 8]
    more = [graphs.Line(0, 5, 40), graphs.Line(2, 7, 9), graphs.Line(10, 15, 12), graphs.Line(8, 9, 1)]
    return [
        {"caption": "2 + 1", "graph": graphs.drawn(nodes, [*ring, *more, *(graphs.Line(3, at, 2) for at in (0, 12))])},
        {"caption": "1", "graph": graphs.drawn(nodes[:1], [])},
        {"caption": "0", "graph": graphs.drawn([], [])},
    ]


def _growths(now: datetime) -> list[dict[str, Any]]:
    """Hours, days, weeks; nothing."""
    lengths = [("30 h", timedelta(hours=30)), ("20 d", timedelta(days=20)), ("90 d", timedelta(days=90))]
    made = []
    for caption, length in lengths:
        step = growth.step_for(now - length, now)
        starts = growth.starts(now - length, now, step)
        bars = [growth.Bar(at, (number * 7) % 23, f"{number}", "#growth") for number, at in enumerate(starts)]
        marks = [growth.Mark(now - length / 2, kind, LONG_NAME, "#growth") for kind in growth.MARKS]
        made.append({"caption": caption, "growth": growth.drawn(bars, marks, step)})
    return [*made, {"caption": "0", "growth": growth.drawn([], [], growth.DAY)}]


def specimen(request: HttpRequest) -> HttpResponse:
    """Every component in every state; wired at /mau/ in the demo."""
    now = clock.now()
    columns = [
        {"key": "code", "label": "Mã", "kind": "code"},
        {"key": "bank", "label": "Ngân hàng", "kind": "text"},
        {"key": "account", "label": "Tài khoản", "kind": "account"},
        {"key": "amount", "label": "Số tiền", "kind": "money"},
        {"key": "at", "label": "Lúc", "kind": "moment"},
        {"key": "state", "label": "Tình trạng", "kind": "state"},
    ]
    row = {"code": "KE-7K3M", "bank": LONG_BANK, "account": ACCOUNT, "amount": 4800000, "at": now, "state": "held"}
    unknown = {
        "code": "KE-0000",
        "bank": None,
        "account": None,
        "amount": None,
        "at": None,
        "state": "không-có-trạng-thái",
    }
    context = {
        "demo": True,
        "states": list(STATES),
        "icons": list(ICONS),
        "clocks": _clocks(now),
        "segments": _segments(),
        "steps": _steps(now),
        "letters": _letters(now),
        "works": _works(),
        "columns": columns,
        "rows": [row, {**row, "bank": "Vietcombank", "amount": 1250000000, "state": "late"}, unknown],
        "form": SpecimenForm(initial={"number": "0071000123456"}),
        "broken": SpecimenForm({"number": "", "amount": ""}, prefix="broken", auto_id="broken_%s"),
        "choices": [("wrong_object", "Nhầm đối tượng"), ("no_fraud", "Không phải lừa đảo")],
        "hours": _hours(),
        "maps": _maps(),
        "graphs": _graphs(),
        "growths": _growths(now),
        "lengths": [30, 65, 3700, 90000, 2 * 86400 + 3700],
    }
    return render(request, "look/specimen.html", context)
