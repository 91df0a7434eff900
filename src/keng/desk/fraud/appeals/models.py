"""An appeal against a measure. What its writer says is sealed with a key of its own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from keng.base.identifiers import new_id


class AppealState(models.TextChoices):
    OPEN = "open", "Chờ quyết định"
    GRANTED = "granted", "Được chấp nhận"
    REJECTED = "rejected", "Không được chấp nhận"


class Appeal(models.Model):
    """One appeal. Its receipt opens the page that tells the answer; only a hash of it is stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    measure = models.ForeignKey("measures.Measure", on_delete=models.PROTECT, related_name="appeals")
    receipt_hash = models.BinaryField(max_length=32, unique=True)
    lodged_at = models.DateTimeField()
    text = models.BinaryField(help_text="sealed")
    sealed_by = models.CharField(max_length=64)
    sealed_key = models.BinaryField()
    state = models.CharField(max_length=10, choices=AppealState.choices, default=AppealState.OPEN)
    decided_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_by__isnull=False), name="appeal_decided_by_somebody"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["measure", "state"], name="appeal_measure")]

    @property
    def subject(self) -> str:
        """How the ledger names this appeal."""
        return f"appeal:{self.pk}"
