"""What is kept of a register: the sealed file (beside the database), the verdict on each record, a sample, judgements, steps.

Invariants: no value of a person stands here in the open; a person is a keyed digest. Rows of a run count only once the register
says that this run is the finished one. Judgements and steps are only ever added.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from keng.base.identifiers import new_id

MOST_FAULTS = 200


class RegisterKind(models.TextChoices):
    SIM = "sim", "SIM"
    ACCOUNT = "account", "Tài khoản"


class FileForm(models.TextChoices):
    CSV = "csv", "CSV"
    PARQUET = "parquet", "Parquet"


class RegisterState(models.TextChoices):
    RECEIVING = "receiving", "Đang nhận"
    CHECKING = "checking", "Đang kiểm"
    BAD = "bad", "Không dùng được"
    CLEANSING = "cleansing", "Đang đối chiếu"
    CLEANSED = "cleansed", "Đã đối chiếu"
    ABANDONED = "abandoned", "Đã bỏ"


class Effect(models.TextChoices):
    """How far a cleansed register is on its way to those concerned."""

    NONE = "none", "Chưa có hiệu lực"
    PROPOSED = "proposed", "Chờ người thứ hai"
    BEGINNING = "beginning", "Đang bắt đầu"
    IN_EFFECT = "in_effect", "Có hiệu lực"
    ROLLED_BACK = "rolled_back", "Đã rút lại"


class Register(models.Model):
    """One file of one bank or carrier, from its first byte to what came of it. Its bytes are files, sealed with its own key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=16, unique=True)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=RegisterKind.choices)
    form = models.CharField(max_length=8, choices=FileForm.choices)
    purpose = models.CharField(max_length=60, help_text="code of a row of rules/purposes.toml")
    name = models.CharField(max_length=200, blank=True, help_text="of the file, as the sender calls it")
    size = models.BigIntegerField(help_text="bytes of the whole file, told before the first")
    received = models.BigIntegerField(default=0, help_text="bytes that are here, without a gap")
    sha256 = models.BinaryField(
        max_length=32, default=bytes, help_text="of the whole file, told by the sender at the end"
    )
    handed_in_by = models.CharField(max_length=160, help_text="as in the ledger")
    opened_at = models.DateTimeField()
    whole_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=RegisterState.choices, default=RegisterState.RECEIVING)
    effect = models.CharField(max_length=12, choices=Effect.choices, default=Effect.NONE)
    records = models.BigIntegerField(null=True, help_text="rows of the file, once it is checked")
    faults = models.JSONField(default=list, help_text="[[row, column, code], …], the first ones; no value")
    fault_count = models.BigIntegerField(default=0)
    run = models.PositiveIntegerField(default=0, help_text="of the finished run, or the one under way")
    seed = models.CharField(max_length=32, blank=True, help_text="of the sample")
    population = models.BigIntegerField(null=True, help_text="people asked of in the run")
    stage = models.CharField(max_length=16, blank=True, help_text="of the work under way")
    done = models.BigIntegerField(default=0, help_text="steps or rows of that stage")
    total = models.BigIntegerField(default=0)
    trouble = models.CharField(max_length=40, blank=True, help_text="code of why the work waits")
    cleansed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True, help_text="when it was bad, abandoned or rolled back")
    erased_at = models.DateTimeField(null=True, help_text="when its key and rows went")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(received__gte=0, received__lte=models.F("size")), name="register_received_within_size"
            ),
            models.CheckConstraint(
                condition=~Q(effect__in=("proposed", "beginning", "in_effect")) | Q(state="cleansed"),
                name="register_effect_if_cleansed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-opened_at"], name="register_of_partner"),
            models.Index(fields=["-opened_at"], name="register_newest"),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"register:{self.pk}"


class RegisterKey(models.Model):
    """The register's own key, sealed by a key of ours. Gone, nothing of the file can be read any more."""

    register = models.OneToOneField(Register, on_delete=models.CASCADE, primary_key=True, related_name="key")
    sealed_by = models.CharField(max_length=40, db_index=True)
    sealed = models.BinaryField()


