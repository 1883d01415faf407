from django.db import migrations

SHORT = "ALTER FUNCTION ledger_make_month(date) SET lock_timeout = '2s'"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_consent_documents")]

    operations = [migrations.RunSQL(SHORT, "ALTER FUNCTION ledger_make_month(date) RESET lock_timeout")]
