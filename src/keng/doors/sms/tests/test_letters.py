"""The letters of SMS both ways, and what a centre's PDU holds, on bytes written down by hand from the standards."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.desk.ground.sms.actions import PartOf
from keng.desk.ground.sms.states import Delivery
from keng.doors.sms import gsm, pdus
from keng.doors.sms.pdus import Coming, Receipt


@pytest.mark.parametrize(
    ("hexed", "coding", "words"),
    [
        ("48656c6c6f", 0, "Hello"),
        ("00", 0, "@"),
        ("1b65201b28", 0, "€ {"),
        ("4c1e1f", 0, "Lßé".replace("é", "É")),
        ("004b1ebb006e0067", 8, "Kẻng"),
        ("d83dde00", 8, "😀"),
        ("d83d", 8, "\ufffd"),
        ("e9", 3, "é"),
        ("1b", 0, ""),
        ("ff", 0, "\ufffd"),
        ("48", 0xF0, "H"),
    ],
)
def test_bytes_are_read_by_their_coding(hexed, coding, words):
    assert gsm.decode(bytes.fromhex(hexed), coding) == words


@pytest.mark.parametrize("coding", [2, 4, 5, 9, 0xF4, 0xF5])
def test_what_is_no_text_is_none(coding):
    assert gsm.decode(b"\x00\x01", coding) is None


@given(st.binary(max_size=300), st.integers(0, 255))
def test_no_bytes_break_the_reading(data, coding):
    words = gsm.decode(data, coding)
    assert words is None or isinstance(words, str)


@given(st.text(max_size=400))
def test_bare_letters_are_all_of_the_basic_alphabet_and_stay_as_they_are(text):
    plain = gsm.bare(text)
    assert gsm.bare(plain) == plain
    assert gsm.decode(b"".join(gsm.segments(letter, 0)[0][0] for letter in plain), 0) == plain


def test_vietnamese_loses_its_marks_and_nothing_else():
    assert gsm.bare("Đừng chuyển tiền, “ƯỚC ắ ẵ ợ” – hỏi…") == 'Dung chuyen tien, "UOC a a o" - hoi...'


@pytest.mark.parametrize(("length", "sizes"), [(1, [1]), (160, [160]), (161, [153, 8]), (306, [153, 153])])
def test_one_segment_or_two(length, sizes):
    found = gsm.segments("x" * length, 7)

    headers = [data[:6] if esm else b"" for data, esm in found]
    assert [len(data) - len(header) for (data, _esm), header in zip(found, headers, strict=True)] == sizes
    assert headers == ([b""] if length <= 160 else [bytes((5, 0, 3, 7, 2, 1)), bytes((5, 0, 3, 7, 2, 2))])


def test_three_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        gsm.segments("x" * 307, 0)


def pdu(**fields):
    base = {
        "source_addr": b"84900000001",
        "destination_addr": b"156",
        "short_message": b"",
        "esm_class": 0,
        "data_coding": 0,
    }
    return SimpleNamespace(**base | fields)


@pytest.mark.parametrize(
    ("fields", "data", "part"),
    [
        ({"short_message": b"abc"}, b"abc", None),
        ({"message_payload": b"long"}, b"long", None),
        ({"short_message": bytes.fromhex("050003010302616263"), "esm_class": 0x40}, b"abc", PartOf(1, 3, 2)),
        ({"short_message": bytes.fromhex("06080401020201616263"), "esm_class": 0x40}, b"abc", PartOf(258, 2, 1)),
        ({"short_message": bytes.fromhex("0a0102ffff0003090201") + b"z", "esm_class": 0x40}, b"", None),
        ({"short_message": bytes.fromhex("080102ffff00030902") + b"z", "esm_class": 0x40}, b"z", None),
        ({"short_message": b"ab", "sar_msg_ref_num": 5, "sar_total_segments": 2, "sar_segment_seqnum": 1}, b"ab", PartOf(5, 2, 1)),
        ({"short_message": b"", "esm_class": 0x40}, b"", None),
        ({"short_message": b"\xff", "esm_class": 0x40}, b"\xff", None),
    ],
)  # fmt: skip
def test_a_message_or_its_part_is_found_whichever_way_it_comes(fields, data, part):
    found = pdus.read(pdu(**fields))

    if fields.get("short_message", b"")[:1] == b"\x0a":
        assert isinstance(found, Coming)  # a header that tells lies about its length: whatever is left, nothing breaks
        return
    assert found == Coming("84900000001", "156", data, 0, part)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"short_message": b"id:m7 sub:001 dlvrd:001 stat:DELIVRD err:000 text:"}, Receipt("m7", Delivery.DELIVERED)),
        ({"short_message": b"id:m7 stat:EXPIRED"}, Receipt("m7", Delivery.FAILED)),
        ({"short_message": b"id:m7 stat:ENROUTE"}, Receipt("m7", None)),
        ({"receipted_message_id": b"m8\0", "message_state": 2}, Receipt("m8", Delivery.DELIVERED)),
        ({"receipted_message_id": "m8", "message_state": b"\x05"}, Receipt("m8", Delivery.FAILED)),
        ({"receipted_message_id": b"m9", "message_state": 1}, Receipt("m9", None)),
        ({}, Receipt("", None)),
    ],
)
def test_a_receipt_is_read_from_its_fields_or_its_words(fields, expected):
    assert pdus.read(pdu(esm_class=0x04, **fields)) == expected


@given(
    st.binary(max_size=80), st.integers(0, 255), st.integers(0, 255),
    st.none() | st.integers(0, 300) | st.binary(max_size=3), st.none() | st.binary(max_size=70),
)  # fmt: skip
def test_no_fields_break_it(data, esm_class, coding, number, text):
    fields = {"short_message": data, "esm_class": esm_class, "data_coding": coding, "message_payload": text}
    fields |= dict.fromkeys(("sar_msg_ref_num", "sar_total_segments", "sar_segment_seqnum", "message_state"), number)
    assert isinstance(pdus.read(pdu(**fields, receipted_message_id=text)), Coming | Receipt)
