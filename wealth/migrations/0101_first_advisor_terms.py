"""The first rules of advice and regular investing, and what a customer may have and do of either."""

import uuid
from datetime import UTC, date, datetime, time

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.first_rows import take_back

KEY = uuid.UUID("019e0000-0000-7000-8000-000000000002")
STARTS_AT = datetime(2020, 1, 1, tzinfo=UTC)
STARTS_ON = date(2020, 1, 1)
FIRST = {"wealth.plans_a_day": 30, "wealth.goals": 20, "wealth.investing_plans": 20}


def load(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    alias = schema.connection.alias
    apps.get_model("wealth", "AdvisorTerms").objects.using(alias).create(
        id=KEY,
        starts_at=STARTS_AT,
        sell_at_bp=300,
        least_trade_fen=10_000,
        plan_minutes=15,
        invest_from=time(9),
        retry_hours=2,
        tries_most=3,
        failures_most=3,
    )
    cap = apps.get_model("core", "Cap")
    cap.objects.using(alias).bulk_create([cap(name=name, value=value, starts_on=STARTS_ON) for name, value in FIRST.items()])


def unload(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    alias = schema.connection.alias
    take_back(schema, apps.get_model("core", "Cap").objects.using(alias).filter(starts_on=STARTS_ON, name__in=FIRST))
    take_back(schema, apps.get_model("wealth", "AdvisorTerms").objects.using(alias).filter(pk=KEY))


class Migration(migrations.Migration):
    dependencies = [("core", "0014_first_caps_of_external_wallets"), ("wealth", "0100_advisor")]
    operations = [migrations.RunPython(load, unload)]
