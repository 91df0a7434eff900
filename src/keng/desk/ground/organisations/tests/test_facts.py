"""What a keeper writes of an organisation, and when somebody can be reached."""

from __future__ import annotations

from datetime import datetime

import pytest

from keng.base.errors import InputError
from keng.base.times import VIETNAM
from keng.desk.ground.organisations.facts import OwnFacts, read_facts, written_contacts, written_equipment
from keng.desk.ground.organisations.hours import in_language, is_open, read_hours

NAMES = ("Công an xã A", "A commune police", "24/7")
CONTACTS = "điện thoại | 069 123 4567 | 24/7 | trực ban\nthư | xa@example.vn | T2-T6 07:30-17:00"
EQUIPMENT = "Máy trạm | 2 | phòng 3\nXe | 1"


def test_facts_are_read_and_written_the_same():
    facts = read_facts(*NAMES, CONTACTS, EQUIPMENT)

    assert (written_contacts(facts.contacts), written_equipment(facts.equipment)) == (CONTACTS, EQUIPMENT)
    assert OwnFacts.from_json(facts.as_json()) == facts


@pytest.mark.parametrize(
    ("contacts", "line"),
    [
        ("điện thoại | 069 | 24/7\nđường dây | 069 123 | 24/7", 2),
        ("\n\nđiện thoại | gọi tôi | 24/7", 3),
        ("thư | không phải thư | 24/7", 1),
        ("điện thoại | 069 123 | lúc nào cũng được", 1),
        ("điện thoại | 069 123", 1),
        ("điện thoại | 069 123 | 24/7 | a | b", 1),
        ("trang web | javascript:alert(1) | 24/7", 1),
        ("điện thoại | 069 123 | 24/7 | " + "a" * 201, 1),
    ],
)
def test_a_line_that_is_no_contact_point_is_named_in_both_languages(contacts, line):
    with pytest.raises(InputError) as refused:
        read_facts(*NAMES, contacts, EQUIPMENT)

    assert refused.value.field == "contacts"
    assert f"Dòng {line}," in refused.value.said.vi
    assert f"Line {line} " in refused.value.said.en


@pytest.mark.parametrize("item", ["Xe", "Xe | nhiều", "Xe | 0", "Xe | 100001", " | 2", "Xe | 1 | a | b", "Xe | ٣"])
def test_a_line_that_is_no_equipment_is_named(item):
    with pytest.raises(InputError) as refused:
        read_facts(*NAMES, CONTACTS, f"Máy | 1\n{item}")

    assert "Dòng 2," in refused.value.said.vi


def test_sixty_lines_are_taken_and_one_more_is_not():
    assert len(read_facts(*NAMES, "", "Xe | 1\n" * 60).equipment) == 60
    with pytest.raises(InputError):
        read_facts(*NAMES, "", "Xe | 1\n" * 61)


@pytest.mark.parametrize(
    ("written", "read"),
    [("24/7", "24/7"), ("t2-t6  07:30-17:00", "T2-T6 07:30-17:00"),
     ("T2 07:30-17:00;T7 08:00-11:30", "T2 07:30-17:00; T7 08:00-11:30"),
     ("CN 00:00-24:00", "CN 00:00-24:00")],
)  # fmt: skip
def test_hours_have_one_spelling(written, read):
    assert read_hours(written) == read


@pytest.mark.parametrize(
    "written", ["", "24", "T8 07:00-08:00", "T2 08:00-07:00", "T6-T2 07:00-08:00", "T2 7-8", "T2 07:00-25:00", ";"]
)
def test_what_are_no_hours_is_refused(written):
    with pytest.raises(InputError):
        read_hours(written)


@pytest.mark.parametrize(
    ("hours", "at", "opened"),
    [
        ("24/7", datetime(2026, 11, 22, 3, tzinfo=VIETNAM), True),
        ("T2-T6 07:30-17:00", datetime(2026, 11, 20, 16, 59, tzinfo=VIETNAM), True),
        ("T2-T6 07:30-17:00", datetime(2026, 11, 20, 17, 0, tzinfo=VIETNAM), False),
        ("T2-T6 07:30-17:00", datetime(2026, 11, 21, 10, 0, tzinfo=VIETNAM), False),
        ("T2-T6 07:30-17:00; T7 08:00-11:30", datetime(2026, 11, 21, 10, 0, tzinfo=VIETNAM), True),
        ("", datetime(2026, 11, 20, 10, 0, tzinfo=VIETNAM), False),
    ],
)
def test_hours_are_those_of_vietnam(hours, at, opened):
    assert is_open(hours, at) is opened


def test_hours_are_shown_in_the_readers_language():
    assert in_language("T2-T6 07:30-17:00; CN 08:00-11:30", "en") == "Mon-Fri 07:30-17:00; Sun 08:00-11:30"
    assert in_language("T2-T6 07:30-17:00", "vi") == "T2-T6 07:30-17:00"
