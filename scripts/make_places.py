"""Make the tables of places anew from the package vietnamadminunits and from the amendments written by hand.

    python3 -m venv /tmp/places
    /tmp/places/bin/pip install --no-deps vietnamadminunits==1.0.4
    python3 scripts/make_places.py /tmp/places/lib/python3.*/site-packages/vietnamadminunits

Needs the standard library alone; the package is read as data and never imported, at run time it is not there.
The same input gives the same bytes; other input than the two files whose hashes stand here is refused.
Says on the way which links of the source it leaves out as namesakes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import sqlite3
import statistics
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

OUT = Path(__file__).resolve().parent.parent / "src/keng/vietnam/places/data"
MADE_ON = "2026-11-22"
NEW_MAP_ON = "2025-07-01"
SHA256 = {
    "data/dataset.db": "147cbbf81c8964bb594e1dda7ebab5649bce21efbfd6cb508cab7fefca62257d",
    "data/converter_2025.json": "84f0848bf401b047775cbb49768c181a9271f77e4a4ec706d293b09bcb4faddd",
}
HEADER = f"""\
# Made by scripts/make_places.py; do not edit, edit amendments.toml and make it anew.
# source: vietnamadminunits 1.0.4 (https://github.com/tranngocminhhieu/vietnamadminunits), in turn from the General Statistics
#   Office's list of codes, sapnhap.bando.com.vn and Google's geocoder; and amendments.toml beside this file
# licence: MIT, (c) 2025 Tran Ngoc Minh Hieu; made: {MADE_ON}; version: 1; what is estimated: docs/places.md
"""
UNITS_HEADER = """\
# valid_from empty: stood when this table begins, since when is not told; valid_to: the first day on which it is no more
"""
SUCCESSIONS_HEADER = """\
# `old`, as it stood the day before `day`, becomes `new`, as it stands on that day. share: the part of old that new took,
#   empty for all of it; basis, where it is only a part: `equal`, the same share for each part, since the source gives no sizes
"""
KINDS_OF_PROVINCE = {"thành phố": "municipality", "tỉnh": "province"}
KINDS = {
    "quận": "urban_district",
    "huyện": "rural_district",
    "thị xã": "town",
    "thành phố": "provincial_city",
    "phường": "ward",
    "xã": "commune",
    "thị trấn": "township",
    "đặc khu": "special_zone",
}
SLIPS = {
    "Đại áng": "Đại Áng",
    "Mường é": "Mường É",
    "é Tòng": "É Tòng",
    "Đồng ý": "Đồng Ý",
    "Pa ủ": "Pa Ủ",
    "Ya ly": "Ya Ly",
}
NAMESAKE_IS_NEARER = 2.0  # so many times nearer to the new unit lies the namesake to whom a link really belongs


class Row(NamedTuple):
    """One line of units.csv."""

    code: str
    name: str
    kind: str
    parent: str
    valid_from: str = ""
    valid_to: str = ""


class Link(NamedTuple):
    """One line of successions.csv."""

    day: str
    old: str
    new: str
    share: str = ""
    basis: str = ""


class Source(NamedTuple):
    """What the package holds: rows of both maps, and for each key of an old unit the (province, commune) keys it went to."""

    old: list[dict[str, Any]]
    new: list[dict[str, Any]]
    went_to: dict[str, list[tuple[str, str]]]


def main() -> None:
    source = read(Path(sys.argv[1]))
    units = old_units(source) + new_units(source)
    links = province_links(source) + commune_links(source)
    for amendment in tomllib.loads((OUT / "amendments.toml").read_text("utf-8"))["amendment"]:
        amend(units, links, amendment)
    write("units.csv", UNITS_HEADER, Row._fields, sorted(units, key=lambda row: (row.code, row.valid_from)))
    write("successions.csv", SUCCESSIONS_HEADER, Link._fields, sorted(links))
    print(f"{len(units)} units, {len(links)} successions")


def read(package: Path) -> Source:
    for name, expected in SHA256.items():
        if hashlib.sha256((package / name).read_bytes()).hexdigest() != expected:
            raise SystemExit(f"{package / name} is not the file of version 1.0.4")
    tables = sqlite3.connect(package / "data/dataset.db")
    tables.row_factory = sqlite3.Row
    old = [dict(row) for row in tables.execute("SELECT * FROM admin_units_legacy")]
    new = [dict(row) for row in tables.execute("SELECT * FROM admin_units")]
    converter = json.loads((package / "data/converter_2025.json").read_text("utf-8"))
    return Source(old, new, read_links(converter))


def read_links(converter: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    went_to: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, olds in communes.items():
            for old in olds:
                went_to[old].append((province, commune))
    for province, olds in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in olds.items():
            went_to[old] += [(province, part["newWardKey"]) for part in parts]
    return went_to


def old_units(source: Source) -> list[Row]:
    rows = set()
    for unit in source.old:
        rows.add(row_of(unit["provinceCode"], unit["province"], "", KINDS_OF_PROVINCE, valid_to=NEW_MAP_ON))
        rows.add(row_of(unit["districtCode"], unit["district"], unit["provinceCode"], KINDS, valid_to=NEW_MAP_ON))
        if unit["wardCode"]:
            rows.add(row_of(unit["wardCode"], unit["ward"], unit["districtCode"], KINDS, valid_to=NEW_MAP_ON))
    return list(rows)


def new_units(source: Source) -> list[Row]:
    rows = set()
    for unit in source.new:
        rows.add(row_of(unit["provinceCode"], unit["province"], "", KINDS_OF_PROVINCE, valid_from=NEW_MAP_ON))
        rows.add(row_of(unit["wardCode"], unit["ward"], unit["provinceCode"], KINDS, valid_from=NEW_MAP_ON))
    return list(rows)


def row_of(code: str, full_name: str, parent: str, kinds: dict[str, str], **validity: str) -> Row:
    for prefix, kind in kinds.items():
        if full_name.lower().startswith(f"{prefix} "):
            name = full_name[len(prefix) + 1 :]
            return Row(code, SLIPS.get(name, name), kind, parent, **validity)
    raise SystemExit(f"{code} {full_name}: of no known kind")


def province_links(source: Source) -> list[Link]:
    codes = {unit["provinceKey"]: unit["provinceCode"] for unit in source.new}
    pairs = {(old["provinceCode"], codes[source.went_to[key_of(old)][0][0]]) for old in source.old}
    return [Link(NEW_MAP_ON, old, new) for old, new in pairs]


def commune_links(source: Source) -> list[Link]:
    """Every lowest unit of the old map to those of the new one: a commune, or a district that has none (five islands)."""
    new_by_key = {(unit["provinceKey"], unit["wardKey"]): unit for unit in source.new}
    goes_to = {code_of(old): [new_by_key[key] for key in source.went_to[key_of(old)]] for old in source.old}
    links: list[Link] = []
    for old in source.old:
        parts = without_namesakes(old, goes_to, source)
        share, basis = ("", "") if len(parts) == 1 else (f"1/{len(parts)}", "equal")
        links += [Link(NEW_MAP_ON, code_of(old), part["wardCode"], share, basis) for part in parts]
    return links


def without_namesakes(
    old: dict[str, Any], goes_to: dict[str, list[dict[str, Any]]], source: Source
) -> list[dict[str, Any]]:
    """The parts of a split unit without those that are a namesake's.

    The source joined texts like "part of Phường 4" by name within a new province, so that each Phường 4 of three towns seems
    to have gone to all three. A part belongs to the namesake whose district lies far nearer.
    """
    parts = goes_to[code_of(old)]
    if len(parts) == 1:
        return parts
    kept = []
    for part in parts:
        here = distance_km(old, part, source)
        namesakes = [
            one for one in source.old if one["ward"] == old["ward"] and one is not old and part in goes_to[code_of(one)]
        ]
        if any(distance_km(one, part, source) * NAMESAKE_IS_NEARER < here for one in namesakes):
            print(f"left out: {code_of(old)} {old['ward']}, {old['district']} -> {part['wardCode']} {part['ward']}")
        else:
            kept.append(part)
    return kept


def distance_km(old: dict[str, Any], new: dict[str, Any], source: Source) -> float:
    """From the middle of the old unit's district to the new unit; single communes are located too badly to be used."""
    places = [
        (unit["wardLat"], unit["wardLon"])
        for unit in source.old
        if unit["districtCode"] == old["districtCode"] and unit["wardLat"]
    ]
    latitude, longitude = (statistics.median(place[axis] for place in places) for axis in (0, 1))
    east = (longitude - new["wardLon"]) * math.cos(math.radians(latitude))
    return 111.2 * math.hypot(latitude - new["wardLat"], east)


def key_of(old: dict[str, Any]) -> str:
    return f"{old['provinceKey']}_{old['districtKey']}_{old['wardKey'] or ''}"


def code_of(old: dict[str, Any]) -> str:
    return str(old["wardCode"] or old["districtCode"])


def amend(units: list[Row], links: list[Link], amendment: dict[str, Any]) -> None:
    """End the rows that an amendment names on its day, and begin the same units with their new kind."""
    day = amendment["on"].isoformat()
    for code in amendment["codes"]:
        (place,) = [n for n, row in enumerate(units) if row.code == code and row.valid_from and not row.valid_to]
        units.append(units[place]._replace(kind=amendment["kind"], valid_from=day))
        units[place] = units[place]._replace(valid_to=day)
        links.append(Link(day, code, code))


def write(name: str, header: str, fields: tuple[str, ...], rows: list[Any]) -> None:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(fields)
    lines.writerows(rows)
    (OUT / name).write_text(HEADER + header + text.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main()
