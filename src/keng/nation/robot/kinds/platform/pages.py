"""Pages and profiles on a platform's hosts. A page has one name, however its address is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from keng.nation.robot.books.store import Transaction
from keng.nation.robot.wire.messages import Target

HOSTS = {
    "facebook": ("facebook.com", "fb.com"),
    "tiktok": ("tiktok.com",),
    "youtube": ("youtube.com", "youtu.be"),
    "instagram": ("instagram.com",),
    "telegram": ("t.me", "telegram.me"),
    "zalo": ("zalo.me",),
}
"""Whose hosts a platform's name stands for. Handles on a network are pages of it: `facebook:x` is `facebook.com/x`."""
SMALL_HOSTS = ("www.", "m.", "web.")
SCHEMA = """
CREATE TABLE IF NOT EXISTS page (
    name TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Page:
    """A page or a profile, in plain text."""

    name: str
    title: str
    text: str


def name_in(target: Target, network: str, hosts: Collection[str]) -> str | None:
    """The page's name: its path without the host, in lower case; None if it is on no host of ours."""
    if target.kind == "social":
        its_network, _, handle = target.value.partition(":")
        return name_of_path(handle) if its_network == network else None
    try:
        parts = urlsplit(target.value)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    for small in SMALL_HOSTS:
        host = host.removeprefix(small)
    query = f"?{parts.query}" if parts.query else ""
    return name_of_path(parts.path + query) if host in hosts else None


def name_of_path(path: str) -> str:
    return unquote(path).strip("/").removeprefix("@").lower()


def put_page(tx: Transaction, page: Page) -> bool:
    """Publish a page; False if there is one of that name (nothing changes then)."""
    row = "INSERT OR IGNORE INTO page VALUES (?, ?, ?)"
    return tx.execute(row, (page.name, page.title, page.text)).rowcount == 1


def find_page(tx: Transaction, name: str) -> Page | None:
    row = tx.execute("SELECT * FROM page WHERE name = ?", (name,)).fetchone()
    return None if row is None else Page(row["name"], row["title"], row["text"])
