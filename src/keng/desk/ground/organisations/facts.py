"""An organisation's own data as one value: what its keeper may propose to change, read from lines and told apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from keng.base.errors import InputError, Said
from keng.desk.ground.organisations.hours import read_hours
from keng.desk.ground.organisations.models import ContactKind

MOST_LINES = 60
MOST_COUNT = 100_000
MOST_LETTERS = 200
WORDS_OF_KIND = {
    "điện thoại": ContactKind.PHONE, "phone": ContactKind.PHONE, "thư": ContactKind.EMAIL, "email": ContactKind.EMAIL,
    "fax": ContactKind.FAX, "trang web": ContactKind.WEB, "web": ContactKind.WEB, "bưu chính": ContactKind.POST,
    "post": ContactKind.POST,
}  # fmt: skip
WRITTEN_KIND = {
    ContactKind.PHONE: "điện thoại", ContactKind.EMAIL: "thư", ContactKind.FAX: "fax", ContactKind.WEB: "trang web",
    ContactKind.POST: "bưu chính",
}  # fmt: skip
FORMS = {
    ContactKind.PHONE: re.compile(r"\+?[0-9][0-9 .()-]{2,24}"),
    ContactKind.FAX: re.compile(r"\+?[0-9][0-9 .()-]{2,24}"),
    ContactKind.EMAIL: re.compile(r"[^@\s]{1,64}@[^@\s]{1,128}\.[^@\s.]{2,24}"),
    ContactKind.WEB: re.compile(r"https?://[^\s]{3,180}"),
    ContactKind.POST: re.compile(r".{5,200}"),
}

NO_NAME = Said("Thiếu tên, hoặc tên quá dài hay có ký tự lạ.", "A name is missing, too long, or holds odd characters.")
TOO_MANY = Said("Nhiều nhất 60 dòng.", "60 lines at most.")
BAD_CONTACT = Said(
    "Dòng {line}, đầu mối liên hệ: hãy viết loại | số hoặc địa chỉ | giờ | ghi chú, loại là điện thoại, thư, fax, trang web, bưu chính.",
    "Line {line} of the contact points: write kind | value | hours | note, the kind being phone, email, fax, web or post.",
)
BAD_VALUE = Said(
    "Dòng {line}, đầu mối liên hệ: số hoặc địa chỉ không đúng dạng.",
    "Line {line} of the contact points: the number or address is not of that kind.",
)
BAD_LINE_HOURS = Said("Dòng {line}, đầu mối liên hệ: {why}", "Line {line} of the contact points: {why}")
BAD_EQUIPMENT = Said(
    "Dòng {line}, trang bị: hãy viết tên | số lượng | ghi chú, số lượng từ 1 đến 100.000.",
    "Line {line} of the equipment: write name | count | note, the count from 1 to 100,000.",
)


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach an organisation."""

    kind: str
    value: str
    hours: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """So many of something to work with."""

    name: str
    count: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """Everything that an organisation says of itself."""

    name: str
    name_en: str
    hours: str
    contacts: tuple[Contact, ...]
    equipment: tuple[Item, ...]

    def as_json(self) -> dict[str, Any]:
        """As a proposal keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> OwnFacts:
        """What a proposal kept."""
        return cls(
            kept["name"],
            kept["name_en"],
            kept["hours"],
            tuple(Contact(**one) for one in kept["contacts"]),
            tuple(Item(**one) for one in kept["equipment"]),
        )


def read_facts(name: str, name_en: str, hours: str, contacts: str, equipment: str) -> OwnFacts:
    """The facts from what a keeper wrote, one contact point or item a line. Raises InputError naming the field and the line."""
    return OwnFacts(
        read_name(name, "name"),
        read_name(name_en, "name_en"),
        read_hours(hours) if hours.strip() else "",
        tuple(_contact(line, parts) for line, parts in _lines(contacts, "contacts")),
        tuple(_item(line, parts) for line, parts in _lines(equipment, "equipment")),
    )


def read_name(written: str, field: str) -> str:
    """A name in NFC on one line. Raises InputError `bad_name`."""
    name = " ".join(unicodedata.normalize("NFC", written).split())
    if not name or len(name) > MOST_LETTERS or any(unicodedata.category(sign)[0] == "C" for sign in name):
        raise InputError("bad_name", NO_NAME, field=field)
    return name


def written_contacts(contacts: Iterable[Contact]) -> str:
    """The lines that a keeper edits."""
    return "\n".join(
        " | ".join(part for part in (WRITTEN_KIND[ContactKind(one.kind)], one.value, one.hours, one.note) if part)
        for one in contacts
    )


def written_equipment(items: Iterable[Item]) -> str:
    """The lines that a keeper edits."""
    return "\n".join(" | ".join(part for part in (one.name, str(one.count), one.note) if part) for one in items)


def _lines(written: str, field: str) -> list[tuple[int, list[str]]]:
    rows = [
        (number, [" ".join(part.split()) for part in unicodedata.normalize("NFC", line).split("|")])
        for number, line in enumerate(written.splitlines(), 1)
        if line.strip()
    ]
    if len(rows) > MOST_LINES:
        raise InputError("too_many_lines", TOO_MANY, field=field)
    return rows


def _contact(line: int, parts: list[str]) -> Contact:
    kind = WORDS_OF_KIND.get(parts[0].lower())
    if kind is None or not 3 <= len(parts) <= 4 or max(map(len, parts)) > MOST_LETTERS:
        raise InputError("bad_contact", BAD_CONTACT.filled(line=line), field="contacts")
    if not FORMS[kind].fullmatch(parts[1]) or not parts[1].isprintable():
        raise InputError("bad_contact", BAD_VALUE.filled(line=line), field="contacts")
    try:
        hours = read_hours(parts[2])
    except InputError as error:
        said = Said(
            BAD_LINE_HOURS.vi.format(line=line, why=error.said.vi),
            BAD_LINE_HOURS.en.format(line=line, why=error.said.en),
        )
        raise InputError("bad_hours", said, field="contacts") from error
    return Contact(kind.value, parts[1], hours, _note(parts, 3))


def _item(line: int, parts: list[str]) -> Item:
    name, count = parts[0], parts[1].replace(".", "") if len(parts) > 1 else ""
    is_count = count.isascii() and count.isdigit() and len(count) < 7 and 1 <= int(count) <= MOST_COUNT
    if not name or len(parts) > 3 or max(map(len, parts)) > MOST_LETTERS or not is_count or not name.isprintable():
        raise InputError("bad_equipment", BAD_EQUIPMENT.filled(line=line), field="equipment")
    return Item(name, int(count), _note(parts, 2))


def _note(parts: list[str], place: int) -> str:
    return "".join(sign for sign in parts[place] if sign.isprintable()) if len(parts) > place else ""
