"""Texts that were opened for a purpose, laid beside each other: templates with their slots, each text with what varies marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from keng.desk.fraud.campaigns.facts import OpenedText
from keng.engines.align import NAME, NUMBER, WORDS, Alignment, Slot, Span, Template, Value, align
from keng.engines.extract import extract
from keng.look.states import KINDS

MOST_SHOWN = 4000  # letters of one text; what follows stands on the report's page


def shown_texts(opened: Sequence[OpenedText]) -> dict[str, Any]:
    """What officers/campaign_texts.html shows of these texts."""
    texts = [one.text for one in opened]
    found = align(texts, [_values(text) for text in texts])
    return {
        "templates": [_template(number, one, found) for number, one in enumerate(found.templates)],
        "alone": [_text(one, found, at) for at, one in enumerate(opened) if found.texts[at].template is None],
        "by_template": [[_text(opened[at], found, at) for at in one.members] for one in found.templates],
        "count": len(opened),
    }


def _values(text: str) -> list[Value]:
    found = extract(text)
    named = [
        Value(str(one.kind), one.start, one.end, one.value)
        for one in found.indicators
        if one.start is not None and one.end is not None
    ]
    money = [Value("money", one.start, one.end, f"{one.amount} {one.currency}") for one in found.money]
    return [*named, *money, *(Value("time", one.start, one.end, one.value) for one in found.times)]


def _template(number: int, one: Template, found: Alignment) -> dict[str, Any]:
    """A template: its pieces, words or numbered slots with their kind and how many different things stand there."""
    del found
    return {
        "number": number + 1,
        "count": len(one.members),
        "pieces": [
            {"words": piece.words, "slot": _slot(piece.slot, one.slots[piece.slot]) if piece.slot is not None else None}
            for piece in one.pieces
        ],
    }


def _slot(number: int, slot: Slot) -> dict[str, Any]:
    return {"number": number + 1, "kind": kind_of_slot(slot.kind), "different": slot.different, "texts": slot.texts}


def kind_of_slot(kind: str) -> str:
    """What varies, in words."""
    own = {NAME: _("tên"), NUMBER: _("con số"), WORDS: _("lời khác nhau")}
    return own[kind] if kind in own else str(KINDS.get(kind, kind)).lower()


def _text(one: OpenedText, found: Alignment, at: int) -> dict[str, Any]:
    row = found.texts[at]
    return {
        "code": one.code,
        "url": reverse("officers:report", args=[one.code]),
        "received_at": one.received_at,
        "share": round(100 * row.share),
        "is_cut": len(one.text) > MOST_SHOWN,
        "spans": [_span(one.text, span) for span in row.spans if span.start < MOST_SHOWN],
    }


def _span(text: str, span: Span) -> dict[str, Any]:
    return {
        "text": text[span.start : min(span.end, MOST_SHOWN)],
        "kind": kind_of_slot(span.kind) if span.kind else "",
        "slot": span.slot + 1 if span.slot is not None else None,
    }
