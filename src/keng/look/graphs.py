"""A graph drawn by the server: where its nodes stand, how thick its lines are. No script, the same drawing for the same graph.

Each node has a number, and a list beside the drawing says the same in words (look/parts/graph.html).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_NODES = 40
WIDTH = 720  # units of the drawing
ROOM_X, ROOM_Y = ROOM = np.array((92.0, 54.0))  # a node with the words under it
ROUNDS = 160  # of springs and repulsion (Fruchterman and Reingold 1991)
SPREAD_ROUNDS = 60  # of moving apart what still overlaps
MARGIN = 30.0
LINE_WIDTHS = (1.2, 2.0, 3.0, 4.2)
SHAPES = {
    "account": "M-13-11h26v22h-26Z",
    "wallet": "M-13-11h26v22h-26Z",
    "phone": "M0-13a13 13 0 1 0 .01 0Z",
    "url": "M0-16 16 0 0 16-16 0Z",
    "domain": "M0-16 16 0 0 16-16 0Z",
    "email": "M0-16 16 0 0 16-16 0Z",
    "ip": "M0-16 16 0 0 16-16 0Z",
}
OTHER_SHAPE = "M-8-13H8L15 0 8 13H-8L-15 0Z"
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Node:
    """`kind` gives its shape; `short` stands under it, `told` is read out; `hub`: why it joins nothing, empty if it does."""

    kind: str
    short: str
    told: str
    count: int
    url: str = ""
    hub: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Two nodes by their places, and how often they were told together."""

    left: int
    right: int
    count: int


def drawn(nodes: Sequence[Node], lines: Sequence[Line]) -> dict[str, Any]:
    """What look/parts/graph.html draws: the first 40 nodes, numbered from 1 in their order, and the lines between them.

    `also` of a node: the numbers of those it was told together with, the most often first.
    """
    nodes = nodes[:MOST_NODES]
    lines = [one for one in lines if one.left < len(nodes) and one.right < len(nodes) and one.left != one.right]
    places, height = _places(len(nodes), tuple(lines))
    top = max((one.count for one in lines), default=1)
    return {
        "box": f"0 0 {WIDTH} {round(height)}",
        "lines": [_line(one, places, top, nodes) for one in lines],
        "nodes": [_node(at, nodes, lines, places) for at in range(len(nodes))],
        "has_hubs": any(one.hub for one in nodes),
        "has_weak": any(one.count == 1 for one in lines),
    }


def _line(line: Line, places: Points, top: int, nodes: Sequence[Node]) -> dict[str, Any]:
    (x1, y1), (x2, y2) = places[line.left], places[line.right]
    level = min(int(len(LINE_WIDTHS) * (line.count - 1) / max(top, 1)), len(LINE_WIDTHS) - 1)
    is_grey = bool(nodes[line.left].hub or nodes[line.right].hub)
    kind = "to-hub" if is_grey else "weak" if line.count == 1 else ""
    return {
        "x1": _written(x1),
        "y1": _written(y1),
        "x2": _written(x2),
        "y2": _written(y2),
        "width": f"{LINE_WIDTHS[level]:g}",
        "kind": kind,
    }


def _node(at: int, nodes: Sequence[Node], lines: Sequence[Line], places: Points) -> dict[str, Any]:
    node = nodes[at]
    beside = [(-one.count, one.right if one.left == at else one.left) for one in lines if at in (one.left, one.right)]
    return {
        "number": at + 1,
        "kind": node.kind,
        "shape": SHAPES.get(node.kind, OTHER_SHAPE),
        "x": _written(places[at][0]),
        "y": _written(places[at][1]),
        "short": node.short,
        "told": node.told,
        "count": node.count,
        "url": node.url,
        "hub": node.hub,
        "also": [other + 1 for _count, other in sorted(beside)],
    }


