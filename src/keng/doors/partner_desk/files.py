"""The file way: download what is open, send the filled file back, see what became of each row."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from keng.base import clock
from keng.base.errors import InputError, Said
from keng.desk.fraud.measures import clerks, own_requests
from keng.desk.fraud.measures.models import FilledSheet
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import rights
from keng.doors.partner import filing
from keng.doors.partner.sheets.writing import FORMULA_SIGNS, MOST_ROWS
from keng.doors.partner_desk.frame import attempt, officer_of, partners_of, show, signed_in

TYPES = {"csv": filing.CSV, "xlsx": filing.XLSX}
SHOWN_ROWS = 500
NO_FILE = Said("Hãy chọn một tệp CSV hoặc XLSX.", "Choose a CSV or XLSX file.")
OUTCOMES = {
    "taken": Said("đã nhận", "taken"),
    "same": Said("đã nhận trước đây", "taken before"),
    "bad": Said("chưa nhận", "not taken"),
}
HEADINGS = (
    Said("Dòng", "Row"), Said("Kết quả", "Result"), Said("Mã lệnh", "Order"), Said("Cột", "Column"),
    Said("Tiếng Việt", "Vietnamese"), Said("Tiếng Anh", "English"),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Where files go out and come in."""
    own = partners_of(request)
    if request.method == "POST":
        return _take(request, own)
    counts = [(partner, len(filing.open_requests(partner, now=clock.now()))) for partner in own]
    return show(request, "partner_desk/files.html", {"partners": counts, "most": MOST_ROWS})


@require_safe
@signed_in
def download(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The open requests of one partner as `csv` or `xlsx`."""
    partner = _pick(partners_of(request), code)
    if form not in TYPES:
        raise rights.refusal()
    now = clock.now()
    found = filing.open_requests(partner, now=now)
    own_requests.note_seen(found, now=now)
    content = filing.sheet_of(found, form, "en" if (get_language() or "vi").startswith("en") else "vi")
    return _file(content, TYPES[form], f"keng-{partner.pk.replace(':', '-')}-{now:%Y%m%d-%H%M}.{form}")


@require_safe
@signed_in
def result(request: HttpRequest, ident: UUID) -> HttpResponse:
    """What became of each row of a file; the rows that were not taken on top."""
    sheet = clerks.get_sheet(officer_of(request), ident, now=clock.now())
    language = "en" if (get_language() or "vi").startswith("en") else "vi"
    other = "vi" if language == "en" else "en"
    bad = [_row(row, language, other) for row in sheet.rows if row["outcome"] == "bad"]
    counts = {one: sum(row["outcome"] == one for row in sheet.rows) for one in OUTCOMES}
    context = {
        "sheet": sheet,
        "bad": bad[:SHOWN_ROWS],
        "hidden": max(len(bad) - SHOWN_ROWS, 0),
        "other_language": other,
        "taken": counts["taken"],
        "same": counts["same"],
        "bad_count": counts["bad"],
    }
    return show(request, "partner_desk/result.html", context)


@require_safe
@signed_in
def result_file(request: HttpRequest, ident: UUID) -> HttpResponse:
    """The same as a CSV file, in both languages, every row."""
    sheet = clerks.get_sheet(officer_of(request), ident, now=clock.now())
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([f"{said.vi} / {said.en}" for said in HEADINGS])
    writer.writerows([_guarded(cell) for cell in _cells(row)] for row in sheet.rows)
    return _file(text.getvalue().encode("utf-8-sig"), filing.CSV, f"keng-ket-qua-{sheet.sent_at:%Y%m%d-%H%M%S}.csv")


def _take(request: HttpRequest, own: list[Partner]) -> HttpResponse:
    partner = _pick(own, request.POST.get("partner", ""))
    found: list[FilledSheet] = []
    said = _("Đã đọc tệp.")
    if not attempt(request, said, lambda: found.append(_take_file(request, partner))):
        return redirect("partner_desk:files")
    return redirect("partner_desk:result", ident=found[0].pk)


def _take_file(request: HttpRequest, partner: Partner) -> FilledSheet:
    officer, now = officer_of(request), clock.now()
    rights.require(officer, "requests.answer", on=partner.organisation, now=now)
    file = request.FILES.get("file")
    if file is None:
        raise InputError("no_file", NO_FILE, field="file")
    content = file.read()
    rows = filing.take(partner, content, now=now, actor=officer.actor)
    return clerks.keep_sheet(officer, partner, file.name or "", content, rows, now=now)


def _pick(own: list[Partner], code: str) -> Partner:
    """One of the clerk's own; another's is refused like one that is not there."""
    for partner in own:
        if partner.pk == code:
            return partner
    raise rights.refusal()


def _row(row: dict[str, Any], language: str, other: str) -> dict[str, Any]:
    column = filing.SAID_OF.get(row["column"])
    return {
        "row": row["row"],
        "measure": row["measure"],
        "column": column.in_language(language) if column else "",
        "said": row[language],
        "other": row[other],
    }


def _cells(row: dict[str, Any]) -> list[str]:
    outcome, column = OUTCOMES[row["outcome"]], filing.SAID_OF.get(row["column"], Said("", ""))
    both = [f"{said.vi} / {said.en}" if said.vi else "" for said in (outcome, column)]
    return [str(row["row"]), both[0], row["measure"], both[1], row["vi"], row["en"]]


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
