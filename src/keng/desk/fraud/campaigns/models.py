"""Campaigns: what stands together, who said so, and the sums that pages read.

A *part* is what stands or falls together: the reports that the engine put with one another, or those that an officer took out.
A campaign is one part or several; it bears the code of its head. Which parts are one follows from the live judgements alone
(`deciding.py`); `Part.head`, `Placement.part` and all sums are a view of them, made anew by the action that changes one.

Invariant: a judgement, once written, is never changed but for its words, which go when their time is over. It is undone by
another row.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

ALL_UNITS = 0  # in sums: whosever the reports are
NO_UNIT = -1  # in placements and sums: reports that no unit owns yet


class Kind(models.TextChoices):
    """What a judgement says."""

    MERGE = "merge", "Gộp hai chiến dịch"
    APART = "apart", "Giữ riêng hai chiến dịch"
    SPLIT = "split", "Tách một phần ra"
    TOGETHER = "together", "Giữ nguyên, không tách"
    MOVE = "move", "Chuyển báo cáo sang chiến dịch khác"
    NAME = "name", "Đặt tên và lời khuyên"
    UNDO = "undo", "Hoàn tác"


class Part(models.Model):
    """What stands or falls together, under a code that is never given again. Its head's code and name are the campaign's.

    `engine_code`: what the engine calls it now; none for what an officer took out and for what went into another part.
    """

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=16, unique=True, help_text="CD-…: names the campaign whose head this is")
    head = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts", help_text="view")
    judged = models.BooleanField(default=False, help_text="view: an officer's judgement stands on its campaign")
    kin = models.BigIntegerField(
        db_index=True, help_text="the first of all parts that any judgement, live or undone, ever tied to it"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="children", help_text="what it was taken out of"
    )
    split = models.ForeignKey(
        "Judgement", on_delete=models.PROTECT, null=True, related_name="made", help_text="which took it out"
    )
    engine_code = models.CharField(max_length=32, unique=True, null=True)
    made_at = models.DateTimeField()
    name = models.CharField(max_length=120, blank=True, help_text="view: of the newest live judgement that names it")
    name_en = models.CharField(max_length=120, blank=True)
    advice = models.CharField(max_length=600, blank=True, help_text="public: what to do about the trick")
    advice_en = models.CharField(max_length=600, blank=True)
    reports = models.IntegerField(default=0, help_text="of this part")
    lost = models.BigIntegerField(default=0, help_text="whole đồng that its reports tell, each report counted")
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    all_reports = models.IntegerField(default=0, help_text="of the whole campaign, if this is its head; else 0")
    all_lost = models.BigIntegerField(default=0)
    all_last_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(parent=None, split=None) | Q(parent__isnull=False, split__isnull=False, engine_code=None),
                name="part_taken_out_by_a_judgement",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-all_last_at"], name="part_newest", condition=Q(all_reports__gt=1)),
            models.Index(fields=["-all_reports"], name="part_largest", condition=Q(all_reports__gt=1)),
            models.Index(fields=["-all_lost"], name="part_costliest", condition=Q(all_reports__gt=1)),
            models.Index(fields=["split"], name="part_split", condition=Q(split__isnull=False)),
            models.Index(fields=["id"], name="part_advised", condition=~Q(advice="")),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"campaign:{self.code}"


class Placement(models.Model):
    """The engine's judgement about one report: which part it was put with first, because of what, when; and where it stands now.

    No foreign key of the database leads to the report: placing one must not wait for whoever works on it.
    """

    report = models.OneToOneField(
        "reports.Report", on_delete=models.CASCADE, primary_key=True, related_name="placement", db_constraint=False
    )
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="view: now")
    first_part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", db_index=False)
    group = models.ForeignKey(
        Part, on_delete=models.PROTECT, related_name="+", help_text="where the engine would have it now"
    )
    stray = models.BooleanField(
        default=False, help_text="the engine would have it elsewhere; officers judged otherwise"
    )
    engine = models.CharField(max_length=32, help_text="the version that placed it")
    placed_at = models.DateTimeField()
    by_report = models.UUIDField(null=True, help_text="the report that it was put with; none: it was the first")
    why_kind = models.CharField(max_length=16, blank=True, help_text="an indicator's kind, or text")
    why_value = models.CharField(
        max_length=2100, blank=True, help_text="the value that both name, or the likeness 0..1"
    )
    unit = models.BigIntegerField(help_text="whose report it is, as counted in the sums")
    received_at = models.DateTimeField()
    amount = models.BigIntegerField(null=True, help_text="whole đồng that it tells as lost")
    loss_key = models.BinaryField(max_length=16, null=True, help_text="a hash of recipient account and amount")
    loss_at = models.DateTimeField(null=True, help_text="when that money was sent")
    event = models.UUIDField(null=True, help_text="the first report of this loss, where several tell the same one")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["part", "-received_at", "-report"], name="placement_latest"),
            models.Index(fields=["part", "unit", "-received_at", "report"], name="placement_of_unit"),
            models.Index(fields=["part", "event"], name="placement_again", condition=Q(event__isnull=False)),
            models.Index(fields=["part"], name="placement_stray", condition=Q(stray=True)),
            models.Index(fields=["loss_key", "loss_at"], name="placement_loss", condition=Q(loss_key__isnull=False)),
        ]


class Judgement(models.Model):
    """Who says what stands together or apart, about what, why, since when. Append-only.

    `part` and `into` are heads at that time: for a merge what went and what stayed, for a split and a name what it is about
    (`part`), for a move where from and where to. `by`: `officer:12`, or `engine:link` with its version.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.CharField(max_length=64, help_text="as the ledger names them")
    officer = models.ForeignKey("people.Officer", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    kin = models.BigIntegerField(db_index=True, help_text="of its parts")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    into = models.ForeignKey(Part, on_delete=models.PROTECT, null=True, related_name="+")
    why_kind = models.CharField(max_length=16, blank=True, help_text="an indicator's kind; empty: words, or reports")
    why_value = models.CharField(max_length=2100, blank=True)
    words = models.CharField(max_length=500, blank=True, help_text="the officer's own reason")
    name = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    advice = models.CharField(max_length=600, blank=True)
    advice_en = models.CharField(max_length=600, blank=True)
    reports = models.IntegerField(default=0, help_text="how many it moved")
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="undo", undoes__isnull=False) | (~Q(kind="undo") & Q(undoes=None)),
                name="judgement_undo_names_one",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["officer", "-id"], name="judgement_by_officer")]

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"judgement:{self.pk}"


