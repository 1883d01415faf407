"""A request keeps what its payer was asked to do, beside with what."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0069_payer_codes_ask_after_the_bank")]

    operations = [
        migrations.AddField(
            model_name="channelrequest",
            name="action",
            field=models.CharField(max_length=16, default="", db_default="", blank=True),
        ),
    ]
