"""A measure names an object of any kind: the account of a hold becomes its object, the hold's end the request's end.

Renames only: every row keeps its values, and `object_kind` says "account" for those that stand.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("measures", "0001_measures_requests_answers"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="measure", name="one_urgent_hold_for_a_loss_and_account"),
        migrations.RemoveConstraint(model_name="measure", name="one_open_hold_for_a_loss_and_account"),
        migrations.RemoveConstraint(model_name="measure", name="measure_has_amount"),
        migrations.RemoveConstraint(model_name="measure", name="active_measure_ends"),
        migrations.RemoveConstraint(model_name="measure", name="urgent_measure_falls_by_itself"),
        migrations.RenameField(model_name="measure", old_name="account", new_name="object_value"),
        migrations.RenameField(model_name="request", old_name="hold_until", new_name="until"),
        migrations.AddField(
            model_name="measure",
            name="object_kind",
            field=models.CharField(default="account", help_text="an indicator's kind", max_length=16),
        ),
    ]
