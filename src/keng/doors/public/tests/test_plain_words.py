"""Words for a frightened person: short sentences and no words of the trade, in both languages.

Measured: every sentence of the citizens' templates, forms and errors, from the catalogue and from the modules that say them.
The bound is the length that the longest now has; a longer one is to be cut in two, not the bound moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from keng.base.errors import Said

CATALOGUE = Path(__file__).resolve().parents[3] / "locale/en/LC_MESSAGES/django.po"
PLACES = re.compile(r"templates/(?:public|citizens)/|templates/look/citizen|doors/(?:public|citizens)/")
SPEAKERS = (
    "keng.doors.story", "keng.site.health", "keng.doors.gate.answers", "keng.doors.public.pages", "keng.doors.citizens.pages",
    "keng.desk.fraud.reports.actions", "keng.desk.fraud.reports.pictures", "keng.desk.fraud.erasure.actions",
)  # fmt: skip
MOST_WORDS = 21  # syllables in Vietnamese
END = re.compile(r"[.!?:;](?:\s|$)|\n")
TRADE = {
    "vi": r"\b(?:indicator|endpoint|server|token|hash|API|đối tượng|thụ hưởng|tác nghiệp|truy vấn|tham số|phishing)\b",
    "en": r"\b(?:indicator|endpoint|token|beneficiary|query|parameter|phishing|submit|utili[sz]e|pursuant|hereby)\b",
}


def unquoted(block: str, key: str) -> str:
    found = re.search(rf'^{key} ((?:"(?:[^"\\]|\\.)*"\n?)+)', block, re.MULTILINE)
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found[1])) if found else ""


def from_catalogue() -> Iterator[tuple[str, str]]:
    """(Vietnamese, English) of each entry that a citizen reads."""
    for block in CATALOGUE.read_text(encoding="utf-8").split("\n\n"):
        if any(PLACES.search(place) for place in re.findall(r"^#: (.*)$", block, re.MULTILINE)):
            yield unquoted(block, "msgid"), unquoted(block, "msgstr") or unquoted(block, r"msgstr\[0\]")


def from_modules() -> Iterator[tuple[str, str]]:
    for name in SPEAKERS:
        for value in vars(import_module(name)).values():
            if (
                isinstance(value, Said) and "Keng-" not in value.vi and "Idempotency" not in value.vi
            ):  # said to machines
                yield value.vi, value.en


SAID = {"vi": [pair[0] for pair in (*from_catalogue(), *from_modules())]}
SAID["en"] = [pair[1] for pair in (*from_catalogue(), *from_modules())]


def test_enough_is_read_that_the_tests_below_mean_something():
    assert len(SAID["vi"]) == len(SAID["en"]) > 250
    assert any("Bạn nghi có người lừa mình" in said for said in SAID["vi"])
    assert any("The page was open for long" in said for said in SAID["en"])


@pytest.mark.parametrize("language", SAID)
def test_no_sentence_is_long(language):
    sentences = [sentence for said in SAID[language] for sentence in END.split(said)]

    assert [sentence for sentence in sentences if len(sentence.split()) > MOST_WORDS] == []


@pytest.mark.parametrize("language", SAID)
def test_no_word_of_the_trade_is_used(language):
    assert [said for said in SAID[language] if re.search(TRADE[language], said, re.IGNORECASE)] == []
