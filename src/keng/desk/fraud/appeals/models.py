"""An appeal against a measure. What its writer says is sealed with a key of its own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from keng.base.identifiers import new_id


class AppealState(models.TextChoices):
    OPEN = "open", "Chờ quyết định"
    GRANTED = "granted", "Được chấp nhận"
    REJECTED = "rejected", "Không được chấp nhận"


class Proof(models.TextChoices):
    """How the writer showed to be the person affected."""

    NONE = "none", "Chưa chứng minh"
    SIGN_IN = "sign_in", "Đăng nhập định danh"
    PARTNER = "partner", "Đối tác xác nhận"


class Appeal(models.Model):
    """One appeal. Its receipt opens the page that tells the answer; only a hash of it is stored.

    Of a citizen's sign-in are kept the issuer, the assurance level, the time and the transaction's number: never who it was.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    measure = models.ForeignKey("measures.Measure", on_delete=models.PROTECT, related_name="appeals")
    receipt_hash = models.BinaryField(max_length=32, unique=True)
    lodged_at = models.DateTimeField()
    decide_by = models.DateTimeField(null=True, help_text="the rule's clock; none for appeals of before it")
    again_of = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        related_name="again",
        null=True,
        help_text="the rejected one that this repeats",
    )
    proof = models.CharField(max_length=10, choices=Proof.choices, default=Proof.NONE)
    proof_issuer = models.CharField(
        max_length=200, blank=True, help_text="who vouches: the sign-in's issuer or a partner"
    )
    proof_level = models.CharField(max_length=40, blank=True, help_text="the sign-in's assurance level")
    proof_reference = models.CharField(max_length=200, blank=True, help_text="transaction or the partner's own number")
    proof_at = models.DateTimeField(null=True)
    proof_noted_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
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
            models.CheckConstraint(
                condition=Q(proof="none") | (~Q(proof_reference="") & Q(proof_at__isnull=False)),
                name="appeal_proof_is_referenced",
            ),
            models.CheckConstraint(condition=Q(again_of=None) | ~Q(again_of=F("id")), name="appeal_repeats_another"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["measure", "state"], name="appeal_measure"),
            models.Index(fields=["state", "decide_by"], name="appeal_due"),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names this appeal."""
        return f"appeal:{self.pk}"
