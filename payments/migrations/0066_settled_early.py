"""Settlements know whether they were closed before their day was over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0065_late_words")]

    operations = [
        migrations.AddField(model_name="settlement", name="early", field=models.BooleanField(default=False, db_default=False)),
    ]
