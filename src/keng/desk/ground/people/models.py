"""Who works at the desk. Nobody has a password: in the demo one comes in by a one-use link."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What an officer is here for. What each role may do stands in `rights.py`."""

    OFFICER = "officer", _("Cán bộ trực")
    AUDITOR = "auditor", _("Kiểm tra viên")
    OPERATOR = "operator", _("Người vận hành")


class Officer(AbstractBaseUser):
    """A person at the desk. `username` is an internal name, not an address."""

    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=200)
    unit_name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, choices=Role.choices)
    is_active = models.BooleanField(default=True)

    proven_at: datetime | None = None  # when this session last proved who it is; not stored here, see `signin`

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = BaseUserManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="officer_role_known"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def actor(self) -> str:
        """How the ledger names this officer."""
        return f"officer:{self.pk}"


class EntryLink(models.Model):
    """A link that signs one officer in, once, on loopback, while the demo is on. Only its hash is stored."""

    token_hash = models.BinaryField(max_length=32, unique=True)
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
