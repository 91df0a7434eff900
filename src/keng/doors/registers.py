"""A register in words, for officers and its submitter alike: states, progress, results by province and reason, the file back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook

from keng.base.errors import InputError, Said
from keng.desk.fraud.registers import queries
from keng.desk.fraud.registers.models import Effect, Register, RegisterState
from keng.desk.steering.review import localities
from keng.doors.partner.sheets.writing import FORMULA_SIGNS
from keng.look import maps
from keng.look.templatetags.keng import number
from keng.vietnam.order import order_key
from keng.vietnam.rules import purposes

CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_XLSX = 200_000  # rows: a workbook of more opens on few machines
TOO_MANY = Said("Quá {most} dòng cho XLSX. Hãy tải CSV.", "Over {most} rows for XLSX. Take the CSV.")
NO_FORM = Said("Chỉ có csv và xlsx.", "There are csv and xlsx only.")
HARMLESS = ("verified", "not_covered")

VERDICTS = {
    "verified": Said("Khớp", "Verified"),
    "mismatch": Said("Đúng người, có chỗ khác", "Right person, something differs"),
    "over_limit": Said("Quá số thuê bao đăng ký đơn giản", "Beyond the simple limit"),
    "minor": Said("Chưa đủ tuổi khi mở", "Too young when opened"),
    "deceased": Said("Người đứng tên đã mất", "Holder has died"),
    "malformed": Said("Không đọc được", "Unreadable"),
    "conflict": Said("Số của người khác", "Somebody else's number"),
    "ambiguous": Said("Chưa đủ để biết là ai", "Not enough to tell who"),
    "not_found": Said("Không tìm thấy ai", "Nobody found"),
    "not_covered": Said("Giấy tờ nước ngoài, tổ chức", "Foreign or organisation's paper"),
}
REASONS = {
    "id_empty": Said("Số định danh để trống", "Number empty"),
    "id_unreadable": Said("Số định danh không đọc được", "Number unreadable"),
    "id_foreign": Said("Hộ chiếu, giấy tờ nước ngoài", "Foreign paper"),
    "id_organisation": Said("Mã số thuế tổ chức", "Organisation's tax code"),
    "id_old": Said("Số chứng minh nhân dân cũ", "Number of the old card"),
    "id_digit_wrong": Said("Sai một chữ số", "A digit wrong"),
    "id_digits_swapped": Said("Hai chữ số đổi chỗ", "Two digits swapped"),
    "id_digit_missing": Said("Thiếu một chữ số", "A digit missing"),
    "id_digit_extra": Said("Thừa một chữ số", "A digit too many"),
    "id_not_digit": Said("Có ký tự không phải chữ số", "A character that is no digit"),
    "id_of_another": Said("Số của người khác", "Somebody else's number"),
    "several_fit_number": Said("Hơn một người hợp với số", "Several fit the number"),
    "person_elsewhere": Said("Người này mang số khác", "This person has another number"),
    "not_in_population": Said("Không có trong dữ liệu dân cư", "Not in the population register"),
    "name_bare": Said("Họ tên viết thiếu dấu", "Name without marks"),
    "name_marks": Said("Họ tên khác dấu", "Name with other marks"),
    "name_order": Said("Họ tên khác thứ tự", "Name in another order"),
    "name_short": Said("Họ tên viết tắt", "Name shortened"),
    "name_slip": Said("Họ tên sai vài chữ", "Name wrong in a letter or two"),
    "name_differs": Said("Họ tên khác", "Another name"),
    "name_missing": Said("Không có họ tên", "No name"),
    "dob_year_only": Said("Ngày sinh thiếu ngày, tháng", "Birth date without day or month"),
    "dob_slip": Said("Ngày sinh sai một chỗ", "Birth date wrong in a place"),
    "dob_differs": Said("Ngày sinh khác", "Another birth date"),
    "dob_missing": Said("Không có ngày sinh", "No birth date"),
    "dob_unreadable": Said("Ngày sinh không đọc được", "Birth date unreadable"),
    "sex_differs": Said("Giới tính khác", "Another sex"),
    "province_differs": Said("Tỉnh khác nơi thường trú", "Another province"),
    "died_before_opening": Said("Mất trước ngày mở", "Died before the opening"),
    "died_since_opening": Said("Mất sau ngày mở", "Died since the opening"),
    "death_date_unknown": Said("Đã mất, không rõ ngày", "Died, date unknown"),
    "minor": Said("Chưa đủ tuổi", "Too young"),
    "beyond_limit": Said("Quá số thuê bao", "Beyond the limit"),
}
FIELDS = {
    "holder_id": Said("số định danh", "identity number"),
    "full_name": Said("họ tên", "name"),
    "date_of_birth": Said("ngày sinh", "birth date"),
    "sex": Said("giới tính", "sex"),
    "opened_at": Said("ngày mở", "opening date"),
    "subscriber": Said("thuê bao", "subscriber"),
}
FAULTS = {
    "other_sha256": Said(
        "Cả tệp không khớp mã SHA-256 đã báo. Hãy nộp lại.", "The whole is not what its SHA-256 says. Hand it in again."
    ),
    "column_missing": Said("Thiếu cột này.", "This column is missing."),
    "column_twice": Said("Cột này có hai lần.", "This column stands twice."),
    "id_missing": Said("Không có record_id.", "There is no record_id."),
    "id_repeated": Said("record_id này đã có ở dòng trước.", "This record_id stood in an earlier row."),
    "id_kind": Said("record_id phải là chữ hoặc số nguyên.", "record_id must be text or an integer."),
    "cell_too_long": Said("Ô này quá dài.", "This cell is too long."),
    "cells_missing": Said("Dòng này thiếu ô.", "This row lacks cells."),
    "bad_utf8": Said("Dòng này không phải UTF-8.", "This row is not UTF-8."),
    "bad_sign": Said("Dòng này có ký tự hỏng.", "This row holds a broken sign."),
    "bad_csv": Said("Dòng này không đọc được như CSV.", "This row cannot be read as CSV."),
    "bad_parquet": Said("Tệp Parquet hỏng hoặc bị cắt.", "The Parquet file is damaged or cut off."),
    "unreadable": Said("Không đọc được tệp.", "The file cannot be read."),
    "too_large": Said("Máy không đủ bộ nhớ hoặc đĩa cho tệp này.", "Memory or disk is too small for this file."),
    "worker_died": Said(
        "Một tiến trình bị dừng, có lẽ vì hết bộ nhớ.", "A process was stopped, perhaps for want of memory."
    ),
}
STAGES = {
    "unpacking": Said("Mở tệp đã niêm", "Unsealing the file"),
    "checking": Said("Kiểm từng dòng", "Checking each row"),
    "cleansing": Said("Đối chiếu với dữ liệu dân cư", "Comparing with the population register"),
    "writing": Said("Chép kết quả", "Copying the results"),
    "storing": Said("Ghi kết luận", "Storing the verdicts"),
}
TROUBLES = {
    "no_population": Said(
        "Chưa nối với cơ sở dữ liệu dân cư; sẽ thử lại.", "The population register is not connected; tried again later."
    ),
    "population_away": Said(
        "Cơ sở dữ liệu dân cư không trả lời; sẽ thử lại.", "The population register does not answer; tried again later."
    ),
    "only_questions": Said(
        "Kết nối dân cư chỉ trả lời từng câu hỏi.", "The population connection answers single questions only."
    ),
    "no_room": Said("Đĩa không đủ chỗ; sẽ thử lại.", "The disk is full; tried again later."),
    "stopped": Said("Bị dừng giữa chừng; sẽ làm lại.", "Stopped half way; done again later."),
    "not_confined": Said(
        "Máy này không dựng được vách ngăn để đọc tệp lạ.", "This machine cannot put up the walls for foreign files."
    ),
}
KINDS = {"sim": Said("Thuê bao (SIM)", "Subscribers (SIM)"), "account": Said("Tài khoản", "Accounts")}
CHIPS = {
    RegisterState.RECEIVING: "register_receiving",
    RegisterState.CHECKING: "register_working",
    RegisterState.BAD: "register_bad",
    RegisterState.CLEANSING: "register_working",
    RegisterState.CLEANSED: "register_cleansed",
    RegisterState.ABANDONED: "register_abandoned",
}
EFFECT_CHIPS = {
    Effect.PROPOSED: "unconfirmed",
    Effect.BEGINNING: "register_working",
    Effect.IN_EFFECT: "register_in_effect",
    Effect.ROLLED_BACK: "register_rolled_back",
}
HEADINGS = (
    Said("record_id", "record_id"), Said("kết luận", "verdict"), Said("lý do", "reasons"),
    Said("trường cần sửa", "fields to correct"),
)  # fmt: skip


def say(said: Said) -> str:
    """In the reader's language."""
    return said.in_language(_language())


