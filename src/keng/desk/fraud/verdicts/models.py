"""A verdict for each report, and the models that may give one. No text is kept here: spans are numbers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Verdict(models.Model):
    """What `keng classify` called a report when it came, or when somebody first corrected it. Never changed by another model.

    `called` is a trick's code, `spam`, or `true` for "no trick that it knows"; `why` is [[start, end, reason], ...] in code points
    of the report's text, strongest first (both null: the whole text). A report without a word has no verdict.
    """

    report = models.OneToOneField("reports.Report", on_delete=models.CASCADE, primary_key=True, related_name="verdict")
    model = models.CharField(max_length=64, help_text="the version of the model that gave it")
    called = models.CharField(max_length=24)
    scam = models.FloatField(help_text="0..1")
    spam = models.FloatField(help_text="0..1")
    why = models.JSONField(default=list)


class StoredModel(models.Model):
    """A model of `keng classify` beside the program's own, as the file was: tried on stored reports before it goes live."""

    version = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)
    body = models.BinaryField(help_text="the file, compressed by zlib")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=160, help_text="as in the ledger")


class Choice(models.Model):
    """From when on which model reads what comes: the newest row counts. `model` none: the program's own."""

    model = models.ForeignKey(StoredModel, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=160, help_text="as in the ledger")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at", "-id"], name="choice_newest")]
