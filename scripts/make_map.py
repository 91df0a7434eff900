"""Make the shapes of the provinces of both eras, for the map on the pages, from the package @svg-maps/vietnam.

    cd /tmp && npm pack @svg-maps/vietnam@2.0.0 && tar xzf svg-maps-vietnam-2.0.0.tgz
    python3 -m venv /tmp/map && /tmp/map/bin/pip install shapely==2.2.0 svgelements==1.9.6
    PYTHONPATH=src /tmp/map/bin/python scripts/make_map.py /tmp/package/vietnam.svg

The package holds the 63 provinces of before 2025-07-01 and the two archipelagos, each a shape of its own. Neighbours are made to
share their border, simplified together, and put together into the provinces of today by the table of successions: each old one
went whole into one. The same input gives the same bytes; another file than the one whose hash stands here is refused.
"""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon
from svgelements import SVG
from svgelements import Path as Drawn

from keng.vietnam import places
from keng.vietnam.places import Level

OUT = Path(__file__).resolve().parent.parent / "src/keng/look/data"
SHA256 = "b01c55ec16e95069e74dd565b47ec2ebe70bb153fe61c2b8fc9c189c80eef5ff"
BORDER_DAY = date(2025, 7, 1)
ERAS = {"63": date(2025, 6, 30), "34": BORDER_DAY}
GRID = 0.1  # units of the drawing (the country is 873 high): what lies nearer than this is one point
TOLERANCE = 1.1  # of the simplification, in the same units
SMALLEST_ISLAND = 2.0  # square units; smaller ones off a mainland province are left out, of the archipelagos none is
CURVE_STEPS = 6
WIDTH, HEIGHT = 572, 873  # of the drawing as made here: the sea east of the frames is left out
DOT = 1.7  # each island and reef is at least a dot of this radius


class Far(NamedTuple):
    """An archipelago: the province that it belongs to, how much smaller it is drawn, and where its frame stands (x, y, w, h)."""

    province: str
    scale: float
    frame: tuple[int, int, int, int]


ARCHIPELAGOS = {
    "hoangsa": Far("Đà Nẵng", 1.0, (440, 372, 124, 112)),
    "truongsa": Far("Khánh Hòa", 0.37, (392, 664, 172, 122)),
}
LABEL_ROOM = 26  # at the top of a frame, for its name
SHORT = {"hcm": "hochiminh", "baria": "bariavungtau", "tthue": "hue"}  # what the package calls by another name
HEADER = {
    "made_by": "scripts/make_map.py; do not edit",
    "source": "@svg-maps/vietnam 2.0.0 (https://github.com/VictorCazanave/svg-maps), by Stephen Truong",
    "licence": "CC BY 4.0; changed: borders joined and simplified, provinces of 2025-07-01 put together from their parts",
    "made": "2026-11-22",
    "version": 1,
}


