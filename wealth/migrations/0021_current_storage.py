"""Holdings are rewritten every day: room in their pages keeps the indexes out of it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wealth", "0020_current")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE wealth_currentholding SET (fillfactor = 50)", "ALTER TABLE wealth_currentholding RESET (fillfactor)"
        ),
    ]
