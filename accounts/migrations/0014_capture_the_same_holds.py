"""A capture of several holds sent again must name the holds it took, all of them; several of one account are taken. The function is the
same in a database made since."""

from django.db import migrations, models

from accounts.ledger.sql import load


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_capture_again")]

    operations = [
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(condition=models.Q(("journal_id__isnull", False)), fields=["journal_id"], name="ledger_hold_journal"),
        ),
        migrations.RunSQL(load("capture_all"), migrations.RunSQL.noop),
    ]
