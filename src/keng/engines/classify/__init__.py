"""Is a message a scam, and which trick? Vietnamese, marked, bare or hidden from filters, and English.

>>> verdict = classify("VCB: Tai khoan bi khoa, xac thuc tai vcb-xacthuc.top trong 24h")
>>> verdict.scam > 0.5, verdict.trick in ("fake_bank_notice", "forged_sender")
(True, True)
>>> classify("Mẹ ơi con về trễ, đừng chờ cơm").trick is None
True
"""

from __future__ import annotations

from keng.engines.classify.explain import explain
from keng.engines.classify.features import features_of
from keng.engines.classify.measured import Measured, measured
from keng.engines.classify.model import Model, UnusableModelError, load, parse, probabilities, shipped
from keng.engines.classify.reading import Reading, read
from keng.engines.classify.reasons import reasons
from keng.engines.classify.senders import sender_mark
from keng.engines.classify.tricks import tricks
from keng.engines.classify.types import LINE, NOTHING, Verdict, Why

__all__ = [
    "LINE",
    "Measured",
    "Model",
    "UnusableModelError",
    "Verdict",
    "Why",
    "classify",
    "likeliest_tricks",
    "load",
    "measured",
    "parse",
    "reasons",
    "shipped",
    "tricks",
]

SPAM, SCAM = 0, 1
DECIMALS = 6


def classify(text: str, *, sender: str | None = None, model: Model | None = None) -> Verdict:
    """What a message is. `sender`: the name or number that it came from.

    Never raises on any text; linear in its length. A text without a word is nothing: 0, 0, null, [].
    """
    model = model or shipped()
    reading = read(text, model.writing)
    if not reading.tokens:
        return NOTHING
    mark = sender_mark(sender)
    scores = model.scores(features := features_of(reading, mark, model.phrases))
    spam, scam = (round(p, DECIMALS) for p in probabilities(scores))
    if scam < LINE and spam < LINE:
        return Verdict(scam, spam, None, ())
    kind = SCAM if scam >= LINE else SPAM
    margin = (scores[kind] - max(0.0, scores[1 - kind])) * model.temperature
    why = explain(model, reading, kind, margin, lambda left: _stays(model, left, mark, kind))
    return Verdict(scam, spam, model.trick(features) if kind == SCAM else None, why)


def likeliest_tricks(text: str, *, sender: str | None = None, model: Model | None = None, most: int = 5) -> list[str]:
    """The tricks that a message would be called by if it is a scam, the likeliest first: what to offer who corrects a verdict."""
    model = model or shipped()
    return model.likeliest(features_of(read(text, model.writing), sender_mark(sender), model.phrases), most)


def _stays(model: Model, reading: Reading, mark: str | None, kind: int) -> bool:
    """Whether what is left of a message is still called the same."""
    if not reading.tokens:
        return False
    return probabilities(model.scores(features_of(reading, mark, model.phrases)))[kind] >= LINE
