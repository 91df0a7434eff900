"""One table: what keepers propose for the data of their organisation, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from keng.base.identifiers import new_id


class ProposalState(models.TextChoices):
    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"


class Proposal(models.Model):
    """New facts for version `base` of an organisation's data. `before` is what stood then, so that the history can be told."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="proposals")
    base = models.PositiveIntegerField()
    before = models.JSONField()
    facts = models.JSONField()
    why = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=ProposalState.choices, default=ProposalState.OPEN)
    proposed_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="proposal_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", decided_by=None) | (~Q(state="open") & Q(decided_by__isnull=False)),
                name="proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="proposal_two_persons"
            ),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"proposal:{self.pk}"
