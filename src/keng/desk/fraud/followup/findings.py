"""What cleansing a register found about one record, as the follow-up is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from keng.base.errors import InputError
from keng.desk.fraud.followup import refusals

LONGEST = {"record": 64, "subject": 64, "verdict": 16, "person": 64}
RIGHT = frozenset({"verified", "not_covered"})
"""Verdicts from which nothing follows; an open case of such a record is closed as corrected."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One record: its submitter's number of it, the phone number or account (canonical), and what was found.

    `fields` names what is to be corrected, `probability` is 0..1 or None where nothing was estimated, `person` a pseudonym
    (empty: nobody was accepted), `sims` how many numbers the holder has (0: not known).
    """

    record: str
    subject: str
    verdict: str
    reasons: tuple[str, ...]
    fields: tuple[str, ...]
    probability: float | None
    person: str
    sims: int

    def check(self) -> None:
        """Return if it can be stored. Raises InputError `bad_finding`."""
        for name, longest in LONGEST.items():
            told = getattr(self, name)
            if len(told) > longest or (not told and name != "person") or "\0" in told:
                raise InputError("bad_finding", refusals.BAD_FINDING.filled(field=name), field=name)