class Chunk(models.Model):
    """A part of the file that is here whole. Its bytes stand sealed in a file of their own, written before this row."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="chunks")
    offset = models.BigIntegerField()
    size = models.IntegerField()
    sha256 = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["register", "offset"], name="chunk_once"),
            models.CheckConstraint(condition=Q(offset__gte=0, size__gt=0), name="chunk_has_bytes"),
        ]


class Record(models.Model):
    """The verdict on one record. `person`: the pseudonym of who was accepted; `reasons`: codes, joined by commas."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="+", db_index=False)
    run = models.PositiveIntegerField()
    number = models.BigIntegerField(help_text="place in the run, from 1")
    record = models.CharField(max_length=64, help_text="record_id as the submitter gave it")
    subject = models.CharField(max_length=64, blank=True, help_text="the phone number or account; empty: not told")
    province = models.CharField(max_length=8, blank=True)
    verdict = models.CharField(max_length=12)
    reasons = models.CharField(max_length=300, blank=True)
    person = models.CharField(max_length=32, blank=True)
    band = models.SmallIntegerField(null=True, help_text="least probability, in thousandths")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["register", "run", "number"], name="record_once_a_run")
        ]
        indexes: ClassVar = [models.Index(fields=["register", "verdict", "number"], name="record_by_verdict")]


class Sum(models.Model):
    """How many records of a run have a verdict in a province, and of these how many a reason. `reason` empty: all of them."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="sums")
    run = models.PositiveIntegerField()
    province = models.CharField(max_length=8, blank=True)
    verdict = models.CharField(max_length=12)
    reason = models.CharField(max_length=24, blank=True)
    records = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["register", "run", "province", "verdict", "reason"], name="register_sum_once"
            )
        ]


class Sample(models.Model):
    """A record that a person reviews. The four groups are coarse; what the reviewer reads is sealed with the register's key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="samples")
    run = models.PositiveIntegerField()
    number = models.PositiveIntegerField(help_text="in the order of review, from 1")
    record = models.CharField(max_length=64)
    verdict = models.CharField(max_length=12)
    reasons = models.CharField(max_length=300, blank=True)
    province = models.CharField(max_length=8, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    age_band = models.CharField(max_length=8, blank=True)
    name_group = models.CharField(max_length=8, blank=True)
    person = models.CharField(max_length=32, help_text="pseudonym of the number's holder, whose page shows the look")
    evidence = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["register", "run", "number"], name="sample_once")]


class Judgement(models.Model):
    """A reviewer's word on a sampled verdict. The newest one counts."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="judgements")
    is_right = models.BooleanField(null=True, help_text="null: taken back")
    officer = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class StepKind(models.TextChoices):
    PROPOSED = "proposed", "Đề nghị"
    APPROVED = "approved", "Duyệt"
    DECLINED = "declined", "Không duyệt"
    ROLLED_BACK = "rolled_back", "Rút lại"


class Step(models.Model):
    """A step of a register into effect or back, with the sample's figures as they stood (`facts`: counts and thousandths)."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    officer = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    facts = models.JSONField(default=dict)


class Asked(models.Model):
    """One question at opening time: who asked, for what, the answer. What was asked about stands as keyed digests only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.CharField(max_length=160, help_text="as in the ledger")
    at = models.DateTimeField()
    purpose = models.CharField(max_length=60)
    person = models.CharField(max_length=32, help_text="pseudonym of the number asked about")
    who = models.CharField(max_length=32, help_text="keyed digest of name and birth date as asked")
    answer = models.CharField(max_length=8, choices=[("yes", "có"), ("partly", "một phần"), ("no", "không")])
    fields = models.CharField(max_length=100, blank=True, help_text="names of the fields to correct, joined by commas")

    class Meta:
        indexes: ClassVar = [
            # one for each way of asking: of two that begin alike PostgreSQL takes either, while the table is young
            models.Index(fields=["partner", "at"], name="asked_by_day"),
            models.Index(fields=["person", "at"], name="asked_of_person"),
            models.Index(fields=["who", "at"], name="asked_of_who"),
        ]


class Guessing(models.Model):
    """Questions that look like guessing, for an officer to settle. While it is open, the same is refused."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    around = models.CharField(max_length=8, choices=[("number", "một số"), ("who", "một người")])
    digest = models.CharField(max_length=32)
    questions = models.PositiveIntegerField(help_text="that were not answered yes, within the rule's time")
    refused = models.PositiveIntegerField(default=1, help_text="questions refused since")
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "around", "digest"], condition=Q(settled_at=None), name="guessing_open_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["raised_at"], condition=Q(settled_at=None), name="guessing_open")]

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"guessing:{self.pk}"
