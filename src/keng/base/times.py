"""Reading times from outside. Stored in UTC, shown in Vietnam's time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from keng.base.errors import InputError, Said

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)

NOT_A_TIME = Said(
    "Thời gian không đọc được. Hãy viết như 2026-11-21T14:05.",
    "The time cannot be read. Write it like 2026-11-21T14:05.",
)
NOT_YET = Said("Thời gian này chưa đến.", "This time has not come yet.")
TOO_OLD = Said("Thời gian này quá xa trong quá khứ.", "This time is too far in the past.")


def read_time(written: str, *, field: str) -> datetime:
    """An ISO 8601 time as an aware UTC datetime; without an offset it is Vietnam's. Raises InputError `bad_time`."""
    try:
        moment = datetime.fromisoformat(written.strip())
        return in_utc(moment)
    except (ValueError, OverflowError) as error:
        raise InputError("bad_time", NOT_A_TIME, field=field) from error


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC; a naive one is taken as Vietnam's."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)).astimezone(UTC)


def check_past(moment: datetime, *, now: datetime, field: str) -> datetime:
    """The moment, if it lies between the year 2000 and now. Raises InputError `impossible_time`."""
    if moment > now:
        raise InputError("impossible_time", NOT_YET, field=field)
    if moment < EARLIEST:
        raise InputError("impossible_time", TOO_OLD, field=field)
    return moment


def day_in_vietnam(moment: datetime) -> date:
    """The day that it is in Vietnam at that moment: the one for which dated rules and units are asked."""
    return moment.astimezone(VIETNAM).date()


def iso(moment: datetime) -> str:
    """`2026-11-21T07:30:00Z`: how every time leaves Kẻng."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(moment: datetime) -> str:
    """`21/11/2026 14:05` in Vietnam: how a time stands in a sentence."""
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
