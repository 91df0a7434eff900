"""A provider that vouches, a citizen's browser, and the way between them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from keng.doors.citizens import fetching
from keng.doors.citizens.tests.provider import CLIENT, ISSUER, Provider


@pytest.fixture
def provider(clock: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Provider:
    secret = tmp_path / "secret"
    secret.write_text("bí mật\n", encoding="utf-8")
    settings.KENG_IDP, settings.KENG_IDP_CLIENT, settings.KENG_IDP_SECRET_FILE = ISSUER, CLIENT, str(secret)
    made = Provider(clock)
    monkeypatch.setattr(fetching, "get", made.get)
    monkeypatch.setattr(fetching, "post", made.post)
    return made


@pytest.fixture
def sign_in(db: None, provider: Provider) -> Any:
    """Go to the provider and come back; `changes` are laid over what comes back. Returns the client and the last reply."""

    def go(client: Client | None = None, language: str = "vi", **changes: str) -> tuple[Client, Any]:
        client = client or Client()
        provider.note(client.get("/cua-toi/vao/").headers["Location"])
        came = {"code": "code-1", "state": provider.asked["state"], "lang": language, **changes}
        return client, client.get("/cua-toi/ve/", came)

    return go
