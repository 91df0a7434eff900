"""Corrections of verdicts, and replays: what another model would have called stored reports. No text is kept in either."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from keng.base.identifiers import new_id


class Correction(models.Model):
    """An officer's word on one verdict: right as it stands, or what it should have been. A later word undoes the one before.

    `machine`, `said`: a trick's code, `spam` or `true`, as `Verdict.called`. One stands a report; those undone stay.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey("reports.Report", on_delete=models.CASCADE, related_name="corrections")
    model = models.CharField(max_length=64, help_text="the version of the model that had called it `machine`")
    machine = models.CharField(max_length=24)
    said = models.CharField(max_length=24)
    officer = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report"], condition=Q(undone_at=None), name="one_standing_correction_a_report"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["model", "machine", "said"], condition=Q(undone_at=None), name="correction_counted")
        ]


class Replay(models.Model):
    """One run of a model over stored reports. How far it is, is counted from the tasks of its batch.

    `first`, `last`: the reports between which it reads, both ends included, as they stood when it began.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model = models.CharField(max_length=64, help_text="the version that is tried")
    against = models.CharField(max_length=64, help_text="the version that was live when it began")
    batch = models.ForeignKey("jobs.Batch", on_delete=models.PROTECT, related_name="+")
    made_by = models.CharField(max_length=160, help_text="as in the ledger")
    made_at = models.DateTimeField(db_index=True)
    reports = models.IntegerField(help_text="how many it reads")


class Tally(models.Model):
    """Of one slice of a replay: how many reports went from one call to another, and how many of them officers had judged.

    `was` is what stands now: the verdict as it was kept. Both are calls as in `Verdict.called`.
    """

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, related_name="tallies")
    was = models.CharField(max_length=24)
    would_be = models.CharField(max_length=24)
    reports = models.IntegerField()
    judged = models.IntegerField(help_text="of these, with a correction or a word that it was right")
    was_right = models.IntegerField(help_text="of those judged")
    would_be_right = models.IntegerField(help_text="of those judged")


class Change(models.Model):
    """A report that the tried model would call otherwise. `said`: what an officer says it is; empty if nobody did."""

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, related_name="changes")
    report = models.ForeignKey("reports.Report", on_delete=models.CASCADE, related_name="+")
    was = models.CharField(max_length=24)
    would_be = models.CharField(max_length=24)
    said = models.CharField(max_length=24, blank=True)
    scam_was = models.FloatField()
    scam_would_be = models.FloatField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["replay", "was", "would_be", "-report"], name="change_listed")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["replay", "report"], name="change_once_a_replay")]
