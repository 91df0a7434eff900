"""What can be done about follow-ups, in one place for whoever does it."""

from __future__ import annotations

from keng.desk.fraud.followup.beginning import begin, roll_back
from keng.desk.fraud.followup.findings import Finding

__all__ = ["Finding", "begin", "roll_back"]
