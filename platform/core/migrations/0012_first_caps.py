"""The caps that hold from the beginning on, so that an operator finds each of the register on its page."""

from datetime import date

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.first_rows import take_back

STARTS_ON = date(2020, 1, 1)
FIRST = {
    "bills.accounts": 30,
    "bills.looks_a_day": 100,
    "bills.minutes_to_pay": 15,
    "cards.bindings_a_day": 20,
    "codes.of_address_an_hour": 60,
    "codes.of_device_an_hour": 10,
    "codes.of_phone_a_day": 10,
    "collects.phones": 10,
    "desk.reveals_a_day": 50,
    "disputes.files": 5,
    "merchants.applications_a_day": 5,
    "merchants.apps": 20,
    "merchants.stores": 1000,
    "notices.resends": 20,
    "orders.hours_to_pay": 168,
    "orders.minutes_to_pay": 30,
    "payees.missed_by_customer_a_day": 20,
    "payees.missed_by_installation_a_day": 40,
    "payees.of_customer_a_day": 100,
    "payees.of_installation_a_day": 200,
    "qr.codes": 500,
    "qr.minutes_to_pay": 10,
    "risk.refused_kept_a_day": 200,
    "security.passkeys": 10,
    "splits.kept_days": 30,
    "splits.named_a_day": 100,
    "splits.receivers": 50,
    "tries.of_address_an_hour": 100,
    "tries.of_device_an_hour": 20,
    "tries.of_phone_a_day": 30,
    "verification.checks_a_day": 5,
}


def load(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    cap = apps.get_model("core", "Cap")
    rows = [cap(name=name, value=value, starts_on=STARTS_ON) for name, value in FIRST.items()]
    cap.objects.using(schema.connection.alias).bulk_create(rows)


def unload(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    first = apps.get_model("core", "Cap").objects.using(schema.connection.alias).filter(starts_on=STARTS_ON, name__in=FIRST)
    take_back(schema, first)


class Migration(migrations.Migration):
    dependencies = [("core", "0011_caps")]
    operations = [migrations.RunPython(load, unload)]
