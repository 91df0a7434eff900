"""What the processes of the gate share: how often a source came in a window, and which proofs were used.

A source is a keyed hash whose key is destroyed after a day, so a row says nothing once its day is over. Rows are counters, not
acts: they are swept away when their time is over and have no ledger entry.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Count(models.Model):
    """How often a source (or everybody: an empty source) came for one purpose within one window."""

    purpose = models.CharField(max_length=8)
    source = models.BinaryField(max_length=16)
    window = models.BigIntegerField(help_text="number of the window since 1970")
    total = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "source", "window"], name="gate_count_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["window"], name="gate_count_window")]


class Spent(models.Model):
    """A proof or a ticket that was used, until it would be stale anyway."""

    digest = models.BinaryField(max_length=16, primary_key=True)
    until = models.DateTimeField(db_index=True)
