from django.db import migrations

from accounts.ledger.sql import load


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_ledger_functions")]

    operations = [
        migrations.RunSQL(load("v0001_post_many"), "DROP FUNCTION ledger_post_many"),
        migrations.RunSQL(load("v0001_fold"), "DROP FUNCTION ledger_fold"),
    ]
