"""What a process remembers of the live model is forgotten between tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keng.desk.fraud.verdicts import live


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    live.forget()
    yield
    live.forget()
