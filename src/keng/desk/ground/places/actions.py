"""What a commune does to its list of villages: add many at once, end one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.base.times import VIETNAM
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.organisations.models import Organisation, OrganisationKind
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.places.models import Village
from keng.vietnam.order import same_name
from keng.vietnam.villages import read_village

MOST_LINES = 500
MOST_REASON = 500
EARLIEST = date(1900, 1, 1)

NOT_A_COMMUNE = Said("Chỉ đơn vị cấp xã đang hoạt động có danh sách thôn.", "Only a commune that stands keeps a list.")
NOTHING = Said("Chưa có dòng nào.", "There is no line yet.")
TOO_MANY = Said("Nhiều nhất 500 dòng mỗi lần.", "500 lines at most at a time.")
BAD_LINES = Said(
    "{count} dòng chưa đúng, nên chưa thêm dòng nào. Hãy sửa rồi gửi lại.",
    "{count} lines are not right, so none was added. Put them right and send again.",
)
TWICE = Said("trùng với dòng {line}", "the same as line {line}")
IS_THERE = Said("đã có trong danh sách", "is in the list already")
BAD_DAY = Said("Ngày không hợp lệ: phải từ năm 1900 và không ở phía sau.", "The day must be after 1900 and not ahead.")
NO_REASON = Said("Hãy ghi lý do, nhiều nhất 500 chữ.", "Give a reason, 500 letters at most.")
NO_VILLAGE = Said("Không có thôn này.", "There is no such village.")
ENDED = Said("Thôn này đã kết thúc.", "This village has ended already.")
BEFORE_BEGIN = Said("Ngày kết thúc trước ngày bắt đầu.", "The end lies before the beginning.")


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A pasted line that cannot be taken, by its number from 1."""

    line: int
    why: Said

    @property
    def said(self) -> Said:
        return Said(f"Dòng {self.line}: {self.why.vi}.", f"Line {self.line}: {self.why.en}.")


class LinesError(InputError):
    """Pasted lines of which some cannot be taken: `lines` says which and why. Nothing was added."""

    def __init__(self, lines: list[WrongLine]) -> None:
        super().__init__("bad_lines", BAD_LINES.filled(count=len(lines)), field="lines")
        self.lines = lines


@transaction.atomic
def add(by: Officer, commune: Organisation, lines: str, since: date, *, now: datetime) -> list[Village]:
    """Add a village for every line, or none. Raises LinesError with every line that cannot be taken."""
    rights.require(by, "villages.add", on=commune, now=now)
    Organisation.objects.select_for_update().get(pk=commune.pk)  # two who add at once come one after the other
    _check_commune(commune, now)
    _check_day(since, now)
    rows = _read(commune, lines)
    added = Village.objects.bulk_create(
        Village(
            commune=commune,
            kind=kind,
            name=name,
            same_name=same_name(name),
            valid_from=since,
            added_by=by,
            added_at=now,
        )
        for kind, name in rows
    )
    names = "\n".join(name for _kind, name in rows)
    data: dict[str, object] = {
        "count": len(added),
        "since": since.isoformat(),
        "names_sha256": sha256(names.encode()).hexdigest(),
    }
    ledger.record(actor=by.actor, verb="villages.add", subject=commune.subject, data=data, at=now)
    return added


@transaction.atomic
def end(by: Officer, village_id: int, day: date, reason: str, *, now: datetime) -> Village:
    """End a village on that day, with a reason. Raises ConflictError `ended_already`."""
    village = Village.objects.select_related("commune").filter(pk=village_id).first()
    if village is None:
        raise InputError("no_village", NO_VILLAGE)
    rights.require(by, "villages.end", on=village.commune, now=now)
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON or "\0" in reason:
        raise InputError("no_reason", NO_REASON, field="reason")
    _check_day(day, now)
    if day < village.valid_from:
        raise InputError("bad_day", BEFORE_BEGIN, field="day")
    changes = {"valid_to": day, "ended_by": by, "end_reason": reason}
    if Village.objects.filter(pk=village.pk, valid_to=None).update(**changes) != 1:
        raise ConflictError("ended_already", ENDED)
    data: dict[str, object] = {"village": village.pk, "day": day.isoformat()}
    ledger.record(actor=by.actor, verb="villages.end", subject=village.commune.subject, data=data, at=now)
    return village


def _check_commune(commune: Organisation, now: datetime) -> None:
    if commune.kind != OrganisationKind.COMMUNE or not commune.stands_on(now.astimezone(VIETNAM).date()):
        raise RefusedError("not_a_commune", NOT_A_COMMUNE)


def _check_day(day: date, now: datetime) -> None:
    if not EARLIEST <= day <= now.astimezone(VIETNAM).date():
        raise InputError("bad_day", BAD_DAY, field="day")


def _read(commune: Organisation, lines: str) -> list[tuple[str, str]]:
    written = [(number, line) for number, line in enumerate(lines.splitlines(), 1) if line.strip()]
    if not written:
        raise InputError("nothing", NOTHING, field="lines")
    if len(written) > MOST_LINES:
        raise InputError("too_many_lines", TOO_MANY, field="lines")
    standing = Village.objects.filter(commune__heir_path=commune.path, valid_to=None)
    there = dict.fromkeys(standing.values_list("same_name", flat=True), 0)
    rows, wrong = [], []
    for number, line in written:
        try:
            kind, name = read_village(line)
        except InputError as error:
            wrong.append(WrongLine(number, error.said))
            continue
        first = there.setdefault(same_name(name), number)
        if first != number:
            wrong.append(WrongLine(number, TWICE.filled(line=first) if first else IS_THERE))
        rows.append((kind.value, name))
    if wrong:
        raise LinesError(wrong)
    return rows
