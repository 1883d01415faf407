"""Rows from before the column: the day their journal counts from, or was known by where they have none."""

from django.db import migrations

FILL = """
ALTER TABLE wealth_currentmove DISABLE TRIGGER USER;
ALTER TABLE wealth_currentrun DISABLE TRIGGER USER;
UPDATE wealth_currentmove m SET booked_on = j.effective_on FROM ledger_journal j WHERE j.id = m.journal_id AND m.booked_on IS NULL;
UPDATE wealth_currentrun r SET booked_on = j.effective_on FROM ledger_journal j WHERE j.id = r.journal_id AND r.booked_on IS NULL;
UPDATE wealth_currentrun r SET booked_on = r.day WHERE r.booked_on IS NULL;
ALTER TABLE wealth_currentmove ENABLE TRIGGER USER;
ALTER TABLE wealth_currentrun ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_capture_the_same_holds"), ("wealth", "0090_booked_on")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
