"""The account number of a bill goes when its customer does."""

from django.db import migrations

import core.crypto.fields


class Migration(migrations.Migration):
    dependencies = [("payments", "0047_bills")]
    operations = [
        migrations.AlterField(
            model_name="billpayment", name="account_no", field=core.crypto.fields.EncryptedTextField(null=True, owner="customer_id")
        )
    ]
