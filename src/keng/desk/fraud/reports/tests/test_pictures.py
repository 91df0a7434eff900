"""Pictures of a report: kept as they came, read behind walls, shown to officers alone and never given back."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from keng.base.confined import Read, Unreadable
from keng.base.confined.tests.made import png
from keng.base.errors import ConflictError, InputError, RefusedError, Said, UnavailableError
from keng.desk.fraud.reports import pictures, queries
from keng.desk.fraud.reports.models import Picture, ReportKey
from keng.desk.fraud.reports.sealed import unlock

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


@pytest.fixture
def sent(cast):
    return cast.report()


def attach(cast, sent, data):
    return pictures.attach(sent.receipt, data, cast.keys, now=cast.clock.at)


def read_one(cast):
    return pictures.read(pictures.claim(now=cast.clock.at), cast.keys, now=cast.clock.at)


def test_the_bytes_are_kept_sealed_as_they_came(cast, sent, entries):
    data = png() + b"whatever is appended"

    picture = attach(cast, sent, data)

    assert unlock(sent.report, cast.keys).picture(picture) == data
    assert bytes(picture.original_sha256) == hashlib.sha256(data).digest()
    assert data not in bytes(picture.original)
    assert entries(sent.report.subject) == ["reports.receive", "reports.attach"]


def test_the_confined_process_makes_the_preview_and_the_facts(cast, sent):
    attach(cast, sent, png(size=(60, 40)))

    assert read_one(cast)

    row = Picture.objects.get()
    assert (row.state, row.kind, row.width, row.height) == ("read", "PNG", 60, 40)
    shown = pictures.look_at_picture(cast.first, sent.report.pk, 1, "triage", cast.keys, now=cast.clock.at)
    assert shown.startswith(b"RIFF") and shown not in bytes(row.preview)


def test_without_the_reports_key_neither_picture_nor_preview_opens(cast, sent):
    attach(cast, sent, png())
    read_one(cast)
    attach(cast, sent, png((1, 2, 3)))
    ReportKey.objects.all().delete()

    with pytest.raises(ReportKey.DoesNotExist):
        pictures.look_at_picture(cast.first, sent.report.pk, 1, "triage", cast.keys, now=cast.clock.at)
    assert read_one(cast)
    assert Picture.objects.get(number=2).why == "sealed"


def test_looking_at_a_picture_is_a_look(cast, sent):
    attach(cast, sent, png())
    read_one(cast)

    pictures.look_at_picture(cast.first, sent.report.pk, 1, "triage", cast.keys, now=cast.clock.at)

    [look] = queries.track(sent.receipt, cast.keys, now=cast.clock.at).looks
    assert look.purpose.vi == "Xem để quyết định giữ tiền"


@pytest.mark.parametrize(
    ("officer", "number", "purpose", "error"),
    [
        ("operator", 1, "triage", RefusedError),
        ("first", 1, "curiosity", InputError),
        ("first", 2, "triage", InputError),
    ],
)
def test_without_right_purpose_or_picture_nothing_is_shown_nor_written(
    cast, sent, entries, officer, number, purpose, error
):
    attach(cast, sent, png())
    read_one(cast)

    with pytest.raises(error):
        pictures.look_at_picture(getattr(cast, officer), sent.report.pk, number, purpose, cast.keys, now=cast.clock.at)

    assert "reports.look" not in entries(sent.report.subject)


def test_a_report_takes_three_pictures_and_the_same_one_once(cast, sent):
    for colour in ((1, 1, 1), (2, 2, 2), (2, 2, 2), (3, 3, 3)):
        attach(cast, sent, png(colour))

    with pytest.raises(ConflictError) as refusal:
        attach(cast, sent, png((4, 4, 4)))

    assert refusal.value.code == "too_many_pictures"
    assert [one.number for one in queries.pictures_of(sent.report)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_picture"),
        (HEIC, "heic"),
        (b"GIF89a" + bytes(40), "not_a_picture"),
        (b"%PDF-1.7", "not_a_picture"),
        (b"<html><script>", "not_a_picture"),
        (b"PK\x03\x04", "not_a_picture"),
        (b"\xff\xd8\xff" + bytes(pictures.MAX_BYTES), "picture_too_large"),
    ],
)
def test_what_cannot_be_taken_is_told_clearly_and_not_kept(cast, sent, data, code):
    with pytest.raises(InputError) as refusal:
        attach(cast, sent, data)

    assert refusal.value.code == code
    assert refusal.value.said.vi and refusal.value.said.en
    assert not Picture.objects.exists()


def test_a_broken_picture_is_kept_and_said_to_be_unreadable(cast, sent):
    attach(cast, sent, png()[:50])

    read_one(cast)

    assert queries.pictures_of(sent.report)[0].state == "unreadable"


def test_while_one_worker_reads_no_other_takes_it(cast, sent):
    attach(cast, sent, png())
    claimed = pictures.claim(now=cast.clock.at)

    assert pictures.claim(now=cast.clock.at) is None
    cast.clock.pass_by(minutes=3)
    second = pictures.claim(now=cast.clock.at)

    assert second.tries == 2
    assert not pictures.read(claimed, cast.keys, now=cast.clock.at)
    assert pictures.read(second, cast.keys, now=cast.clock.at)


def test_one_that_takes_its_readers_down_is_given_up(cast, sent):
    attach(cast, sent, png())
    for _ in range(pictures.MOST_TRIES):
        assert pictures.claim(now=cast.clock.at)
        cast.clock.pass_by(minutes=3)

    read_one(cast)

    assert Picture.objects.get().why == "gave_up"
    assert pictures.claim(now=cast.clock.at + timedelta(days=1)) is None


def test_without_walls_it_waits(cast, sent, monkeypatch):
    def no_walls(*_arguments):
        raise UnavailableError("not_confined", Said("", ""))

    attach(cast, sent, png())
    monkeypatch.setattr(pictures, "run", no_walls)

    with pytest.raises(UnavailableError):
        read_one(cast)

    assert Picture.objects.get().state == "waiting"


@pytest.mark.parametrize(
    "answer",
    [
        Read({"kind": "PNG", "width": 1, "height": 1}, b"<html><script>alert(1)</script>"),
        Read({"kind": "PNG", "width": 1, "height": 1}, b"RIFF\x04\0\0\0WEBP<html>"),
        Read({"kind": "<b>", "width": 1, "height": 1}, b"RIFF\x04\0\0\0WEBP"),
        Read({"kind": "PNG", "width": 10**9, "height": 1}, b"RIFF\x04\0\0\0WEBP"),
        Read({"kind": "PNG", "width": True, "height": 1}, b"RIFF\x04\0\0\0WEBP"),
        Read({"kind": ["PNG"], "width": "1", "height": 1}, b"RIFF\x04\0\0\0WEBP"),
        Read({}, b""),
        Unreadable("x" * 32),
    ],
)
def test_a_confined_process_that_was_taken_over_is_not_believed(cast, sent, monkeypatch, answer):
    attach(cast, sent, png())
    monkeypatch.setattr(pictures, "run", lambda *_arguments: answer)

    read_one(cast)

    row = Picture.objects.get()
    assert (row.state, row.preview) == ("unreadable", None)


def test_the_holder_of_a_receipt_learns_that_it_came_and_no_more(cast, sent):
    attach(cast, sent, png())
    read_one(cast)

    [told] = queries.track(sent.receipt, cast.keys, now=cast.clock.at).pictures

    assert not [value for value in vars(type(told)) if "preview" in value or "original" in value]
    assert told.sha256 == hashlib.sha256(png()).hexdigest()
