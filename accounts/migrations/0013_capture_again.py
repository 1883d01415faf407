"""A capture of several holds sent again is compared in all the holds it names. The function is the same in a database made since."""

from django.db import migrations

from accounts.ledger.sql import load


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_first_rows")]

    operations = [migrations.RunSQL(load("capture_all"), migrations.RunSQL.noop)]
