"""One table: what is to be sent, to whom, and how that goes."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class State(models.TextChoices):
    WAITING = "waiting", "Chờ gửi"
    SENT = "sent", "Đã gửi"
    DEAD = "dead", "Không gửi được"
    DROPPED = "dropped", "Không còn cần gửi"


class Outgoing(models.Model):
    """A message on its way out. Its id goes with it (`webhook-id`), so that the receiver knows a repeat.

    A row is claimed by writing `leased_until`; a worker that dies lets the lease run out and another takes the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True, help_text="the same key is posted once")
    recipient = models.CharField(max_length=64, help_text="the partner's code")
    subject = models.CharField(max_length=100, help_text="what it is about, such as request:…")
    version = models.PositiveIntegerField(help_text="of the subject, when it was posted")
    body = models.BinaryField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    last_try_at = models.DateTimeField(null=True, help_text="when a worker last took it to send it; none: never tried")
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "next_try_at"], name="outgoing_due"),
            models.Index(fields=["subject"], name="outgoing_subject"),
        ]
