"""A reader of master files (RFC 1035, section 5) that knows nothing of how ours are made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TYPES = {"SOA", "NS", "A", "AAAA"}


@dataclass(frozen=True, slots=True)
class Record:
    """One resource record; the owner is absolute."""

    owner: str
    kind: str
    data: tuple[str, ...]


def read_zone(text: str) -> list[Record]:
    """Every record. Fails on what a name server would not load."""
    origin, ttl, owner = "", None, ""
    records: list[Record] = []
    for line in _lines(text):
        words = line.split()
        if words[0] == "$ORIGIN":
            origin = words[1]
            assert origin.endswith(".")
        elif words[0] == "$TTL":
            ttl = int(words[1])
        else:
            if not line[0].isspace():
                owner = _absolute(words.pop(0), origin)
            assert ttl is not None and words.pop(0) == "IN" and words[0] in TYPES, line
            kind, *data = words
            if kind in ("NS", "SOA"):
                data = [word if word.isdigit() else _absolute(word, origin) for word in data]
            records.append(Record(owner, kind, tuple(data)))
    assert [record.kind for record in records].count("SOA") == 1
    assert records[0].kind == "SOA"
    assert len(records[0].data) == 7
    return records


def names_in(text: str) -> set[str]:
    """The names delegated in it; the zone's own servers have addresses."""
    records = read_zone(text)
    apex = records[0].owner
    addresses = {record.owner for record in records if record.kind == "A"}
    own = {record.data[0] for record in records if record.kind == "NS" and record.owner == apex}
    assert own
    assert own <= addresses
    delegated = {record.owner for record in records if record.kind == "NS"} - {apex}
    assert all(name.endswith(f".{apex}") for name in delegated)
    return delegated


def serial_of(text: str) -> int:
    return int(read_zone(text)[0].data[2])


def _lines(text: str) -> Iterator[str]:
    """Lines without comments; what stands in parentheses is one line."""
    open_line = ""
    for raw in text.splitlines():
        open_line += re.sub(r";.*", "", raw).rstrip() + (" " if open_line else "")
        if open_line.count("(") == open_line.count(")"):
            line = open_line.replace("(", " ").replace(")", " ")
            open_line = ""
            if line.strip():
                yield line
    assert not open_line, "a parenthesis is left open"


def _absolute(name: str, origin: str) -> str:
    if name == "@":
        return origin
    assert all(0 < len(label) <= 63 for label in name.removesuffix(".").split(".")), name
    return name if name.endswith(".") else f"{name}.{origin}"