def main() -> None:
    source = Path(sys.argv[1])
    if hashlib.sha256(source.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{source} is not the file of version 2.0.0")
    drawn = {one.id: outline(one) for one in SVG.parse(source).elements() if isinstance(one, Drawn)}
    islands = {name: framed(drawn.pop(name), far) for name, far in ARCHIPELAGOS.items()}
    codes = codes_of(drawn)
    old = dict(zip([codes[name] for name in drawn], tidy(list(drawn.values())), strict=True))
    for era, day in ERAS.items():
        shapes = old if era == "63" else put_together(old, day)
        named = {one.name: one.code for one in places.units(Level.PROVINCE, day)}
        rows = {
            code: {"d": path_of(shape), "at": point_in(shape), "room": room_in(shape)}
            for code, shape in sorted(shapes.items())
        }
        far = {
            name: {"province": named[one.province], "frame": one.frame, "d": path_of(islands[name])}
            for name, one in ARCHIPELAGOS.items()
        }
        told = {**HEADER, "map": era, "box": [WIDTH, HEIGHT], "provinces": rows, "archipelagos": far}
        text = json.dumps(told, ensure_ascii=False, indent=0)
        (OUT / f"map-{era}.json").write_text(text + "\n", encoding="utf-8")
        print(era, len(rows), len(text.encode()), "bytes")


def outline(drawn: Any) -> MultiPolygon:
    """The shape as polygons, in the drawing's units; curves become a few straight lines."""
    rings = []
    for part in drawn.as_subpaths():
        points = []
        for segment in Drawn(part):
            if type(segment).__name__ in ("CubicBezier", "QuadraticBezier", "Arc"):
                points += [segment.point(step / CURVE_STEPS) for step in range(1, CURVE_STEPS + 1)]
            elif segment.end is not None:
                points.append(segment.end)
        ring = [(point.x, point.y) for point in points]
        if len(set(ring)) > 2:
            rings.append(shapely.make_valid(Polygon(ring)))
    return only_areas(shapely.union_all(rings))


def codes_of(drawn: dict[str, Any]) -> dict[str, str]:
    """The code of the province of before the border day that each shape is, by its name without marks."""
    units = {bare(one.name): one.code for one in places.units(Level.PROVINCE, ERAS["63"])}
    found = {name: units.pop(SHORT.get(name, name)) for name in drawn}
    if units:
        raise SystemExit(f"without a shape: {units}")
    return found


def bare(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(sign for sign in plain if sign.isalpha())


def tidy(shapes: list[MultiPolygon]) -> list[MultiPolygon]:
    """The same without gaps and overlaps between neighbours, with fewer points, without islets."""
    snapped = [only_areas(shapely.make_valid(shapely.set_precision(one, GRID))) for one in shapes]
    clean = shapely.coverage_clean(snapped, gap_width=1.0)
    simple = shapely.coverage_simplify(clean, TOLERANCE)
    return [without_islets(only_areas(one)) for one in simple]


def put_together(old: dict[str, MultiPolygon], day: date) -> dict[str, MultiPolygon]:
    parts = defaultdict(list)
    for code, shape in old.items():
        (new,) = places.recast({code: 1}, ERAS["63"], day)
        parts[new].append(shape)
    return {code: only_areas(shapely.union_all(each)) for code, each in parts.items()}


def only_areas(shape: Any) -> MultiPolygon:
    parts = [one for one in getattr(shape, "geoms", [shape]) if isinstance(one, Polygon | MultiPolygon)]
    return MultiPolygon([one for part in parts for one in getattr(part, "geoms", [part]) if not one.is_empty])


def without_islets(shape: MultiPolygon) -> MultiPolygon:
    largest = max(shape.geoms, key=lambda one: one.area)
    return MultiPolygon([one for one in shape.geoms if one is largest or one.area >= SMALLEST_ISLAND])


def framed(shape: MultiPolygon, far: Far) -> MultiPolygon:
    """Islands and reefs drawn smaller, in the middle of their frame, each large enough to be seen."""
    x, y, width, height = far.frame
    small = affinity.scale(shape, far.scale, far.scale, origin=(0, 0))
    left, top, right, bottom = small.bounds
    across, down = x + (width - left - right) / 2, y + LABEL_ROOM + (height - LABEL_ROOM - top - bottom) / 2
    moved = affinity.translate(small, across, down)
    return only_areas(shapely.union_all([one.buffer(DOT, quad_segs=2).simplify(0.3) for one in moved.geoms]))


def path_of(shape: MultiPolygon) -> str:
    """`d` of an SVG path: whole tenths, relative steps, holes too."""
    rings = [ring for one in shape.geoms for ring in (one.exterior, *one.interiors)]
    return "".join(ring_path(list(ring.coords)[:-1]) for ring in rings)


def ring_path(points: list[tuple[float, float]]) -> str:
    tenths = [(round(x * 10), round(y * 10)) for x, y in points]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(tenths)]
    written = " ".join(f"{tell(x)} {tell(y)}" for x, y in steps if (x, y) != (0, 0))
    return f"M{tell(tenths[0][0])} {tell(tenths[0][1])}l{written}z".replace(" -", "-")


def tell(tenths: int) -> str:
    return f"{tenths / 10:g}"


def point_in(shape: MultiPolygon) -> list[float]:
    """Where a figure stands best: the middle of the largest circle that fits."""
    return [round(value, 1) for value in circle_in(shape).coords[0]]


def room_in(shape: MultiPolygon) -> float:
    """How far that point is from the nearest border."""
    return round(circle_in(shape).length, 1)


def circle_in(shape: MultiPolygon) -> Any:
    return shapely.maximum_inscribed_circle(max(shape.geoms, key=lambda one: one.area), tolerance=0.5)


if __name__ == "__main__":
    main()
