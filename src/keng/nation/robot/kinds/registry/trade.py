"""A registry: it takes a name out of its zone and puts it back. A name under a measure cannot be moved to other servers."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from keng.base.errors import ConflictError, Said
from keng.nation.robot.books.deeds import list_in_force, list_names_in_force
from keng.nation.robot.books.store import Store, Transaction
from keng.nation.robot.kinds.registry.names import (
    DEFAULT_SERVERS,
    SCHEMA,
    delegate,
    edition_of,
    find_delegation,
    is_ours,
    load_names,
    make_zone,
    write_zone,
)
from keng.nation.robot.kinds.trade import Craft, Reply, Shown, Trade
from keng.nation.robot.wire.messages import DOMAIN, Action, Target, bad_field, matching

LOCK_ONLY = (
    "Đã khóa chuyển đổi tên miền; chưa rút khỏi hệ thống máy chủ"
    " / the name is locked against moves, it is not yet out of the zone"
)
MOST_SERVERS = 13


class RegistryTrade(Trade):
    """The registry of `.vn`; `zone` is where its zone file stands."""

    kind = "registry"
    schema = SCHEMA
    part_of_data: ClassVar[str] = (
        "Đã giữ thông tin đăng ký; máy chủ tên miền chưa trích được / the entry is kept, its name servers are not yet"
    )

    def __init__(self, code: str, zone: Path | None = None) -> None:
        super().__init__(code)
        self.zone = zone
        self._lock = threading.Lock()
        self._made_of: object = None
        self._text = ""

    def own_crafts(self) -> dict[str, Craft]:
        return {Action.SUSPEND_DOMAIN: Craft(frozenset({"domain"}), "TN", LOCK_ONLY, self._no_name)}

    def describe(self, tx: Transaction, target: Target, now: datetime, *, whole: bool) -> dict[str, Any] | None:  # noqa: ARG002
        found = find_delegation(tx, target.value)
        if found is None:
            return None
        return {"name": found.name, "servers": found.servers} if whole else {"name": found.name}

    def load(self, store: Store, register: Path) -> int:
        return load_names(store, register)

    def look(self, tx: Transaction, path: str, now: datetime) -> Reply | None:
        """GET /core/names/{name}: where it is served, and whether the zone has it."""
        place, _, name = path.partition("/")
        found = find_delegation(tx, name) if place == "names" else None
        if found is None:
            return None
        deeds = list_in_force(tx, Action.SUSPEND_DOMAIN, name, now)
        state = {"in_zone": not any(deed.whole for deed in deeds), "locked": bool(deeds)}
        return 200, {"name": name, "servers": found.servers, **state}

    def order(self, tx: Transaction, path: str, data: dict[str, Any], now: datetime) -> Reply | None:
        """POST /core/names registers a name, or moves it to other `servers`."""
        if path != "names":
            return None
        name = matching(data, "name", DOMAIN)
        if not is_ours(name):
            return 422, {"error": "not_our_domain", "field": "name"}
        servers = _read_servers(data)
        found = find_delegation(tx, name)
        if found and list(found.servers) == servers:
            return 200, {}
        if found and list_in_force(tx, Action.SUSPEND_DOMAIN, name, now):
            raise ConflictError("locked", Said("Tên miền đang bị khóa", "The name is locked"))
        delegate(tx, name, servers)
        return 200 if found else 201, {}

    def show(self, store: Store, path: str, headers: Mapping[str, str], now: datetime) -> Shown | None:  # noqa: ARG002
        """GET /zone: the zone of this moment."""
        if path != "/zone":
            return None
        self.publish(store, now)
        return Shown(200, "text/dns", self._text)

    def publish(self, store: Store, now: datetime) -> None:
        """Make the zone anew if the books say something else than it does."""
        with self._lock:
            with store.read() as tx:
                suspended = list_names_in_force(tx, Action.SUSPEND_DOMAIN, now)
                made_of = (edition_of(tx), suspended)
            if made_of == self._made_of:
                return
            with store.write() as tx:
                self._text = make_zone(tx, frozenset(suspended))
            if self.zone is not None:
                write_zone(self.zone, self._text)
            self._made_of = made_of

    def _no_name(self, tx: Transaction, target: Target, now: datetime) -> str | None:  # noqa: ARG002
        if not is_ours(target.value):
            return "not_our_domain"
        return None if find_delegation(tx, target.value) else "no_such_domain"


def _read_servers(data: dict[str, Any]) -> list[str]:
    servers = data.get("servers", list(DEFAULT_SERVERS))
    if not isinstance(servers, list) or not 1 <= len(servers) <= MOST_SERVERS:
        raise bad_field("servers")
    if not all(isinstance(one, str) and DOMAIN.fullmatch(one) for one in servers):
        raise bad_field("servers")
    return servers
