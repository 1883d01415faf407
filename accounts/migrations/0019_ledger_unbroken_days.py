from django.db import migrations, models

from accounts.ledger.sql import load

MARK = "SELECT ledger_mark_unbroken(range) FROM generate_series(0, 3) AS range"
FIRST = load("v0001_days")
BACK = "\n".join(
    FIRST[FIRST.index(start) : FIRST.index("$$;", FIRST.index(start)) + 3 if ends == "$$;" else FIRST.index("END $$;", FIRST.index(start)) + 7]
    for start, ends in (("CREATE FUNCTION ledger_live_from", "$$;"), ("CREATE FUNCTION ledger_roll", "END $$;"))
).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):

    dependencies = [("accounts", "0018_close_under_customer_keys"), ("core", "0003_kernel_days_and_limits")]

    operations = [
        migrations.AddField(model_name="rolledday", name="unbroken", field=models.BooleanField(default=False)),
        migrations.AddIndex(
            model_name="rolledday",
            index=models.Index(condition=models.Q(("unbroken", True)), fields=["shard", "day"], name="ledger_rolledday_unbroken"),
        ),
        migrations.RunSQL(load("v0002_days"), BACK + "; DROP FUNCTION ledger_mark_unbroken(integer)"),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
