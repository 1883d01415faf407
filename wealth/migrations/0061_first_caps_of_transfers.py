from datetime import date

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.first_rows import take_back

STARTS_ON = date(2020, 1, 1)
FIRST = {
    "wealth.transfer_premium_bp": 300,
    "wealth.transfer_fee_bp": 20,
    "wealth.transfer_blackout_days": 3,
    "wealth.transfer_offer_days": 15,
    "wealth.transfer_minutes_to_pay": 15,
    "wealth.transfer_off_market_bp": 100,
    "wealth.transfer_same_pair": 2,
    "wealth.transfer_withdrawn": 5,
}


def load(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    cap = apps.get_model("core", "Cap")
    rows = [cap(name=name, value=value, starts_on=STARTS_ON) for name, value in FIRST.items()]
    cap.objects.using(schema.connection.alias).bulk_create(rows)


def unload(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    first = apps.get_model("core", "Cap").objects.using(schema.connection.alias).filter(starts_on=STARTS_ON, name__in=FIRST)
    take_back(schema, first)


class Migration(migrations.Migration):
    dependencies = [("core", "0014_first_caps_of_external_wallets"), ("wealth", "0060_transfers")]
    operations = [migrations.RunPython(load, unload)]
