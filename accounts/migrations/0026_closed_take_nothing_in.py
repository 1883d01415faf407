"""Nothing reaches a closed account: zero becomes its floor and its ceiling, for those closed already too."""

from django.db import migrations

from accounts.ledger.sql import load

CLOSED = """
UPDATE ledger_balance SET floor = 0, ceiling = 0 FROM ledger_account
WHERE ledger_account.id = ledger_balance.account_id AND ledger_account.state = 'closed' AND ledger_balance.mode = 's'
  AND ledger_balance.posted = 0
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0025_ledger_proved_through")]

    operations = [migrations.RunSQL(load("v0004_roles"), load("v0003_roles")), migrations.RunSQL(CLOSED, migrations.RunSQL.noop)]
