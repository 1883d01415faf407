from django.db import migrations

from accounts.ledger.sql import load

LARGEST = 2**50
BOUND = f"""
ALTER TABLE ledger_journal ADD CONSTRAINT ledger_journal_range
  CHECK ({LARGEST} >= ALL (amounts) AND -{LARGEST} <= ALL (amounts)) NOT VALID;
ALTER TABLE ledger_journal VALIDATE CONSTRAINT ledger_journal_range
"""


def first(name: str, start: str, end: str | None = None) -> str:
    """The part of the first version of a file from `start` on, as a replacement."""
    text = load(name)
    return text[text.index(start) : text.index(end) if end else None].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0023_ledger_periods")]

    operations = [
        migrations.RunSQL(load("v0002_post"), first("v0001_post", "CREATE FUNCTION ledger_post(")),
        migrations.RunSQL(load("v0002_post_many"), first("v0001_post_many", "CREATE FUNCTION")),
        migrations.RunSQL(load("v0002_hold"), first("v0001_hold", "CREATE FUNCTION", "-- Ends an open hold")),
        migrations.RunSQL(load("v0003_days"), first("v0001_days", "CREATE FUNCTION ledger_balance_at")),
        migrations.RunSQL(BOUND, "ALTER TABLE ledger_journal DROP CONSTRAINT ledger_journal_range"),
    ]
