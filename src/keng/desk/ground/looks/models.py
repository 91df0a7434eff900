"""One table: whose looks at what are withheld from the person whom they concern, from when, until when, by whom and why.

Invariant: what is withheld now is computed from `until` and the clock. Nobody has to act for a look to be shown again.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from keng.base.identifiers import new_id


class Withholding(models.Model):
    """Looks by one officer at one person's report, from `since` on, are not shown to that person before `until`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    about = models.CharField(max_length=160, help_text="how the ledger names the person's report: report:…")
    looker = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(help_text="looks from this moment on; it may lie before the decision")
    until = models.DateTimeField()
    decided_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    reason = models.CharField(max_length=500, help_text="of the authority; it names no other person")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(decided_by=F("looker")), name="withheld_by_another"),
            models.CheckConstraint(condition=Q(until__gt=F("decided_at")), name="withheld_for_a_time"),
        ]
        indexes: ClassVar = [models.Index(fields=["about", "until"], name="withheld_about")]

    @property
    def subject(self) -> str:
        """How the ledger names this decision."""
        return f"withholding:{self.pk}"
