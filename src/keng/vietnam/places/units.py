"""What a place is: its level, its kind, and the time in which it stood as it is told here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from keng.base.errors import Said


class Level(IntEnum):
    """How deep a unit lies. No map needs every level: since 2025-07-01 there are no districts."""

    PROVINCE = 1
    DISTRICT = 2
    COMMUNE = 3
    VILLAGE = 4


class Kind(StrEnum):
    """What a unit is called by law. Villages and residential groups stand in no table: communes add their own."""

    MUNICIPALITY = "municipality"
    PROVINCE = "province"
    URBAN_DISTRICT = "urban_district"
    RURAL_DISTRICT = "rural_district"
    TOWN = "town"
    PROVINCIAL_CITY = "provincial_city"
    WARD = "ward"
    COMMUNE = "commune"
    TOWNSHIP = "township"
    SPECIAL_ZONE = "special_zone"
    VILLAGE = "village"
    RESIDENTIAL_GROUP = "residential_group"

    @property
    def level(self) -> Level:
        """The level on which units of this kind lie."""
        return _TOLD[self][0]

    @property
    def prefix(self) -> str:
        """The words before the name in an address."""
        return _TOLD[self][1]

    @property
    def said(self) -> Said:
        """What the kind is called, without a name."""
        return _TOLD[self][2]


_TOLD = {
    Kind.MUNICIPALITY: (
        Level.PROVINCE,
        "Thành phố",
        Said("thành phố trực thuộc trung ương", "centrally governed city"),
    ),
    Kind.PROVINCE: (Level.PROVINCE, "Tỉnh", Said("tỉnh", "province")),
    Kind.URBAN_DISTRICT: (Level.DISTRICT, "Quận", Said("quận", "urban district")),
    Kind.RURAL_DISTRICT: (Level.DISTRICT, "Huyện", Said("huyện", "rural district")),
    Kind.TOWN: (Level.DISTRICT, "Thị xã", Said("thị xã", "town")),
    Kind.PROVINCIAL_CITY: (
        Level.DISTRICT,
        "Thành phố",
        Said("thành phố thuộc tỉnh, thuộc thành phố trực thuộc trung ương", "city within a province"),
    ),
    Kind.WARD: (Level.COMMUNE, "Phường", Said("phường", "ward")),
    Kind.COMMUNE: (Level.COMMUNE, "Xã", Said("xã", "commune")),
    Kind.TOWNSHIP: (Level.COMMUNE, "Thị trấn", Said("thị trấn", "township")),
    Kind.SPECIAL_ZONE: (Level.COMMUNE, "Đặc khu", Said("đặc khu", "special zone")),
    Kind.VILLAGE: (Level.VILLAGE, "Thôn", Said("thôn, ấp, bản, buôn, làng", "village")),
    Kind.RESIDENTIAL_GROUP: (Level.VILLAGE, "Tổ dân phố", Said("tổ dân phố", "residential group")),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it stood from `valid_from` (None: when the tables begin) until the day before `valid_to` (None: still).

    When anything about it changes, what lies in it included, the row ends and the next begins: the same code on another
    date may be another place. `parent_code` is to be read on the same date.
    """

    code: str
    name: str
    kind: Kind
    parent_code: str | None
    valid_from: date | None
    valid_to: date | None

    @property
    def full_name(self) -> str:
        """The name with its kind, as in an address: `Phường Ba Đình`."""
        return f"{self.kind.prefix} {self.name}"

    @property
    def level(self) -> Level:
        """The level on which it lies."""
        return self.kind.level

    def is_valid_on(self, day: date) -> bool:
        """Whether it stood like this on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    def overlaps(self, other: Unit) -> bool:
        """Whether there is a day on which both stood."""
        return _starts_before_end(self, other) and _starts_before_end(other, self)


def _starts_before_end(one: Unit, other: Unit) -> bool:
    return one.valid_from is None or other.valid_to is None or one.valid_from < other.valid_to
