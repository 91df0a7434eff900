from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_fill_loss_slots")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="erased_at",
            field=models.DateTimeField(help_text="when its key and texts were destroyed", null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="erased_why",
            field=models.CharField(
                blank=True,
                choices=[("request", "Người báo xin xoá"), ("retention", "Hết thời hạn lưu giữ")],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("erased_at", None), ("closed_at__isnull", False), _connector="OR"),
                name="erased_report_is_closed",
            ),
        ),
    ]
