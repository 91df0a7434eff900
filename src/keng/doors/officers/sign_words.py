"""Signs in words: the figures of a rule, what is known of an account, what a measure cites."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from keng.base import clock
from keng.base.times import VIETNAM
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.signs import queries
from keng.desk.ground.partners import queries as partners
from keng.engines.signs import Rule


def figures_said(rule: Rule) -> list[dict[str, Any]]:
    """Each figure of a rule, and whether anybody confirmed it."""
    return [
        {"said": one.said.in_language(language()), "value": _value(one.value), "confirmed": one.is_confirmed}
        for one in rule.parameters
    ]


def shown_known(known: queries.Known) -> dict[str, Any]:
    """What live signs and banks say of one account."""
    names = partners.names_of({one.source for one in (*known.evidence, *known.suspicions)})
    return {
        "account": known.account,
        "evidence": [
            {"ident": one.ident, "sign": one.sign, "said": one.said.in_language(language()), "rows": one.behind_total,
             "at": one.at, "source": names.get(one.source, one.source)}
            for one in known.evidence
        ],
        "suspicions": [
            {"source": names.get(one.source, one.source), "reason": one.reason, "first_at": one.first_at, "last_at": one.last_at}
            for one in known.suspicions
        ],
    }  # fmt: skip


def shown_citation(measure: Measure) -> dict[str, Any] | None:
    """The finding on which a measure was proposed; None for most. `stands`: its sign is live in that very version still."""
    cited = queries.citation_of(measure)
    if cited is None:
        return None
    today = clock.now().astimezone(VIETNAM).date()
    return {
        "sign": cited.sign,
        "version": cited.version,
        "said": cited.en if language().startswith("en") else cited.vi,
        "rows": cited.behind_total,
        "source": partners.names_of({cited.source}).get(cited.source, cited.source),
        "day": cited.day,
        "at": cited.found_at,
        "sha256": cited.run_sha256,
        "stands": queries.is_live(cited.sign, cited.version, today),
    }


def language() -> str:
    """The reader's."""
    return get_language() or "vi"


def _value(value: int | list[str]) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:,}".replace(",", ".") if language().startswith("vi") else f"{value:,}"
