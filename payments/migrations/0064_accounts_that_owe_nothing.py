"""Saved bill accounts know when they were last found to owe nothing, and payments of bills whether they were all that was owed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0063_found_by_their_time")]

    operations = [
        migrations.AddField(model_name="billaccount", name="clear_on", field=models.DateField(blank=True, null=True)),
        migrations.AddField(model_name="billpayment", name="last", field=models.BooleanField(default=False, db_default=False)),
    ]
