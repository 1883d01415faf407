"""The rules in force from the start, as dated rows an operator may follow with others."""

from datetime import UTC, date, datetime

from django.db import migrations

from core.first_rows import take_back

STARTS_ON = date(2016, 7, 1)
WRITTEN_AT = datetime(2016, 7, 1, tzinfo=UTC)
NOTICE = "PBOC notice 2015 no. 43, article {article}, in force from 2016-07-01"
CHECKS = {1: 1, 2: 3, 3: 5}
LEAST_AGE = 16
CAPS = [
    (1, "life", False, 100_000, 11),
    (2, "year", False, 10_000_000, 11),
    (3, "year", False, 20_000_000, 11),
    *[(account_class, "day", False, 500_000, 24) for account_class in (1, 2, 3)],
    *[(account_class, "day", True, 100_000, 24) for account_class in (1, 2, 3)],
]


def load(apps, schema_editor):
    common = {"starts_on": STARTS_ON, "created_at": WRITTEN_AT}
    apps.get_model("accounts", "ClassRule").objects.bulk_create(
        apps.get_model("accounts", "ClassRule")(
            account_class=number, checks=checks, least_age=LEAST_AGE, source=NOTICE.format(article=11), **common
        )
        for number, checks in CHECKS.items()
    )
    apps.get_model("accounts", "OutflowLimit").objects.bulk_create(
        apps.get_model("accounts", "OutflowLimit")(
            account_class=number, period=period, one_factor=one, cap_fen=cap, source=NOTICE.format(article=article), **common
        )
        for number, period, one, cap, article in CAPS
    )
    apps.get_model("accounts", "PinFreeLimit").objects.create(amount_fen=20_000, per_day=10, source="house rule", **common)


def unload(apps, schema_editor):
    names = ("ClassRule", "OutflowLimit", "PinFreeLimit")
    take_back(schema_editor, *(apps.get_model("accounts", name).objects.filter(starts_on=STARTS_ON) for name in names))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_ledger_functions")]
    operations = [migrations.RunPython(load, unload)]
