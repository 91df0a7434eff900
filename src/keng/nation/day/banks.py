"""The banks' core doors as the payment network of the nation calls them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import urllib3

from keng.base.errors import InputError, Said, UnavailableError

TIMEOUT = urllib3.Timeout(connect=2, read=5)
CASH = "cash:counter"
"""Money from outside the nation's banks: wages, savings paid in."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """An order between two accounts `BIN:number`, or `cash:...`; `at` is in UTC."""

    transfer_id: str
    from_account: str
    to_account: str
    amount: int
    at: str

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Moved:
    """The bank did its side."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The bank did not: `held`, `insufficient`, `no_such_account` ..."""

    code: str


class CoreDoor:
    """One bank or other partner. Every call is safe to repeat; UnavailableError says that it should be."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False)

    def open_account(self, account: str, opening: int) -> int:
        """The money available on the account, opened now if there was none."""
        status, value = self._call("POST", "/core/accounts", {"account": account, "opening": opening})
        if status not in (200, 201):
            raise InputError("no_account", Said("Không mở được tài khoản", f"The bank opens no account: {value}"))
        return int(value["available"])

    def available(self, account: str) -> int:
        """0 if there is no such account."""
        status, value = self._call("GET", f"/core/accounts/{quote(account, safe=':')}", None)
        return int(value["available"]) if status == 200 else 0

    def transfer(self, transfer: Transfer) -> Moved | Refused:
        status, value = self._call("POST", "/core/transfers", transfer.to_json())
        return Moved() if status == 200 else Refused(str(value.get("error")))

    def order(self, path: str, value: dict[str, Any]) -> None:
        """Order something else than money; a refusal changes nothing."""
        self._call("POST", path, value)

    def _call(self, method: str, path: str, value: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        body = None if value is None else json.dumps(value).encode()
        try:
            reply = self._pool.request(method, self._url + path, body=body)
            content = json.loads(reply.data)
        except (urllib3.exceptions.HTTPError, ValueError) as fault:
            raise _unavailable() from fault
        if reply.status >= 500 or not isinstance(content, dict):
            raise _unavailable()
        return reply.status, content


def fund(door: CoreDoor, account: str, amount: int, opening: int, top_up_id: str, at: str) -> None:
    """See to it that an account exists and can pay `amount`: it is opened with `opening`, or money is paid in."""
    missing = amount - door.open_account(account, opening)
    if missing > 0:
        door.transfer(Transfer(top_up_id, CASH, account, missing, at))


def bank_of(account: str) -> str:
    """The BIN before the colon."""
    return account.partition(":")[0]


def open_doors(partners: Mapping[str, Any]) -> dict[str, CoreDoor]:
    """Doors by code, from `{"970436": 8101}`, `{"970436": {"port": 8101}}` or `{"970436": {"url": "http://..."}}`."""
    return {code: CoreDoor(_url_of(code, where)) for code, where in partners.items()}


def _url_of(code: str, where: Any) -> str:
    place = where if isinstance(where, Mapping) else {"port": where}
    if isinstance(place.get("url"), str):
        return str(place["url"])
    if type(place.get("port")) is not int:
        raise InputError("bad_partners", Said(f"Đơn vị {code} thiếu cổng", f"Partner {code} has no port"))
    return f"http://127.0.0.1:{place['port']}"


def _unavailable() -> UnavailableError:
    return UnavailableError("bank_down", Said("Ngân hàng chưa trả lời", "The bank does not answer"))
