"""What is done to organisations themselves: add, load the police tree of a day, let it follow a new map, change own data.

Rights are asked by those who call: commands, and `upkeep` for an organisation's own data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from keng.base.errors import ConflictError, InputError, Said
from keng.base.text import bare
from keng.base.times import VIETNAM
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.organisations.facts import Contact, Item, OwnFacts, read_name
from keng.desk.ground.organisations.models import (
    ContactPoint,
    Equipment,
    Organisation,
    OrganisationKind,
)

CODE = re.compile(r"[a-z][a-z0-9._-]{1,39}")
SYSTEM = "system:setup"

BAD_CODE = Said("Mã đơn vị không hợp lệ: {code}.", "This is no code of an organisation: {code}.")
BAD_KIND = Said("Không có loại đơn vị {kind}.", "There is no kind of organisation {kind}.")
CODE_TAKEN = Said(
    "Mã đơn vị {code} đã có, với tên hoặc loại khác.", "The code {code} is taken, by another name or kind."
)
PARENT_ENDED = Said("Đơn vị cấp trên {code} không còn hoạt động.", "The organisation above, {code}, has ended.")
STALE = Said(
    "Dữ liệu của đơn vị đã đổi sau khi đề nghị này được viết. Chưa có gì thay đổi. Hãy mở lại và viết đề nghị mới.",
    "The organisation's data changed after this was written. Nothing was changed. Open it again and write anew.",
)


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What must be known of an organisation to add it."""

    code: str
    kind: str
    name: str
    name_en: str = ""
    parent: Organisation | None = None


@transaction.atomic
def add(new: NewOrganisation, *, now: datetime, actor: str = SYSTEM) -> Organisation:
    """The organisation of that code, made if there is none. InputError if it cannot be one, ConflictError `code_taken`."""
    _check(new, now)
    name = read_name(new.name, "name")
    found = Organisation.objects.filter(code=new.code).first()
    if found is not None:
        if (found.name, found.kind) != (name, new.kind):
            raise ConflictError("code_taken", CODE_TAKEN.filled(code=new.code))
        return found
    row = row_of(new.code, new.kind, Said(name, new.name_en or name), new.parent)
    row.save(force_insert=True)
    ledger.record(actor=actor, verb="organisations.add", subject=row.subject, data={"kind": new.kind}, at=now)
    return row


@transaction.atomic
def add_centre(name: str, *, now: datetime, actor: str = SYSTEM) -> Organisation:
    """The centre of that name on top of a tree, made if there is none."""
    code = "-".join(re.findall(r"[a-z0-9]+", bare(name)))[:40].strip("-")
    return add(NewOrganisation(code or "centre", OrganisationKind.DEPARTMENT, name), now=now, actor=actor)


@transaction.atomic
def change_facts(organisation: Organisation, base: int, facts: OwnFacts, *, actor: str, now: datetime) -> None:
    """Put these facts in the place of version `base`. What is no longer told is ended, not deleted.

    Raises ConflictError `stale_base` if the version is another one by now; of two that meet, one goes through.
    """
    changed = Organisation.objects.filter(pk=organisation.pk, version=base).update(
        version=F("version") + 1,
        name=facts.name,
        name_en=facts.name_en,
        name_folded=folded_names(facts.name, facts.name_en),
        hours=facts.hours,
    )
    if changed != 1:
        raise ConflictError("stale_base", STALE)
    _replace_contacts(organisation, facts.contacts, now)
    _replace_equipment(organisation, facts.equipment, now)
    data: dict[str, object] = {"version": base + 1}
    ledger.record(actor=actor, verb="organisations.change_facts", subject=organisation.subject, data=data, at=now)


def row_of(code: str, kind: str, said: Said, parent: Organisation | None, since: date | None = None) -> Organisation:
    """A row that is not written yet, below `parent`."""
    path = f"{parent.path if parent else '/'}{code}/"
    return Organisation(
        code=code,
        kind=kind,
        name=said.vi,
        name_en=said.en,
        name_folded=folded_names(said.vi, said.en),
        parent=parent,
        path=path,
        heir_path=path,
        valid_from=since,
    )


def folded_names(name: str, name_en: str) -> str:
    """What a search by name looks in."""
    return " ".join(f"{bare(name)} {bare(name_en)}".split())


def _check(new: NewOrganisation, now: datetime) -> None:
    if not CODE.fullmatch(new.code):
        raise InputError("bad_code", BAD_CODE.filled(code=repr(new.code[:40])), field="code")
    if new.kind not in OrganisationKind.values:
        raise InputError("bad_kind", BAD_KIND.filled(kind=repr(new.kind[:40])), field="kind")
    if new.parent is not None and not new.parent.stands_on(now.astimezone(VIETNAM).date()):
        raise InputError("parent_ended", PARENT_ENDED.filled(code=new.parent.code), field="parent")


def _replace_contacts(organisation: Organisation, wanted: tuple[Contact, ...], now: datetime) -> None:
    standing = ContactPoint.objects.filter(organisation__heir_path=organisation.path, ended_at=None)
    rows = {Contact(row.kind, row.value, row.hours, row.note): row.pk for row in standing}
    gone = [pk for told, pk in rows.items() if told not in wanted]
    ContactPoint.objects.filter(pk__in=gone).update(ended_at=now)
    ContactPoint.objects.bulk_create(
        ContactPoint(
            organisation=organisation, kind=one.kind, value=one.value, hours=one.hours, note=one.note, begun_at=now
        )
        for one in dict.fromkeys(wanted)
        if one not in rows
    )


def _replace_equipment(organisation: Organisation, wanted: tuple[Item, ...], now: datetime) -> None:
    standing = Equipment.objects.filter(organisation__heir_path=organisation.path, ended_at=None)
    rows = {Item(row.name, row.count, row.note): row.pk for row in standing}
    gone = [pk for told, pk in rows.items() if told not in wanted]
    Equipment.objects.filter(pk__in=gone).update(ended_at=now)
    Equipment.objects.bulk_create(
        Equipment(organisation=organisation, name=one.name, count=one.count, note=one.note, begun_at=now)
        for one in dict.fromkeys(wanted)
        if one not in rows
    )