def verdict_said(code: str) -> str:
    return say(VERDICTS[code])


def reason_said(code: str) -> str:
    return say(REASONS[code])


def fields_said(names: Iterable[str]) -> str:
    """Names of fields in words, joined by commas."""
    return ", ".join(say(FIELDS[name]) for name in names)


def purpose_said(code: str, language: str = "") -> str:
    """The purpose in words; the code of one that is no more in the table."""
    found = next((one for one in purposes.every_purpose() if one.code == code), None)
    return found.said.in_language(language or _language()) if found else code


def shown(register: Register) -> dict[str, Any]:
    """A register as lists and heads of pages show it, with how far the work is."""
    return {
        "ident": register.pk,
        "code": register.code,
        "partner": register.partner.name,
        "kind": say(KINDS[register.kind]),
        "name": register.name,
        "purpose": purpose_said(register.purpose),
        "opened_at": register.opened_at,
        "size": register.size,
        "received": register.received,
        "records": register.records,
        "state": register.state,
        "chip": EFFECT_CHIPS.get(Effect(register.effect)) or CHIPS[RegisterState(register.state)],
        "erased_at": register.erased_at,
        "sha256": bytes(register.sha256).hex(),
        **progress(register),
    }


def progress(register: Register) -> dict[str, Any]:
    """How far the work is: `stage` in words, `counts` as work_progress takes them, what holds it up."""
    is_receiving = register.state == RegisterState.RECEIVING
    done, total = (register.received, register.size) if is_receiving else (register.done, register.total)
    stage = say(STAGES[register.stage]) if register.stage else ""
    is_working = register.state in (RegisterState.CHECKING, RegisterState.CLEANSING)
    return {
        "stage": _("Nhận từng phần (byte)") if is_receiving else stage or (_("Chờ tới lượt") if is_working else ""),
        "counts": {"done": done, "failed": 0, "left": total - done, "dropped": 0, "total": total} if total else None,
        "is_working": is_working or is_receiving or register.effect == Effect.BEGINNING,
        "trouble": say(TROUBLES[register.trouble]) if register.trouble in TROUBLES else register.trouble,
    }


