"""What is kept of a citizen who signed in: nothing that names them. No name, number, picture or address ever comes here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from keng.base.identifiers import new_id


class Identity(models.Model):
    """Somebody as one provider knows them. `subject_hash` is keyed: without our key it cannot be tried out."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    issuer = models.CharField(max_length=200)
    subject_hash = models.BinaryField(max_length=32)
    person = models.CharField(
        max_length=32,
        blank=True,
        db_default="",
        help_text="pseudonym of the citizen's number, if the provider vouched for one",
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject_hash"], name="citizens_identity_once"),
        ]

    @property
    def actor(self) -> str:
        """How the ledger names this citizen."""
        return f"citizen:{self.pk}"


class Stay(models.Model):
    """One sign-in: how sure the provider was (0: it did not say), when, and by which of its transactions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="stays")
    level = models.SmallIntegerField()
    transaction_hash = models.BinaryField(max_length=32, unique=True)
    transaction_id = models.CharField(max_length=120)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__gte=0, level__lte=2), name="citizens_level_known"),
        ]


class Kept(models.Model):
    """A report or an appeal whose receipt a citizen attached, as the ledger names it (`report:...`, `appeal:...`)."""

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="kept")
    subject = models.CharField(max_length=60)
    kept_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["identity", "subject"], name="citizens_kept_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["subject"], name="citizens_kept_subject")]
