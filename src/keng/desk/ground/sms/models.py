"""What is kept of SMS. A person's number stands nowhere in clear: in sealed bodies of the outbox, and in digests of the day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from keng.desk.ground.sms.states import Delivery


class Heard(models.Model):
    """That a message was taken: a centre that did not hear our answer delivers it again, and it must not count twice."""

    digest = models.BinaryField(max_length=16, unique=True, help_text="of sender, number and words, of the day's key")
    at = models.DateTimeField(db_index=True)


class Part(models.Model):
    """A part of a long message whose other parts have not come yet. It goes as soon as they have, or after a day."""

    digest = models.BinaryField(max_length=16, help_text="of sender, number, reference and count, of the day's key")
    number = models.PositiveSmallIntegerField()
    sealed_by = models.CharField(max_length=64)
    sealed = models.BinaryField(help_text="sealed: the bytes of this part")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["digest", "number"], name="sms_part_once")]


class Segment(models.Model):
    """One segment that a centre took, and what became of it, as far as its receipts tell. Nothing of whom or what."""

    outgoing = models.UUIDField(db_index=True, help_text="the message in the outbox")
    number = models.PositiveSmallIntegerField(help_text="from 1")
    centre = models.CharField(max_length=32)
    message_id = models.CharField(max_length=65, help_text="as the centre named it")
    delivery = models.CharField(max_length=12, choices=Delivery.choices, default=Delivery.TAKEN)
    taken_at = models.DateTimeField(db_index=True)
    delivery_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["centre", "message_id"], name="sms_segment_named")]