def faults(register: Register) -> list[dict[str, Any]]:
    """What is wrong with the file: row, column and words in both languages, the reader's first."""
    other = "vi" if _language().startswith("en") else "en"
    return [
        {
            "row": row,
            "column": column,
            "said": say(FAULTS[code]),
            "other": FAULTS[code].in_language(other),
            "language": other,
        }
        for row, column, code in register.faults
    ]


def results(register: Register, counts: queries.Counts, base_url: str, province: str | None = None) -> dict[str, Any]:
    """The results for registers/results.html. `base_url`: of the rows; `province`: one of them, or None for all."""
    by_verdict = counts.by_verdict if province is None else counts.by_province.get(province, {})
    told = counts.reasons if province is None else queries.reasons_in(register, province)
    whole = sum(by_verdict.values())
    names = _province_names(counts.by_province)
    place = "" if province is None else f"&tinh={province or '-'}"
    return {
        "total": whole,
        "verdicts": [
            {
                "code": one,
                "name": say(said),
                "records": by_verdict.get(one, 0),
                "percent": percent_said(by_verdict.get(one, 0), whole),
                "url": f"{base_url}?ket_luan={one}{place}",
                "reasons": [
                    {
                        "name": reason_said(reason),
                        "records": n,
                        "url": f"{base_url}?ket_luan={one}&ly_do={reason}{place}",
                    }
                    for (verdict, reason), n in sorted(told.items(), key=lambda item: (-item[1], item[0]))
                    if verdict == one
                ],
            }
            for one, said in VERDICTS.items()
            if by_verdict.get(one)
        ],
        "provinces": [
            _province(code, name, counts.by_province[code])
            for code, name in names.items()
            if code in counts.by_province
        ],
        "map": _map(counts.by_province),
        "province": None if province is None else names.get(province, province or _("Không nói tỉnh")),
    }


