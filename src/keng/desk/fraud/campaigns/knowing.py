"""Is this a trick that is known? Asked by somebody who is about to report: answered with name and advice, never with what
others sent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db.models import F

from keng.desk.fraud.campaigns.facts import Known
from keng.desk.fraud.campaigns.models import ALL_UNITS, Part, Sketch, ValueSum
from keng.desk.fraud.campaigns.sums import spellings
from keng.desk.fraud.reports.sightings import digest_of
from keng.engines.extract import extract
from keng.engines.link.evidence import Voice, plain_weights
from keng.engines.link.values import compared
from keng.engines.link.words import BINS, read_words

ALIKE = (
    0.45  # likeness of words from which on a text is offered a trick: higher than what links, for nobody looks it over
)
NAMED_BY = 2  # reports that must name a value before it recognises a trick
MOST_SKETCHES = 20_000
LONGEST = 1 << 20  # letters


@dataclass(frozen=True, slots=True)
class _Match:
    head: int
    score: float


def known(text: str, *, most: int = 3) -> list[Known]:
    """Known tricks that a text looks like: by a value that they share, or by its words. For anybody; nothing is kept of the text.

    Only campaigns to which an officer gave a public advice. Three queries.
    """
    some = text[:LONGEST]
    matches = [*_by_value(some), *_by_words(some)]
    best: dict[int, float] = {}
    for match in matches:
        best[match.head] = max(match.score, best.get(match.head, 0.0))
    heads = sorted(best, key=lambda head: (-best[head], head))[:most]
    parts = Part.objects.in_bulk(heads)
    return [Known(part.name, part.name_en, part.advice, part.advice_en) for part in (parts[head] for head in heads)]


def _by_value(text: str) -> list[_Match]:
    """Those in which at least two reports name something that the text names and that is not everybody's."""
    pairs = {(one.kind.value, one.value) for one in extract(text).indicators if compared(one.kind.value, one.value)}
    if not pairs:
        return []
    digests = [digest_of(kind, spelt) for kind, value in pairs for spelt in spellings(kind, value)]
    rows = ValueSum.objects.filter(digest__in=digests, unit=ALL_UNITS, reports__gte=NAMED_BY)
    heads = rows.exclude(part__head__advice="").values_list(F("part__head"), flat=True)
    return [_Match(head, 1.0) for head in set(heads)]


def _by_words(text: str) -> list[_Match]:
    own = read_words([text]).sketch
    if not np.count_nonzero(own):
        return []
    rows = (
        Sketch.objects.exclude(part__head__advice="").order_by("-pk").values_list("part__head", "bins")[:MOST_SKETCHES]
    )
    found = list(rows)
    if not found:
        return []
    sketches = np.frombuffer(b"".join(bytes(bins) for _head, bins in found), "<u2").astype(np.uint16).reshape(-1, BINS)
    voice = Voice.of(np.concatenate([own, sketches]), plain_weights())
    alike = voice.likeness(np.zeros(len(found), np.int64), np.arange(1, len(found) + 1))
    return [
        _Match(head, float(share)) for (head, _bins), share in zip(found, alike.tolist(), strict=True) if share >= ALIKE
    ]
