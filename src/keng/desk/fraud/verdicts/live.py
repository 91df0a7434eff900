"""Which model reads what comes: the newest choice in the database, looked up every few seconds by each process.

Nothing chosen, or the choice taken back: the model that the program carries. A stored file was read once before it was stored,
so one that cannot be read is a fault of ours and raises.
"""

from __future__ import annotations

import time
import zlib
from functools import lru_cache

from keng.desk.fraud.verdicts.models import Choice, StoredModel
from keng.engines.classify import Model, parse, shipped

KEPT_SECONDS = 5.0

_kept: tuple[float, str] | None = None  # when it was looked up, and the version; of this process


def model() -> Model:
    """The model that is live, as this process knows it: at most five seconds old."""
    return by_version(version())


def version() -> str:
    """The version of the live model."""
    global _kept  # noqa: PLW0603 - what a process remembers for five seconds
    now = time.monotonic()
    if _kept is None or now - _kept[0] > KEPT_SECONDS:
        _kept = now, chosen()
    return _kept[1]


def chosen() -> str:
    """The version of the live model, from the database. One query."""
    newest = Choice.objects.order_by("-at", "-pk").values_list("model__version", flat=True).first()
    return newest or shipped().version


def forget() -> None:
    """Look it up anew when it is next asked for."""
    global _kept  # noqa: PLW0603
    _kept = None


def by_version(wanted: str) -> Model:
    """A model that the program carries or that is stored. Raises StoredModel.DoesNotExist."""
    return shipped() if wanted == shipped().version else _stored(wanted)


@lru_cache(4)
def _stored(wanted: str) -> Model:
    row = StoredModel.objects.get(version=wanted)
    return parse(zlib.decompress(bytes(row.body)).decode(), f"model {wanted}")
