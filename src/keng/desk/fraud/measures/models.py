"""A measure, the request to each partner that carries it out, and every answer.

Invariant: whether a hold is in force is computed from `hold_until` and the clock. A worker that is down delays a ledger entry,
never the end of a hold.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from keng.base.identifiers import new_id


class MeasureState(models.TextChoices):
    PROPOSED = "proposed", "Chờ người thứ hai duyệt"
    UNCONFIRMED = "unconfirmed", "Đang giữ khẩn cấp, chờ xác nhận"
    ACTIVE = "active", "Đã xác nhận"
    DECLINED = "declined", "Người thứ hai không đồng ý"
    LAPSED = "lapsed", "Tự hết hiệu lực vì không ai xác nhận"
    ENDED = "ended", "Hết thời hạn"
    LIFTED = "lifted", "Đã gỡ"


OPEN_STATES = (MeasureState.PROPOSED, MeasureState.UNCONFIRMED, MeasureState.ACTIVE)
SENT_STATES = (MeasureState.UNCONFIRMED, MeasureState.ACTIVE)


class Measure(models.Model):
    """A hold of one amount on one account, for one report. It is about money, never about the account as a whole."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=16, unique=True, help_text="what the holder of the account quotes")
    kind = models.CharField(max_length=20, default="hold_funds")
    report = models.ForeignKey("reports.Report", on_delete=models.PROTECT, related_name="measures")
    account = models.CharField(max_length=64, help_text="BIN:number")
    amount = models.BigIntegerField(help_text="whole đồng")
    basis = models.CharField(max_length=64, help_text="code in the table of bases, as valid when proposed")
    reason = models.CharField(max_length=500)
    urgent = models.BooleanField(help_text="sent by one officer; falls by itself unless confirmed")
    state = models.CharField(max_length=12, choices=MeasureState.choices)
    proposed_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirm_by = models.DateTimeField(null=True, help_text="an urgent hold falls at this moment unless confirmed")
    decided_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=500, blank=True)
    ends_at = models.DateTimeField(null=True, help_text="the end of a confirmed hold")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="measure_has_amount"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="measure_two_persons"
            ),
            models.CheckConstraint(condition=~Q(state="active") | Q(ends_at__isnull=False), name="active_measure_ends"),
            models.CheckConstraint(
                condition=Q(urgent=False) | Q(confirm_by__isnull=False), name="urgent_measure_falls_by_itself"
            ),
            models.UniqueConstraint(
                fields=["report", "account"], condition=Q(urgent=True), name="one_urgent_hold_for_a_loss_and_account"
            ),
            models.UniqueConstraint(
                fields=["report", "account"],
                condition=Q(state__in=["proposed", "unconfirmed", "active"]),
                name="one_open_hold_for_a_loss_and_account",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "confirm_by"], name="measure_due")]

    @property
    def subject(self) -> str:
        """How the ledger names this measure."""
        return f"measure:{self.pk}"


class RequestState(models.TextChoices):
    ASKED = "asked", "Đang gửi"
    DELIVERED = "delivered", "Đã tới ngân hàng"
    RECEIVED = "received", "Ngân hàng đã nhận, đang xử lý"
    EXECUTED = "executed", "Đã giữ đủ"
    PART = "part", "Đã giữ một phần"
    REFUSED = "refused", "Ngân hàng từ chối"
    RELEASED = "released", "Đã nhả"


UNANSWERED = (RequestState.ASKED, RequestState.DELIVERED, RequestState.RECEIVED)
HOLDING = (RequestState.EXECUTED, RequestState.PART)


class Request(models.Model):
    """What one partner is asked, and how far it is. `version` grows with each change that the partner must hear of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="requests")
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=RequestState.choices, default=RequestState.ASKED)
    version = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    hold_until = models.DateTimeField(help_text="the partner releases at this moment, whatever else it hears")
    delivered_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True, help_text="the final answer that counts")
    answered_version = models.PositiveIntegerField(default=0, help_text="the version that it answered")
    held_amount = models.BigIntegerField(default=0)
    refusal = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=100, blank=True, help_text="the partner's own number")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "partner"], name="one_request_a_partner"),
            models.CheckConstraint(condition=Q(held_amount__gte=0), name="held_is_not_negative"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["partner", "asked_at"], name="request_partner"),
            models.Index(fields=["state", "answer_by"], name="request_ageing"),
        ]

    @property
    def subject(self) -> str:
        """How the ledger and the outbox name this request."""
        return f"request:{self.pk}"


class Answer(models.Model):
    """Every authentic answer as it came, also one that did not count: nothing that a partner says is lost."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="answers", null=True)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=128)
    received_at = models.DateTimeField()
    status = models.CharField(max_length=12)
    held_amount = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=20, help_text="counted, or why it did not")
