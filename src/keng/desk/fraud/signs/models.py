"""Runs of `keng signs` as counts, which rule is live, the evidence of live rules, what measures cite of it, and accounts that
banks suspect.

Invariant: of a rule that is in the shadow no account is kept, only how many it held on. Nothing here restricts anybody.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from keng.base.identifiers import new_id


class Run(models.Model):
    """One run, as it was handed in. `sha256`: of its result, which is not kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=64, help_text="code of the partner whose accounts they are")
    day = models.DateField(help_text="the day whose rules it ran")
    sha256 = models.CharField(max_length=64, unique=True)
    accounts = models.BigIntegerField(help_text="that were judged")
    transfers = models.BigIntegerField()
    made_at = models.DateTimeField(db_index=True)
    made_by = models.CharField(max_length=160, help_text="as in the ledger")


class Count(models.Model):
    """What one rule came to in a run. `named`, `wronged`: of the accounts that it held on, counted when the run was kept.

    `named`: accounts that some report names; `wronged`: accounts on which a measure was found wrong.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="counts")
    sign = models.CharField(max_length=8)
    version = models.CharField(max_length=32)
    ran = models.BooleanField(help_text="false: it was off, or an input was missing")
    was_live = models.BooleanField()
    held = models.BigIntegerField()
    named = models.BigIntegerField()
    wronged = models.BigIntegerField()
    assessment = models.CharField(max_length=200, blank=True, help_text="the assessment that let it run")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "sign"], name="count_once_a_run")]


class Evidence(models.Model):
    """What a live rule says of one account. A proposer of a measure may cite it; it restricts nothing."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="evidence")
    sign = models.CharField(max_length=8)
    version = models.CharField(max_length=32)
    subject = models.CharField(max_length=120, help_text="the account, `BIN:number`")
    vi = models.CharField(max_length=400)
    en = models.CharField(max_length=400)
    behind_total = models.BigIntegerField(help_text="how many rows of the bank's stand behind it")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "sign", "subject"], name="evidence_once_a_run")]
        indexes: ClassVar = [models.Index(fields=["subject", "sign"], name="evidence_of_account")]


class Citation(models.Model):
    """The finding on which a measure was proposed, as it stood then: evidence goes sooner than the measure that rests on it."""

    measure = models.OneToOneField("measures.Measure", on_delete=models.CASCADE, related_name="+")
    sign = models.CharField(max_length=8)
    version = models.CharField(max_length=32)
    vi = models.CharField(max_length=400, help_text="what it said of the account")
    en = models.CharField(max_length=400)
    behind_total = models.BigIntegerField(help_text="how many rows of the bank's stood behind it")
    source = models.CharField(max_length=64, help_text="code of the partner whose run it was")
    run_sha256 = models.CharField(max_length=64, help_text="of the run's result")
    day = models.DateField(help_text="the day whose rules it ran")
    found_at = models.DateTimeField(help_text="when the run was kept")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sign", "version"], name="citation_of_sign")]


class SwitchState(models.TextChoices):
    PROPOSED = "proposed"
    LIVE = "live"
    WITHDRAWN = "withdrawn"


class Switch(models.Model):
    """One version of one rule on its way out of the shadow: proposed by one person, made live by another, withdrawn by either."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sign = models.CharField(max_length=8)
    version = models.CharField(max_length=32)
    run = models.ForeignKey(
        Run, on_delete=models.SET_NULL, null=True, related_name="+", help_text="the shadow run it rests on"
    )
    assessment = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=SwitchState.choices, default=SwitchState.PROPOSED)
    proposed_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="switch_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="live_by_approval",
            ),
            models.UniqueConstraint(
                fields=["sign", "version"], condition=~Q(state="withdrawn"), name="one_open_switch_for_a_version"
            ),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"sign:{self.sign}"


class Suspected(models.Model):
    """An account that a bank told as suspected, in a SIMO-shaped list. Of the bank's row the account and two codes are kept."""

    source = models.CharField(max_length=64, help_text="code of the partner that told it")
    account = models.CharField(max_length=64, help_text="canonical, `BIN:number`")
    reason = models.PositiveSmallIntegerField(help_text="NghiNgo, as the bank gave it")
    status = models.PositiveSmallIntegerField(null=True, help_text="TrangThaiHoatDongTaiKhoan, as the bank gave it")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "source"], name="suspected_once_a_source")]
