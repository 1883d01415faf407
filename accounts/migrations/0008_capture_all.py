"""One journal that takes several holds: an order paid from several sources."""

from django.db import migrations

from accounts.ledger.sql import load


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_device_shared")]

    operations = [migrations.RunSQL(load("capture_all"), "DROP FUNCTION ledger_capture_all")]
