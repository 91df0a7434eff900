"""A page of a partner's open orders, and those that give back and are late, without looking at all others."""

from django.db import migrations, models

OPEN = ["asked", "delivered", "received"]


class Migration(migrations.Migration):
    dependencies = [("followup", "0001_followups")]

    operations = [
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["partner", "action", "answer_by", "id"],
                name="order_next",
                condition=models.Q(state__in=OPEN),
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["answer_by"],
                name="order_silent",
                condition=models.Q(action="restore", reminded_at=None, state__in=OPEN),
            ),
        ),
        migrations.RemoveIndex("order", "order_open"),
    ]
