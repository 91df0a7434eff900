"""Pictures that a reporter adds: kept as they came, sealed; read later by a confined process; shown to officers as drawn anew.

Nothing here gives a picture back to the holder of the receipt, so a receipt is no place to leave files.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from keng.base import sealing
from keng.base.confined import Read, Unreadable, run
from keng.base.errors import ConflictError, InputError, Said
from keng.base.times import day_in_vietnam
from keng.desk.fraud.reports.actions import NO_PURPOSE, PURPOSES, get_report_for, report_of
from keng.desk.fraud.reports.models import Picture, PictureState, Report, ReportKey
from keng.desk.fraud.reports.sealed import ERASED, label, unlock
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

MAX_BYTES = 5 * 1024 * 1024
LEASE = timedelta(minutes=2)
MOST_TRIES = 3
JOB = "keng.base.confined.picture:read"
KINDS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 20_000

EMPTY = Said("Ảnh này trống.", "This picture is empty.")
TOO_BIG = Said(
    "Ảnh lớn hơn 5 MB. Hãy chụp lại màn hình, hoặc gửi ảnh nhỏ hơn; báo cáo của bạn vẫn còn nguyên.",
    "The picture is larger than 5 MB. Take a screenshot or send a smaller one; your report is safe.",
)
HEIC = Said(
    "Ảnh này ở dạng HEIC của iPhone, Kẻng chưa đọc được. Hãy mở ảnh, chụp lại màn hình rồi gửi ảnh chụp đó.",
    "This is an iPhone HEIC picture, which Kẻng cannot read. Open it, take a screenshot, and send that.",
)
NOT_A_PICTURE = Said(
    "Tệp này không phải ảnh JPEG, PNG hay WebP. Hãy chụp màn hình rồi gửi ảnh chụp.",
    "This file is no JPEG, PNG or WebP picture. Take a screenshot and send that.",
)
TOO_MANY = Said(
    "Báo cáo này đã đủ {most} ảnh. Chuyện khác thì kể ở ô viết cho cán bộ.",
    "This report has its {most} pictures. Tell the rest in a message to the desk.",
)
NO_PICTURE = Said("Không có ảnh này.", "There is no such picture.")
HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A picture that this worker may have read until its lease runs out."""

    id: UUID
    tries: int
    leased_until: datetime


def check_picture(data: bytes) -> None:
    """Return if the first bytes are those of a picture that can be taken. Nothing is decoded. Raises InputError."""
    if not data:
        raise InputError("empty_picture", EMPTY, field="picture")
    if len(data) > MAX_BYTES:
        raise InputError("picture_too_large", TOO_BIG, field="picture")
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        raise InputError("heic", HEIC, field="picture")
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    if not (is_webp or data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))):
        raise InputError("not_a_picture", NOT_A_PICTURE, field="picture")


@transaction.atomic
def attach(receipt: str, data: bytes, keys: KeyStore, *, now: datetime) -> Picture:
    """Keep a picture with the report of this receipt; the same bytes again change nothing.

    Raises InputError for what is no picture, ConflictError `too_many_pictures`, `erased`.
    """
    report = Report.objects.select_for_update().get(pk=report_of(receipt).pk)
    if report.erased_at:
        raise ConflictError("erased", ERASED, field="picture")
    check_picture(data)
    digest = hashlib.sha256(data).digest()
    before = list(report.pictures.defer("original", "preview").order_by("number"))
    for one in before:
        if bytes(one.original_sha256) == digest:
            return one
    most = rules.limit("reports.pictures", day_in_vietnam(now)).value
    if len(before) >= most:
        raise ConflictError("too_many_pictures", TOO_MANY.filled(most=most), field="picture")
    picture = Picture(report=report, number=len(before) + 1, received_at=now, original_sha256=digest, size=len(data))
    picture.original = sealing.seal(unlock(report, keys).key, label(report, f"picture:{picture.pk}"), data)
    picture.save(force_insert=True)
    ledger.record(
        actor="reporter",
        verb="reports.attach",
        subject=report.subject,
        about=report.subject,
        data={"number": picture.number, "bytes": len(data)},
        at=now,
    )
    return picture


@transaction.atomic
def look_at_picture(
    officer: Officer, report_id: UUID, number: int, purpose: str, keys: KeyStore, *, now: datetime
) -> bytes:
    """The preview of a picture, as WebP: a look like any other, with its purpose and its entry. Raises InputError `no_picture`."""
    report = get_report_for(officer, "reports.look", report_id)
    if purpose not in PURPOSES:
        raise InputError("no_purpose", NO_PURPOSE, field="purpose")
    picture = report.pictures.filter(number=number, state=PictureState.READ).first()
    if picture is None:
        raise InputError("no_picture", NO_PICTURE)
    preview = unlock(report, keys).preview(picture)
    ledger.record(
        actor=officer.actor,
        verb="reports.look",
        subject=report.subject,
        about=report.subject,
        data={"purpose": purpose, "picture": number},
        at=now,
    )
    return preview


def claim(*, now: datetime) -> Claimed | None:
    """The oldest picture that waits, leased for two minutes; None if there is none."""
    free = Picture.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), state=PictureState.WAITING)
    row = free.order_by("received_at", "pk").values_list("pk", "tries").first()
    if row is None:
        return None
    until = now + LEASE
    taken = free.filter(pk=row[0], tries=row[1]).update(leased_until=until, tries=F("tries") + 1)
    return Claimed(row[0], row[1] + 1, until) if taken else None


def read(claimed: Claimed, keys: KeyStore, *, now: datetime) -> bool:
    """Have a claimed picture read by the confined process, and keep what it made. False if somebody else did so first.

    Raises UnavailableError `not_confined`: the picture then waits until the walls stand.
    """
    picture = Picture.objects.select_related("report").filter(pk=claimed.id).first()
    if picture is None:  # erased since
        return False
    if claimed.tries > MOST_TRIES:  # it took its reader down with it again and again
        return _settle(claimed, now, state=PictureState.UNREADABLE, why="gave_up")
    try:
        opened = unlock(picture.report, keys)
        data = opened.picture(picture)
    except (ReportKey.DoesNotExist, sealing.BrokenSealError):
        return _settle(claimed, now, state=PictureState.UNREADABLE, why="sealed")
    found = run(JOB, data)
    if isinstance(found, Unreadable):
        return _settle(claimed, now, state=PictureState.UNREADABLE, why=found.why[:32])
    if not _is_sound(found):
        return _settle(claimed, now, state=PictureState.UNREADABLE, why="crashed")
    preview = sealing.seal(opened.key, label(picture.report, f"preview:{picture.pk}"), found.output)
    facts = {name: found.facts[name] for name in ("kind", "width", "height")}
    return _settle(claimed, now, state=PictureState.READ, preview=preview, **facts)


def _is_sound(found: Read) -> bool:
    """True if the answer has the shape that it must have: the process that gave it may have been taken over."""
    facts, output = found.facts, found.output
    sides = facts.get("width"), facts.get("height")
    return (
        facts.get("kind") in KINDS
        and all(type(side) is int and 0 < side <= LONGEST_SIDE for side in sides)
        and output[:4] == b"RIFF"
        and output[8:12] == b"WEBP"
        and int.from_bytes(output[4:8], "little") + 8 == len(output)
    )


def _settle(claimed: Claimed, now: datetime, **values: object) -> bool:
    mine = Picture.objects.filter(pk=claimed.id, state=PictureState.WAITING, leased_until=claimed.leased_until)
    return bool(mine.update(parsed_at=now, leased_until=None, **values))
