"""An equipped officer, and a browser that signs with their device."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from keng.desk.ground.signin.tests.conftest import hai  # noqa: F401 - a fixture
from keng.desk.ground.signin.tests.device import Device


class Browser:
    """A client and the script's part in the two ceremonies."""

    def __init__(self, client: Client, device: Device) -> None:
        self.client, self.device = client, device

    def enter(self, **where: Any) -> Any:
        return self._ceremony("/vao/khoa/", self.device.use, **where)

    def prove(self, next_page: str = "/ban/toi/") -> Any:
        return self._ceremony("/vao/lai/khoa/", self.device.use, f"?next={next_page}")

    def add(self, page: str = "/ban/toi/khoa/", device: Device | None = None, name: str = "mới") -> Any:
        return self._ceremony(page, (device or Device()).make, name=name)

    def _ceremony(self, page: str, answer: Any, query: str = "", name: str = "", **where: Any) -> Any:
        asked = self.post(f"{page}hoi/", {}, **where)
        if asked.status_code != 200:
            return asked
        return self.post(page + query, {"credential": answer(asked.json()), "name": name}, **where)

    def post(self, page: str, body: Any, **where: Any) -> Any:
        return self.client.post(page, json.dumps(body), content_type="application/json", **where)


@pytest.fixture
def browser(hai: Any) -> Browser:  # noqa: F811
    return Browser(Client(), hai.device)
