"""SIMO-shaped lists on the desk, for officers and banks' clerks alike: a file in, told row by row, and the bank's list out.

By the functions of `keng simo`; nothing of a file is kept but what these keep.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keng.base.errors import InputError, Said
from keng.desk.fraud.signs import lists
from keng.desk.ground.people.models import Officer
from keng.doors.partner import filing
from keng.doors.partner.simo import FORMS, Fault, Form, exchanging, find_form
from keng.doors.partner.simo.reading import MOST_ROWS

SHOWN_FAULTS = 500
TYPES = {"csv": filing.CSV, "xlsx": filing.XLSX, "json": "application/json"}

NO_FILE = Said("Hãy chọn một tệp CSV, XLSX hoặc JSON.", "Choose a CSV, XLSX or JSON file.")
NO_SHAPE = Said("Chỉ có CSV, XLSX và JSON.", "There is CSV, XLSX and JSON only.")

Attempt = Callable[[HttpRequest, str, Callable[[], object]], bool]


def answer(request: HttpRequest, officer: Officer, attempt: Attempt, *, now: datetime) -> tuple[dict[str, Any], int]:
    """The page's context and status: with what became of a file, if one was sent."""
    return _take(request, officer, attempt, now=now) if request.method == "POST" else (_page(officer, now=now), 200)


def _page(officer: Officer, *, now: datetime) -> dict[str, Any]:
    """What the page shows before anything was sent. Raises RefusedError for who may neither hand in nor take away."""
    banks = lists.banks_for(officer, "lists.take", now=now)
    return {
        "banks": [(one.pk, one.name) for one in banks],
        "forms": [(form.code, form.said.in_language(_language())) for form in FORMS.values()],
        "shapes": [(one, one.upper()) for one in exchanging.WRITERS],
        "most": MOST_ROWS,
        "chosen": {},
        "result": None,
    }


def _take(request: HttpRequest, officer: Officer, attempt: Attempt, *, now: datetime) -> tuple[dict[str, Any], int]:
    """Take the file that was sent; the page's context with what became of it, and the status."""
    context = _page(officer, now=now)
    bank = lists.get_bank(officer, "lists.take", request.POST.get("bank", ""), now=now)
    context["chosen"] = {"bank": bank.pk, "form": request.POST.get("form", "")}
    made: list[dict[str, Any]] = []

    def act() -> None:
        form = find_form(request.POST.get("form", ""))
        file = request.FILES.get("file")
        if file is None:
            raise InputError("no_file", NO_FILE, field="file")
        taken = exchanging.take(bank, form, file.read(), actor=officer.actor, now=now)
        made.append({"bank": bank.name, "name": (file.name or "")[:200], **_shown(form, taken)})

    if not attempt(request, _("Đã đọc tệp."), act):
        return context, 422
    return context | {"result": made[0]}, 200


def give(request: HttpRequest, officer: Officer, *, now: datetime) -> HttpResponse:
    """The bank's accounts under measures in force, as a file. Raises InputError `no_form`, `no_shape`."""
    bank = lists.get_bank(officer, "lists.give", request.POST.get("bank", ""), now=now)
    form, shape = find_form(request.POST.get("form", "")), request.POST.get("shape", "")
    if shape not in TYPES:
        raise InputError("no_shape", NO_SHAPE, field="shape")
    response = HttpResponse(exchanging.give(bank, form, shape, actor=officer.actor, now=now), content_type=TYPES[shape])
    name = f"keng-simo-{form.code}-{bank.pk}-{now:%Y%m%d-%H%M}.{shape}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _shown(form: Form, taken: exchanging.Taken) -> dict[str, Any]:
    language = "en" if _language().startswith("en") else "vi"
    other = "vi" if language == "en" else "en"
    return {
        "accounts": taken.accounts,
        "bad": len({one.row for one in taken.faults}),
        "faults": [_fault(form, one, language, other) for one in taken.faults[:SHOWN_FAULTS]],
        "hidden": max(len(taken.faults) - SHOWN_FAULTS, 0),
        "other_language": other,
    }


def _fault(form: Form, fault: Fault, language: str, other: str) -> dict[str, Any]:
    field = form.find(fault.field)
    return {
        "row": fault.row,
        "field": fault.field,
        "field_said": field.said.in_language(language) if field else "",
        "said": fault.said.in_language(language),
        "other": fault.said.in_language(other),
    }


def _language() -> str:
    return get_language() or "vi"