class Tie(models.Model):
    """Two parts of which a judgement says that they are one, or are not."""

    judgement = models.ForeignKey(Judgement, on_delete=models.CASCADE, related_name="ties")
    one = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", db_index=False)
    other = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", db_index=False)
    together = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(one=F("other")), name="tie_of_two"),
        ]


class Leaning(models.Model):
    """View: two parts that the engine holds for one, but not surely enough to join them. All rows are made anew at a time."""

    one = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="+")
    place = models.IntegerField(unique=True, help_text="from 0: which is worth deciding first")
    belief = models.FloatField(help_text="how likely the engine thinks it, 0..1")
    time = models.FloatField(help_text="nats that lie in when their reports came; below 0 against it")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(one=F("other")), name="leaning_of_two")]


class Named(models.Model):
    """A report that a judgement moved, and the part that it stood in before."""

    judgement = models.ForeignKey(Judgement, on_delete=models.CASCADE, related_name="named")
    report = models.ForeignKey("reports.Report", on_delete=models.CASCADE, related_name="+", db_constraint=False)
    before = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", db_index=False)
    after = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", db_index=False)


class UnitSum(models.Model):
    """The reports of one unit in one part, summed up."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.BigIntegerField(help_text="an organisation's number, or NO_UNIT")
    reports = models.IntegerField(default=0)
    lost = models.BigIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["part", "unit"], name="unit_sum_once")]
        indexes: ClassVar = [models.Index(fields=["unit", "-last_at"], name="unit_sum_newest")]


class UnitDay(models.Model):
    """The reports of one unit (or ALL_UNITS) in one part that came on one day in Vietnam."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.BigIntegerField()
    day = models.DateField()
    reports = models.IntegerField(default=0)
    lost = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["part", "unit", "day"], name="unit_day_once")]
        indexes: ClassVar = [models.Index(fields=["unit", "day"], name="unit_day_lately")]


class ValueSum(models.Model):
    """How many reports of one unit (or ALL_UNITS) in one part name a value."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.BigIntegerField()
    digest = models.BinaryField(max_length=16, help_text="as of `reports.Indicator`")
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=2100)
    reports = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["part", "unit", "digest"], name="value_sum_once")]
        indexes: ClassVar = [
            models.Index(fields=["part", "unit", "-reports"], name="value_sum_most"),
            models.Index(fields=["digest", "unit", "part"], name="value_sum_named"),
        ]


class Watch(models.Model):
    """An officer wants to hear of a campaign. `seen_at`: when they opened it last."""

    officer = models.ForeignKey("people.Officer", on_delete=models.CASCADE, related_name="+")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="+", help_text="its head when it began")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["officer", "part"], name="watch_once")]


class Pin(models.Model):
    """What a measure rests on that was proposed from a campaign: its judgements up to `version`, as seen from the report's part."""

    measure = models.OneToOneField("measures.Measure", on_delete=models.CASCADE, related_name="pin")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", help_text="where its report stood")
    campaign = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", help_text="the head then")
    version = models.BigIntegerField(help_text="the newest judgement then; 0 for none")
    kin = models.BigIntegerField(db_index=True, help_text="of the part")
    at = models.DateTimeField()


class Sketch(models.Model):
    """What a text of a campaign with public advice says, as the engine keeps it: numbers, from which no word can be read.

    Offered to whoever is about to report the same. A few of each campaign; gone with the report.
    """

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="+")
    report = models.ForeignKey("reports.Report", on_delete=models.CASCADE, related_name="+", db_constraint=False)
    bins = models.BinaryField(max_length=128)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["report"], name="sketch_once")]


class State(models.Model):
    """One row, and the lock under which campaigns change: how far the engine's state folder is."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    rows = models.BigIntegerField(default=0, help_text="reports in the folder when this was written")
    placed_to = models.DateTimeField(null=True, help_text="reports received long before this are placed")
    rebuilt_at = models.DateTimeField(null=True, help_text="when it was last made anew without erased reports")
    erased = models.IntegerField(default=0, help_text="reports in the folder that were erased since")
