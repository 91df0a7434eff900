"""What an officer proves with, what they come in once with, and where they are signed in. No secret stands here in clear."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keng.base.identifiers import new_id


class Way(models.TextChoices):
    """How a session began."""

    PASSKEY = "passkey", _("Khoá đăng nhập")
    CODES = "codes", _("Mã của ứng dụng và mã dùng một lần")
    INVITATION = "invitation", _("Lời mời")
    LINK = "link", _("Đường link diễn tập")


class Ended(models.TextChoices):
    """Why a session is over."""

    LEFT = "left", _("đã ra")
    ELSEWHERE = "elsewhere", _("được kết thúc từ phiên khác")
    TOO_LONG = "too_long", _("hết thời hạn")
    IDLE = "idle", _("không dùng quá lâu")
    INACTIVE = "inactive", _("tài khoản đã ngừng")
    REVOKED = "revoked", _("khoá đã bị huỷ")


class Passkey(models.Model):
    """A WebAuthn credential of one officer. `doubted_at`: its counter went back, so somebody may have copied it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_data = models.BinaryField(help_text="AttestedCredentialData: identifier and public key")
    user_handle = models.BinaryField(max_length=64)
    sign_count = models.BigIntegerField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    doubted_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["officer", "removed_at"], name="signin_passkey_of")]

    @property
    def subject(self) -> str:
        """How the ledger names this key."""
        return f"passkey:{self.pk}"


class Authenticator(models.Model):
    """The TOTP secret of one officer (RFC 6238), sealed. It counts once `confirmed_at` is set; a step is used once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="authenticators")
    secret = models.BinaryField(help_text="sealed")
    sealed_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0, help_text="the 30-second step whose code was used last")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["officer"],
                condition=Q(confirmed_at__isnull=False, removed_at__isnull=True),
                name="signin_one_authenticator",
            ),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names this authenticator."""
        return f"authenticator:{self.pk}"


class CodeKind(models.TextChoices):
    INVITATION = "invitation"
    RECOVERY = "recovery"


class OneUseCode(models.Model):
    """A code of 80 random bits that serves once: an invitation, or one of an officer's recovery codes. Only its hash is kept."""

    code_hash = models.BinaryField(max_length=32, unique=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=CodeKind.choices)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=CodeKind.values), name="signin_code_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="recovery") | Q(expires_at__isnull=False), name="signin_invitation_ends"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["officer", "kind"], name="signin_code_of")]


class Visit(models.Model):
    """One officer's stay at the desk in one browser. Whether it goes on is computed from its times, never from a flag alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits")
    way = models.CharField(max_length=10, choices=Way.choices)
    passkey = models.ForeignKey(Passkey, on_delete=models.PROTECT, null=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    proven_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=10, choices=Ended.choices, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(way__in=Way.values), name="signin_visit_way_known"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_why="")
                | Q(ended_at__isnull=False, ended_why__in=Ended.values),
                name="signin_visit_ends_for_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["officer", "-began_at"], name="signin_visit_of"),
            models.Index(fields=["seen_at"], condition=Q(ended_at__isnull=True), name="signin_visit_open"),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names this stay."""
        return f"visit:{self.pk}"


class Pause(models.Model):
    """How often somebody failed, and until when they wait. `who` is a keyed hash: no name, no address."""

    who = models.BinaryField(max_length=32, unique=True)
    failures = models.IntegerField()
    last_at = models.DateTimeField()
    until = models.DateTimeField()
