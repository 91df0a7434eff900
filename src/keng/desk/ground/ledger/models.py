"""What is stored: entries, the signed checkpoints, and the inner nodes of the tree that stand above 256 leaves each.

All three are append-only. An entry changes once, from no place to its place, by the sequencer's own statement; Python
refuses everything else here, and triggers in the database refuse it to everybody (migration 0002).

What lets the sequencer append in O(log n) is not a frontier beside each checkpoint (400 bytes a second for ever) but
`TreeNode`: one row for each *complete* subtree of 256, 65,536, ... leaves, 1/255 row an entry. From them and at most
255 leaves come the frontier of any size (three short reads at 16 million entries) and, what it cannot give, proofs.
"""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q

TILE_LEVELS = 8
TILE_WIDTH = 1 << TILE_LEVELS


class AppendOnlyError(TypeError):
    """A fault of ours: somebody tried to change or delete what is append-only."""


class AppendOnlyQuerySet(models.QuerySet):
    """Reads and inserts only."""

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model._meta.label} is append-only")

    update = delete = bulk_update = update_or_create = _refuse


class AppendOnly(models.Model):
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{self._meta.label} is append-only")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self._meta.label} is append-only")


class Entry(AppendOnly):
    """Something that was done. `id` is the order of insertion and no more; `place`, if any, is the index in the tree.

    `about` is the one person it concerns, by an internal pseudonym; never two, or one would learn of the other.
    `chain` is the running hash after this entry, given with the place.
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    at_utc = models.DateTimeField()
    actor = models.CharField(max_length=160)
    verb = models.CharField(max_length=100)
    subject = models.CharField(max_length=160)
    about = models.CharField(max_length=160, null=True)
    data = models.TextField()
    salt = models.BinaryField(max_length=32)
    leaf = models.BinaryField(max_length=32)
    place = models.BigIntegerField(null=True, unique=True)
    chain = models.BinaryField(max_length=32, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(place__isnull=True), name="ledger_entry_waiting"),
            models.Index(fields=["about", "-id"], condition=Q(about__isnull=False), name="ledger_entry_about"),
            models.Index(fields=["subject", "-id"], name="ledger_entry_subject"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(place__isnull=True) | Q(place__gte=0), name="ledger_entry_place_from_0"),
            models.CheckConstraint(
                condition=Q(place__isnull=True, chain__isnull=True) | Q(place__isnull=False, chain__isnull=False),
                name="ledger_entry_place_with_chain",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class Checkpoint(AppendOnly):
    """A signed statement about the first `size` entries. `note` is the whole truth; the rest repeats it for queries."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    chain = models.BinaryField(max_length=32)
    note = models.TextField()
    key_id = models.CharField(max_length=16)
    made_at_utc = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.size} entries"


class TreeNode(AppendOnly):
    """A complete subtree of `256 ** level` leaves: the one that begins at leaf `index * 256 ** level`. Derived."""

    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="ledger_node_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"
