"""A register is checked, cleansed, stored: what stands afterwards, and what does not."""

from __future__ import annotations

from keng.desk.fraud.registers import queries
from keng.desk.fraud.registers.models import Record


def test_a_register_becomes_verdicts_and_sums(counter, cleansed, entries):
    counts = queries.counts_of(cleansed)

    assert counts.total == 92 == cleansed.records == Record.objects.count()
    assert counts.by_verdict["verified"] == 60
    assert counts.by_verdict["mismatch"] == 20
    assert counts.by_verdict["deceased"] == 1
    assert counts.by_verdict["malformed"] == 1
    assert sum(counts.by_province["79"].values()) == Record.objects.filter(province="79").count()
    assert counts.reasons["mismatch", "dob_differs"] == 20
    assert entries(cleansed.subject) == ["registers.open", "registers.hand_in", "registers.check", "registers.cleanse"]
