"""Who works at the desk, and where: appointments. Nobody has a password: in the demo one comes in by a one-use link."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody is here for, the first that they hold being the one they are called by. Who may what: `rights.py`."""

    OFFICER = "officer", _("Cán bộ trực")
    AUDITOR = "auditor", _("Kiểm tra viên")
    OPERATOR = "operator", _("Người vận hành")
    APPROVER = "approver", _("Người duyệt dữ liệu đơn vị")
    KEEPER = "keeper", _("Người giữ dữ liệu đơn vị")
    PARTNER = "partner", _("Người làm việc của đối tác")


class Officer(AbstractBaseUser):
    """A person at the desk. `username` is an internal name, not an address.

    `role` and `unit_name` are what pages and letters call this person by: `people.actions` writes them whenever an
    appointment changes. Rights never read them.
    """

    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=200)
    unit_name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, choices=Role.choices)
    is_active = models.BooleanField(default=True)

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


class Appointment(models.Model):
    """Somebody's role in an organisation for a time. The source of every right. Ended, never deleted."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="appointments")
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="appointments"
    )
    role = models.CharField(max_length=16, choices=Role.choices)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, help_text="the first moment at which it is no more")
    made_by = models.CharField(max_length=64, help_text="as the ledger names them")
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="appointment_role_known"),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="appointment_ends_after_it_begins",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "role"], name="appointment_organisation")]

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"appointment:{self.pk}"


class EntryLink(models.Model):
    """A link that signs one officer in, once, on loopback, while the demo is on. Only its hash is stored."""

    token_hash = models.BinaryField(max_length=32, unique=True)
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
