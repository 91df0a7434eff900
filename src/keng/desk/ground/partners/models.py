"""Partners, and every authentic message of theirs. Their secrets are key files, not rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Partner(models.Model):
    """An organisation that carries out requests. A bank's code is its BIN."""

    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=200)
    hotline = models.CharField(max_length=40, blank=True, help_text="what a victim can call, day and night")
    address = models.URLField(max_length=500, help_text="where requests are sent")


class Inbound(models.Model):
    """An authentic message that was taken: its id is never taken again."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    message_id = models.CharField(max_length=128)
    received_at = models.DateTimeField()
    what = models.CharField(max_length=40, help_text="the operation that it called")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "message_id"], name="inbound_id_taken_once"),
        ]
