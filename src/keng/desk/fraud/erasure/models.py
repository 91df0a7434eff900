"""A request for erasure with its answer, and legal holds. Neither holds anything of the report's content."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from keng.base.identifiers import new_id


class ErasureState(models.TextChoices):
    OPEN = "open", "Chờ trả lời"
    GRANTED = "granted", "Đã xoá"
    REFUSED = "refused", "Không xoá"


class Erasure(models.Model):
    """One request. `proof` is HMAC-SHA256 of the original under the receipt, which only the reporter holds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey("reports.Report", on_delete=models.PROTECT, related_name="erasures")
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField(help_text="by the rule erasure.answer_within")
    proof = models.BinaryField(max_length=32)
    state = models.CharField(max_length=8, choices=ErasureState.choices, default=ErasureState.OPEN)
    decided_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=500, blank=True, help_text="the reporter reads it")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report"], condition=Q(state="open"), name="one_open_erasure_a_report"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_by__isnull=False), name="erasure_decided_by_somebody"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "answer_by"], name="erasure_due")]

    @property
    def subject(self) -> str:
        """How the ledger names this request."""
        return f"erasure:{self.pk}"


class LegalHold(models.Model):
    """Nothing of this report is destroyed while the hold stands: a court or an investigator asked for it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey("reports.Report", on_delete=models.PROTECT, related_name="legal_holds")
    reason = models.CharField(max_length=500, help_text="which authority, which document")
    placed_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    released_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    released_at = models.DateTimeField(null=True)
    released_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(released_by__isnull=False), name="hold_released_by_somebody"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["report"], condition=Q(released_at=None), name="legal_hold_standing"),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names this hold."""
        return f"legal_hold:{self.pk}"
