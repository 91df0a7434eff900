"""A platform or a host: it takes a page down and up again. Whoever asks for it meanwhile is told why it is not there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from keng.nation.robot.books.deeds import list_in_force
from keng.nation.robot.books.requests import find_request
from keng.nation.robot.books.store import Store, Transaction
from keng.nation.robot.kinds.platform.face import show_page, show_taken_down
from keng.nation.robot.kinds.platform.pages import HOSTS, SCHEMA, Page, find_page, name_in, name_of_path, put_page
from keng.nation.robot.kinds.trade import Craft, Reply, Shown, Trade
from keng.nation.robot.wire.messages import SOCIAL, URL, Action, Grounds, Target, bad_field, matching

COUNTRY_HEADER = "x-visitor-country"
"""Set by the network's edge in front of the platform; without it a visitor is at home."""
HOME = "VN"
AT_HOME_ONLY = "Đã ẩn với người xem ở Việt Nam; ở nơi khác chưa gỡ / hidden from visitors in Viet Nam, not yet taken down elsewhere"
TEXT = re.compile(r"(?s).{0,4000}")


class PlatformTrade(Trade):
    """`code` is `platform:NAME`; the name tells its hosts, `hosts` adds more."""

    kind = "platform"
    schema = SCHEMA
    part_of_data: ClassVar[str] = (
        "Đã giữ thông tin trang; nội dung chưa trích được / the page's entry is kept, its content is not yet"
    )

    def __init__(self, code: str, hosts: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.network = code.partition(":")[2]
        self.hosts = (*HOSTS.get(self.network, ()), *hosts)

    def own_crafts(self) -> dict[str, Craft]:
        craft = Craft(frozenset({"url", "social"}), "GB", AT_HOME_ONLY, self._no_page)
        return {Action.TAKE_DOWN_PAGE: craft}

    def name_of(self, target: Target) -> str:
        name = name_in(target, self.network, self.hosts)
        return target.value if name is None else name

    def describe(self, tx: Transaction, target: Target, now: datetime, *, whole: bool) -> dict[str, Any] | None:  # noqa: ARG002
        page = find_page(tx, self.name_of(target))
        if page is None:
            return None
        known = {"page": page.name, "title": page.title}
        return known | {"text": page.text} if whole else known

    def look(self, tx: Transaction, path: str, now: datetime) -> Reply | None:
        """GET /core/pages/{name}: whether it is up, for whom."""
        place, _, name = path.partition("/")
        if place != "pages" or find_page(tx, name) is None:
            return None
        deeds = list_in_force(tx, Action.TAKE_DOWN_PAGE, name, now)
        return 200, {"page": name, "up_at_home": not deeds, "up_elsewhere": not any(deed.whole for deed in deeds)}

    def order(self, tx: Transaction, path: str, data: dict[str, Any], now: datetime) -> Reply | None:  # noqa: ARG002
        """POST /core/pages publishes one; `page` is a url or a profile as `facebook:handle`."""
        if path != "pages":
            return None
        written = matching(data, "page", re.compile(f"{URL.pattern}|{SOCIAL.pattern}"))
        target = Target("url" if URL.fullmatch(written) else "social", written)
        name = name_in(target, self.network, self.hosts)
        if not name:
            raise bad_field("page")
        page = Page(name, matching(data, "title", TEXT), matching(data, "text", TEXT))
        return 201 if put_page(tx, page) else 200, {"page": name}

    def show(self, store: Store, path: str, headers: Mapping[str, str], now: datetime) -> Shown | None:
        """GET /{name}: the page as a visitor sees it."""
        at_home = (headers.get(COUNTRY_HEADER) or HOME).upper() == HOME
        name = name_of_path(path)
        with store.read() as tx:
            page = find_page(tx, name)
            deeds = list_in_force(tx, Action.TAKE_DOWN_PAGE, name, now) if page else ()
            against = [deed for deed in deeds if deed.whole or at_home]
            filed = find_request(tx, against[0].request_id) if against else None
        if page is None:
            return None
        if not against:
            return show_page(page)
        reference = f"{self.own_crafts()[Action.TAKE_DOWN_PAGE].prefix}-{against[0].number:06d}"
        grounds = filed.request.grounds if filed else Grounds()
        return show_taken_down(against[0], reference, grounds, f"https://{self.hosts[0]}/" if self.hosts else "/")

    def _no_page(self, tx: Transaction, target: Target, now: datetime) -> str | None:  # noqa: ARG002
        name = name_in(target, self.network, self.hosts)
        if name is None:
            return "not_our_page"
        return None if find_page(tx, name) else "no_such_page"
