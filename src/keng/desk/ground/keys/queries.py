"""The key store of this installation."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from keng.desk.ground.keys.store import KeyStore


def store() -> KeyStore:
    """The keys in the folder that the settings name, under the demo's rule."""
    return KeyStore(Path(settings.KENG_KEYS_FOLDER), demo=settings.KENG_DEMO)
