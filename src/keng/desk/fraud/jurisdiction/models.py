"""Offers to take a report over. The owner itself stands on the report; here is how it came to be.

Invariant: a report has at most one open offer, and until that is accepted or its time is over the giver owns it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from keng.base.identifiers import new_id


class HandoverState(models.TextChoices):
    OFFERED = "offered", "Chờ nhận"
    ACCEPTED = "accepted", "Đã nhận"
    REFUSED = "refused", "Không nhận"
    OVERDUE = "overdue", "Quá hạn nhận, đã lên cấp trên"
    WITHDRAWN = "withdrawn", "Đã rút lại"
    RAISED = "raised", "Lên cấp trên"
    ASSIGNED = "assigned", "Cấp trên giao"


class Handover(models.Model):
    """One change of owner, offered or made. `giver` owned the report when it began."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey("reports.Report", on_delete=models.CASCADE, related_name="handovers")
    giver = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    decided_in = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, related_name="+", help_text="who assigned it"
    )
    state = models.CharField(max_length=10, choices=HandoverState.choices)
    reason = models.CharField(max_length=500)
    begun_by = models.CharField(max_length=64, help_text="as the ledger names them")
    begun_at = models.DateTimeField()
    accept_by = models.DateTimeField(
        null=True, help_text="after it the report goes up; none: nothing is to be accepted"
    )
    ended_by = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True, help_text="why it was refused")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report"], condition=Q(state="offered"), name="one_open_offer_a_report"),
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="handover_to_another"),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(accept_by__isnull=False), name="an_offer_has_its_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="assigned") | Q(decided_in__isnull=False), name="an_assignment_has_its_decider"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "accept_by"], name="handover_due"),
            models.Index(fields=["receiver", "state"], name="handover_receiver"),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"handover:{self.pk}"
