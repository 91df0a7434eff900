"""What this provider says of a person beside who they are: how surely it knows them."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter

ACR = "http://eidas.europa.eu/LoA/substantial"


class Vouching(DefaultOIDCAdapter):
    """Every id token carries the level of assurance."""

    def populate_id_token(self, id_token: dict[str, Any], client: Any, scopes: Any, **_more: Any) -> None:
        id_token["acr"] = ACR
