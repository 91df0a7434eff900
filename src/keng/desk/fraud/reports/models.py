"""A report and what belongs to it. Whatever could name the reporter is sealed with the report's own key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from keng.base.identifiers import new_id


class Channel(models.TextChoices):
    WEB = "web", _("Trang web")
    API = "api", "API"
    SMS = "sms", "SMS 156/5656"


class Report(models.Model):
    """One report. The original is never changed; everything else here is derived from it and can be derived again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=16, unique=True, help_text="names it on the telephone; opens nothing")
    receipt_hash = models.BinaryField(max_length=32, unique=True)
    retry_hash = models.BinaryField(
        max_length=32, unique=True, null=True, help_text="SHA-256 of the sender's idempotency key"
    )
    channel = models.CharField(max_length=8, choices=Channel.choices)
    received_at = models.DateTimeField(db_index=True)
    written_at = models.DateTimeField(null=True, help_text="when the sender says it was written")
    original = models.BinaryField(help_text="sealed: the submission as it came, byte for byte")
    original_sha256 = models.BinaryField(max_length=32)
    engine = models.CharField(max_length=32, help_text="the version of extract that read it")
    place_code = models.CharField(
        max_length=5, blank=True, help_text="where the reporter lives, as told; a code of `received_at`"
    )
    owner = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, related_name="+", help_text="whose it is now"
    )
    route = models.CharField(max_length=64, blank=True, help_text="the rule that chose the first owner")
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["closed_at", "received_at"], name="report_open")]

    def __str__(self) -> str:
        return self.code

    @property
    def subject(self) -> str:
        """How the ledger names this report."""
        return f"report:{self.pk}"


class ReportKey(models.Model):
    """The report's key, sealed by a key that lives outside the database. Without this row nothing sealed can be read again."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True, related_name="key")
    sealed_by = models.CharField(max_length=64)
    sealed = models.BinaryField()


class Loss(models.Model):
    """Money that was sent, as the reporter tells it."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True, related_name="loss")
    amount = models.BigIntegerField(help_text="whole đồng")
    to_account = models.CharField(max_length=64, blank=True, help_text="BIN:number, ?:number, or empty if not told")
    from_account = models.BinaryField(null=True, help_text="sealed: the reporter's own account")
    sent_at = models.DateTimeField(db_index=True)
    sent_slot = models.IntegerField(help_text="`sent_at` in ten minutes since 1970: what the queue is read by")
    sent_day = models.IntegerField(help_text="`sent_at` in days since 1970")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="loss_is_money")]
        indexes: ClassVar = [
            models.Index(fields=["sent_slot", "-amount"], name="loss_slot"),
            models.Index(fields=["sent_day", "-amount"], name="loss_day"),
        ]


class Indicator(models.Model):
    """One thing that the report names: found in its text by `extract` (where, in code points, and how sure), or told (no place)."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="indicators")
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=2100)
    digest = models.BinaryField(max_length=16, help_text="of kind and value: what it is looked up by")
    start = models.IntegerField(null=True)
    end = models.IntegerField(null=True)
    p = models.FloatField(null=True, help_text="0..1 where it could be something else")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["digest", "id"], name="indicator_digest")]


class Message(models.Model):
    """A line of the talk between the desk and the reporter."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="messages")
    officer = models.ForeignKey(
        "people.Officer", on_delete=models.PROTECT, null=True, help_text="none: the reporter wrote it"
    )
    text = models.BinaryField(help_text="sealed")
    at = models.DateTimeField()
