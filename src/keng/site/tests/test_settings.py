"""What an operator can set is told where an operator reads."""

from __future__ import annotations

import re
from pathlib import Path

SETTINGS = Path(__file__).resolve().parents[1] / "settings.py"
PAGE = Path(__file__).resolve().parents[4] / "docs/operating.md"
OUR_OWN = {"KENG_CHORE"}  # set by `keng-django` for itself
FAMILY = "KENG_POPULATION"  # its others stand there by their last word


def test_every_setting_stands_on_the_operators_page_and_in_the_settings_own_words() -> None:
    text, page = SETTINGS.read_text(encoding="utf-8"), PAGE.read_text(encoding="utf-8")
    asked = set(re.findall(r'environ\.get\("(KENG_\w+)"', text)) - OUR_OWN
    words = text.split('"""')[1]

    assert {"KENG_HOSTS", "KENG_ADDRESS"} <= asked
    assert [one for one in sorted(asked) if not is_told(one, page)] == []
    assert [one for one in sorted(asked) if not is_told(one, words)] == []


def is_told(setting: str, text: str) -> bool:
    """By its name; of a family by its last word."""
    named = {setting, setting.removeprefix(FAMILY)} - {""} if setting.startswith(FAMILY) else {setting}
    return any(re.search(rf"(?<!\w){one}(?!\w)", text) for one in named)
