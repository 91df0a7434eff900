"""The registry's delegations, and the zone made of them: a master file (RFC 1035) that a name server could load.

The books are the truth; the zone is made from them anew whenever they say something else, with a higher serial.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from keng.nation.robot.books.columns import load_once
from keng.nation.robot.books.store import Store, Transaction

TOP = "vn"
DEFAULT_SERVERS = ("ns1.may-chu-dien-tap.vn", "ns2.may-chu-dien-tap.vn")
"""Of names that the nation's list gives no servers for: a host that is nobody's."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS delegation (
    name TEXT PRIMARY KEY,
    servers TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS zone (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    edition INTEGER NOT NULL,
    serial INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO zone VALUES (1, 0, 0);
"""
"""`edition` counts the changes of delegations, `serial` the zones that were made."""

HEAD = """\
; Made from the registry's books: do not edit.
$ORIGIN {top}.
$TTL 3600
@\tIN SOA a.dns.{top}. hostmaster.dns.{top}. (
\t{serial}\t; serial
\t7200\t; refresh
\t900\t; retry
\t1209600\t; expire
\t900 )\t; how long a name that is not here may be remembered as missing
@\tIN NS a.dns.{top}.
@\tIN NS b.dns.{top}.
a.dns\tIN A 127.0.0.1
b.dns\tIN A 127.0.0.2
ns1.may-chu-dien-tap\tIN A 127.0.0.3
ns2.may-chu-dien-tap\tIN A 127.0.0.4
"""


@dataclass(frozen=True, slots=True)
class Delegation:
    """A registered name and where it is served."""

    name: str
    servers: Sequence[str]


def load_names(store: Store, path: Path) -> int:
    """Delegate the names under `.vn` in a list of one name a line; others are passed over."""

    def add_ours(tx: Transaction, row: list[str]) -> bool:
        return is_ours(row[0]) and find_delegation(tx, row[0]) is None and delegate(tx, row[0], DEFAULT_SERVERS)

    return load_once(store, path, ("name",), add_ours)


def is_ours(name: str) -> bool:
    return name.endswith(f".{TOP}")


def delegate(tx: Transaction, name: str, servers: Sequence[str]) -> bool:
    """Register a name, or give it other servers."""
    row = "INSERT INTO delegation VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET servers = excluded.servers"
    tx.execute(row, (name, json.dumps(list(servers))))
    tx.execute("UPDATE zone SET edition = edition + 1")
    return True


def find_delegation(tx: Transaction, name: str) -> Delegation | None:
    row = tx.execute("SELECT * FROM delegation WHERE name = ?", (name,)).fetchone()
    return None if row is None else Delegation(name, json.loads(row["servers"]))


def edition_of(tx: Transaction) -> int:
    return int(tx.execute("SELECT edition FROM zone").fetchone()[0])


def make_zone(tx: Transaction, suspended: Collection[str]) -> str:
    """The zone without the suspended names, under the next serial."""
    serial = tx.execute("UPDATE zone SET serial = serial + 1 RETURNING serial").fetchone()[0]
    lines = [HEAD.format(top=TOP, serial=serial)]
    for name, servers in tx.execute("SELECT name, servers FROM delegation ORDER BY name"):
        if name not in suspended:
            owner = name.removesuffix(f".{TOP}")
            lines += [f"{owner}\tIN NS {server}.\n" for server in json.loads(servers)]
    return "".join(lines)


def write_zone(path: Path, text: str) -> None:
    """The file is whole at every moment."""
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="ascii")
    draft.replace(path)