@lru_cache(256)
def _places(count: int, lines: tuple[Line, ...]) -> tuple[Points, float]:
    """Where each node stands, and how high the drawing is: connected parts beside each other, the largest first.

    Kept for a page that is opened again: of thirty nodes it takes longer than all that the database is asked.
    """
    places = np.zeros((count, 2))
    x = y = high = 0.0
    for part in _parts(count, lines):
        own = _laid_out(part, lines)
        own -= own.min(axis=0)
        width, height = own.max(axis=0) + ROOM
        most = WIDTH - 2 * MARGIN
        if width > most:
            own[:, 0] *= (most - ROOM_X) / (width - ROOM_X)
            own = _apart(own)
            own -= own.min(axis=0)
            own[:, 0] *= min(1.0, (most - ROOM_X) / max(own[:, 0].max(), 1.0))
            width, height = own.max(axis=0) + ROOM
        if x and x + width > most:
            x, y, high = 0.0, y + high, 0.0
        places[part] = own + np.array((x + ROOM_X / 2 + MARGIN, y + ROOM_Y / 2))
        x, high = x + float(width), max(high, float(height))
    places.flags.writeable = False
    return places, y + high + ROOM_Y / 3


def _parts(count: int, lines: Sequence[Line]) -> list[list[int]]:
    """What is connected, the largest first, then by its first node."""
    head = list(range(count))

    def find(at: int) -> int:
        while head[at] != at:
            at = head[at]
        return at

    for line in lines:
        left, right = sorted((find(line.left), find(line.right)))
        head[right] = left
    parts: dict[int, list[int]] = {}
    for at in range(count):
        parts.setdefault(find(at), []).append(at)
    return sorted(parts.values(), key=lambda part: (-len(part), part[0]))


def _laid_out(part: list[int], lines: Sequence[Line]) -> Points:
    """Springs along lines, repulsion between all, cooling; from a circle in the order given."""
    count = len(part)
    if count == 1:
        return np.zeros((1, 2))
    turn = 2 * np.pi * np.arange(count) / count
    at = np.stack([np.cos(turn), np.sin(turn)], axis=1) * 40.0 * np.sqrt(count)
    place = {node: number for number, node in enumerate(part)}
    pull = np.zeros((count, count))
    for line in lines:
        if line.left in place:
            left, right = place[line.left], place[line.right]
            pull[left, right] = pull[right, left] = 1.0 + min(np.log1p(line.count), 3.0) / 3.0
    ideal = 78.0
    for step in range(ROUNDS):
        away = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.sqrt((away**2).sum(axis=2)), 1.0)
        force = (ideal**2 / distance - pull * distance**2 / ideal) / distance
        np.fill_diagonal(force, 0.0)
        move = (away * force[:, :, None]).sum(axis=1)
        length = np.maximum(np.sqrt((move**2).sum(axis=1)), 1e-9)
        heat = 40.0 * (1 - step / ROUNDS) + 0.5
        at = at + move / length[:, None] * np.minimum(length, heat)[:, None]
    return _apart(_wide(at))


def _wide(at: Points) -> Points:
    """Turned so that it is wider than high."""
    centred = at - at.mean(axis=0)
    _values, axes = np.linalg.eigh(centred.T @ centred)
    turned = centred @ axes[:, ::-1]
    return np.asarray(turned * np.where(turned[0] < 0, -1.0, 1.0))


def _apart(at: Points) -> Points:
    """Moved until no two nodes with their words overlap, along the side where less is missing."""
    at = at.copy()
    for _ in range(SPREAD_ROUNDS):
        away = at[:, None, :] - at[None, :, :]
        missing_x, missing_y = ROOM_X - np.abs(away[:, :, 0]), ROOM_Y - np.abs(away[:, :, 1])
        over = (missing_x > 0) & (missing_y > 0)
        np.fill_diagonal(over, False)
        if not over.any():
            break
        sideways = missing_x / ROOM_X < missing_y / ROOM_Y
        order = np.sign(np.arange(len(at))[:, None] - np.arange(len(at))[None, :])
        for axis, missing, chosen in ((0, missing_x, over & sideways), (1, missing_y, over & ~sideways)):
            way = np.where(away[:, :, axis] == 0, order, np.sign(away[:, :, axis]))
            at[:, axis] += np.where(chosen, way * (missing / 2 + 0.5), 0.0).sum(axis=1) * 0.6
    return at


def _written(value: float) -> str:
    """As a drawing writes it, whatever the reader's language."""
    return f"{round(float(value), 1):g}"
