"""What charts count of a day is found by its time: attempts (a BRIN index, since the table only grows at its end) and breaks."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0062_open_orders_of_a_customer")]

    operations = [
        migrations.AddIndex(
            model_name="break",
            index=models.Index(fields=["created_at"], name="payments_break_found"),
        ),
        migrations.AddIndex(
            model_name="break",
            index=models.Index(condition=models.Q(("closed_at__isnull", False)), fields=["closed_at"], name="payments_break_ended"),
        ),
        migrations.AddIndex(
            model_name="paymentattempt",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["created_at"], name="payments_attempt_made", pages_per_range=32
            ),
        ),
    ]
