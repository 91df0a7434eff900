"""What waits: messages to be sent, tasks to be done, and the batches that tell how far many of them are.

Invariant: a row that waits stands in the index of its lane; a row that is leased, sent, done or given up does not delay it.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from keng.desk.ground.jobs.states import WAITING, Lane, Reason, State, TaskState


class Batch(models.Model):
    """Many rows that belong to one order of a person. How far it is, is counted from the rows, never stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40, help_text="a registered kind of task")
    subject = models.CharField(max_length=100, help_text="what it is about, such as partner:…")
    made_by = models.CharField(max_length=160, help_text="as in the ledger, such as officer:…")
    made_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-made_at"], name="batch_newest")]


class Queued(models.Model):
    """What messages and tasks have in common. A worker claims a row by writing `lease` and `leased_until`, and moves
    `next_try_at` to the end of the lease: killed, it leaves a row that is due again then. `lease` is new at each claim,
    so that whoever lost it cannot write an outcome.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True, help_text="the same key is posted once")
    lane = models.PositiveSmallIntegerField(choices=Lane.choices, db_default=Lane.ROUTINE)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    last_try_at = models.DateTimeField(null=True, help_text="when a worker last took it; none: never tried")
    leased_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True, help_text="of the claim that may write the outcome")
    tries = models.PositiveIntegerField(default=0, help_text="starts, whether or not their end was seen")
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True, db_default="")
    last_error = models.CharField(max_length=300, blank=True)
    drop_reason = models.CharField(max_length=300, blank=True, db_default="", help_text="a person's words")

    class Meta:
        abstract = True


class Outgoing(Queued):
    """A message on its way out. Its id goes with it (`webhook-id`), so that the receiver knows a repeat."""

    recipient = models.CharField(max_length=64, help_text="the partner's code")
    subject = models.CharField(max_length=100, help_text="what it is about, such as request:…")
    version = models.PositiveIntegerField(help_text="of the subject, when it was posted")
    about = models.UUIDField(null=True, help_text="the report whose owner it follows")
    owner = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        help_text="none: who leads",
    )
    body = models.BinaryField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["lane", "recipient", "next_try_at"], condition=models.Q(state=WAITING), name="outgoing_line"
            ),
            models.Index(
                fields=["created_at"], condition=models.Q(state=WAITING, reason__gt=""), name="outgoing_struggling"
            ),
            models.Index(fields=["state", "next_try_at"], name="outgoing_due"),
            models.Index(fields=["subject"], name="outgoing_subject"),
            models.Index(fields=["about"], condition=models.Q(about__isnull=False), name="outgoing_about"),
        ]


class Task(Queued):
    """Work in the background. Its kind names the function that does it; effect and completion are one transaction."""

    kind = models.CharField(max_length=40)
    payload = models.JSONField(help_text="what the kind's function needs; identifiers and numbers, never personal data")
    state = models.CharField(max_length=12, choices=TaskState.choices, default=TaskState.WAITING)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["lane", "kind", "next_try_at"], condition=models.Q(state=WAITING), name="task_line"),
            models.Index(fields=["state", "created_at"], name="task_state"),
        ]
