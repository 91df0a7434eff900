"""A report and what belongs to it. Whatever could name the reporter is sealed with the report's own key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from keng.base.identifiers import new_id


class Channel(models.TextChoices):
    WEB = "web", _("Trang web")
    API = "api", "API"
    SMS = "sms", "SMS 156/5656"


class ErasedWhy(models.TextChoices):
    REQUEST = "request", _("Người báo xin xoá")
    RETENTION = "retention", _("Hết thời hạn lưu giữ")


class Lane(models.IntegerChoices):
    """Which reports are read first. Those in the slower lane came in a flood without proof of work, or repeat another."""

    NORMAL = 0, _("thường")
    LATER = 1, _("đọc sau")


class SharedOriginal(models.Model):
    """What was sent again and again, byte for byte, kept once. Its key lies sealed in each report that shares it.

    `digest` (of the day's key) and `sealed_key` find it while the flood lasts; the worker clears both afterwards, and then
    only the reports' own keys open it.
    """

    digest = models.BinaryField(max_length=16, unique=True, null=True)
    sealed = models.BinaryField()
    sealed_by = models.CharField(max_length=64, blank=True)
    sealed_key = models.BinaryField(null=True)
    made_at = models.DateTimeField(db_index=True)


OPEN = models.Q(closed_at=None)
TO_HOLD = OPEN & models.Q(to_hold__isnull=False)

QUEUE_INDEXES = (
    models.Index(fields=["lane", "sent_slot", "-to_hold"], name="report_hold_slot", condition=TO_HOLD),
    models.Index(fields=["lane", "sent_day", "-to_hold", "sent_slot"], name="report_hold_day", condition=TO_HOLD),
    models.Index(fields=["lane", "-to_read_from"], name="report_read", condition=OPEN),
    models.Index(fields=["owner", "lane", "sent_slot", "-to_hold"], name="report_unit_slot", condition=TO_HOLD),
    models.Index(
        fields=["owner", "lane", "sent_day", "-to_hold", "sent_slot"], name="report_unit_day", condition=TO_HOLD
    ),
    models.Index(fields=["owner", "lane", "-to_read_from"], name="report_unit_read", condition=OPEN),
)
"""Only what still waits: for the whole country, and for the units of one officer. `queueing.py` reads by them. Those of days end
with `sent_slot`, so that what the last hour's slots showed already is passed over within the index."""


class Report(models.Model):
    """One report. The original is never changed; everything else here is derived from it and can be derived again.

    Once erased, its key and its texts are gone; the row stays as a figure, and so do the ledger's entries.
    """

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
    shared = models.ForeignKey(
        "SharedOriginal",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        help_text="then `original` seals the key of what is shared",
    )
    source = models.BinaryField(max_length=16, null=True, help_text="a hash of the caller whose key lives a day")
    wave = models.BinaryField(max_length=16, null=True, help_text="a hash of the letters of the text, of the same key")
    lane = models.SmallIntegerField(choices=Lane.choices, default=Lane.NORMAL, db_default=Lane.NORMAL)
    place_code = models.CharField(
        max_length=5, blank=True, db_default="", help_text="where the reporter lives, as told; a code of `received_at`"
    )
    owner = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, related_name="+", help_text="whose it is now"
    )
    route = models.CharField(max_length=64, blank=True, db_default="", help_text="the rule that chose the first owner")
    to_hold = models.BigIntegerField(
        null=True, help_text="whole đồng of its loss, until a hold is asked for: what the queue is read by"
    )
    sent_slot = models.IntegerField(null=True, help_text="when that money was sent, in ten minutes since 1970")
    sent_day = models.IntegerField(null=True, help_text="the same in days since 1970")
    to_read_from = models.DateTimeField(
        db_default=Now(), help_text="from then on it waits to be read: at once, or when its loss is too old to be held"
    )
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=300, blank=True)
    erased_at = models.DateTimeField(null=True, help_text="when its key and texts were destroyed")
    erased_why = models.CharField(max_length=10, choices=ErasedWhy.choices, blank=True, default="", db_default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["closed_at", "received_at"], name="report_open"),
            *QUEUE_INDEXES,
            models.Index(fields=["source"], name="report_source", condition=models.Q(source__isnull=False)),
            models.Index(fields=["wave"], name="report_wave", condition=models.Q(wave__isnull=False)),
            models.Index(fields=["shared"], name="report_shared", condition=models.Q(shared__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(erased_at=None) | models.Q(closed_at__isnull=False), name="erased_report_is_closed"
            ),
        ]

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
    sent_slot = models.IntegerField(
        db_default=0, help_text="`sent_at` in ten minutes since 1970: what the queue is read by"
    )
    sent_day = models.IntegerField(db_default=0, help_text="`sent_at` in days since 1970")
    lane = models.SmallIntegerField(
        choices=Lane.choices, default=Lane.NORMAL, db_default=Lane.NORMAL, help_text="the report's"
    )

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="loss_is_money")]
        indexes: ClassVar = [
            models.Index(fields=["lane", "sent_slot", "-amount"], name="loss_slot"),
            models.Index(fields=["lane", "sent_day", "-amount"], name="loss_day"),
        ]


class Indicator(models.Model):
    """One thing that the report names: found in its text by `extract` (where, in code points, and how sure), or told (no place)."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="indicators")
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=2100)
    digest = models.BinaryField(max_length=16, db_default=b"", help_text="of kind and value: what it is looked up by")
    start = models.IntegerField(null=True)
    end = models.IntegerField(null=True)
    p = models.FloatField(null=True, help_text="0..1 where it could be something else")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["digest", "id", "report"], name="indicator_named")]


class Message(models.Model):
    """A line of the talk between the desk and the reporter."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="messages")
    officer = models.ForeignKey(
        "people.Officer", on_delete=models.PROTECT, null=True, help_text="none: the reporter wrote it"
    )
    text = models.BinaryField(help_text="sealed")
    at = models.DateTimeField()


class PictureState(models.TextChoices):
    WAITING = "waiting", _("chờ đọc")
    READ = "read", _("đã đọc")
    UNREADABLE = "unreadable", _("không đọc được")


class Picture(models.Model):
    """A picture that the reporter added: sealed as it came, and what the confined process made of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="pictures")
    number = models.SmallIntegerField()
    received_at = models.DateTimeField()
    original = models.BinaryField(help_text="sealed: the bytes as they came")
    original_sha256 = models.BinaryField(max_length=32)
    size = models.IntegerField(help_text="bytes")
    state = models.CharField(max_length=12, choices=PictureState.choices, default=PictureState.WAITING)
    kind = models.CharField(max_length=8, blank=True, help_text="by content: JPEG, PNG, WEBP")
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    preview = models.BinaryField(null=True, help_text="sealed: drawn anew, nothing of the original's bytes")
    why = models.CharField(max_length=32, blank=True, help_text="why it could not be read")
    parsed_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "number"], name="picture_number_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["received_at"], name="picture_waiting", condition=models.Q(state=PictureState.WAITING.value)
            )
        ]