def rows_shown(rows: Iterable[queries.Row]) -> list[dict[str, Any]]:
    """Records for a page."""
    return [
        {
            "number": one.number,
            "record": one.record,
            "verdict": verdict_said(one.verdict),
            "reasons": ", ".join(reason_said(code) for code in one.reasons),
            "fields": fields_said(one.fields),
        }
        for one in rows
    ]


def export(register: Register, form: str, rows: Iterator[queries.Row], count: int) -> HttpResponse:
    """The file that goes back, codes in a CSV, words in a workbook. Raises InputError `no_form`, `too_many_rows`."""
    if form == "csv":
        content, kind = _as_csv(rows), CSV
    elif form == "xlsx":
        if count > MOST_XLSX:
            raise InputError("too_many_rows", TOO_MANY.filled(most=MOST_XLSX))
        content, kind = _as_xlsx(rows), XLSX
    else:
        raise InputError("no_form", NO_FORM)
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="keng-{register.code}.{form}"'
    return response


def cells(row: queries.Row) -> list[str]:
    return [row.record, row.verdict, " ".join(row.reasons), " ".join(row.fields)]


def percent_said(part: int, whole: int) -> str:
    """`12,5 %`; a dash of nothing."""
    return f"{part * 100 / whole:.1f}".replace(".", ",") + " %" if whole else "–"


def _as_csv(rows: Iterable[queries.Row]) -> bytes:
    made = io.BytesIO()
    text = io.TextIOWrapper(made, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([said.en for said in HEADINGS])
    writer.writerows([_guarded(cell) for cell in cells(row)] for row in rows)
    text.flush()
    return made.getvalue()


def _as_xlsx(rows: Iterable[queries.Row]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Kẻng")
    sheet.append([say(said) for said in HEADINGS])
    for row in rows:
        sheet.append(
            [row.record, verdict_said(row.verdict), ", ".join(map(reason_said, row.reasons)), fields_said(row.fields)]
        )
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


def _province(code: str, name: str, by_verdict: Mapping[str, int]) -> dict[str, Any]:
    whole = sum(by_verdict.values())
    grave = sum(n for verdict, n in by_verdict.items() if verdict not in HARMLESS)
    return {"code": code or "-", "name": name, "records": whole, "grave": grave, "percent": percent_said(grave, whole)}


def _map(by_province: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Records with consequences by province, on the map that knows more of the register's codes."""
    on = _map_of(by_province)
    cells_ = {}
    for unit in localities.provinces(on):
        row = by_province.get(unit.code)
        grave = sum(n for verdict, n in row.items() if verdict not in HARMLESS) if row else None
        told = f"{unit.full_name}: {number(grave)}" if grave is not None else unit.full_name
        url = f"?tinh={unit.code}#verdicts" if row else ""
        cells_[unit.code] = maps.Cell(unit.full_name, grave, number(grave) if grave else "", told, url)
    return maps.drawn(on.code, cells_, lambda value: str(number(int(value))))


def _map_of(codes: Iterable[str]) -> localities.Map:
    told = set(codes)
    return max(localities.maps(), key=lambda on: (len(told & {unit.code for unit in localities.provinces(on)}), on.day))


def _province_names(by_province: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    """Full names by code in Vietnamese order; codes that no map knows as they are, those not told last."""
    units = {unit.code: unit.full_name for unit in localities.provinces(_map_of(by_province))}
    named = {code: units.get(code, code) for code in by_province if code}
    ordered = dict(sorted(named.items(), key=lambda one: order_key(one[1])))
    return {**ordered, **({"": _("Không nói tỉnh")} if "" in by_province else {})}


def _language() -> str:
    return get_language() or "vi"
