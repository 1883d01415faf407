from datetime import UTC, datetime

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.first_rows import take_back

STARTS_AT = datetime(2020, 1, 1, tzinfo=UTC)
FIRST = {
    "emergency_months": 3,
    "concentration_bp": 5_000,
    "idle_bp": 2_000,
    "idle_fen": 1_000_000,
    "wall_days": 30,
    "wall_bp": 5_000,
    "debt_bp": 5_000,
}


def load(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("wealth", "PortfolioTerms").objects.using(schema.connection.alias).create(starts_at=STARTS_AT, **FIRST)


def unload(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    take_back(schema, apps.get_model("wealth", "PortfolioTerms").objects.using(schema.connection.alias).filter(starts_at=STARTS_AT))


class Migration(migrations.Migration):
    dependencies = [("wealth", "0092_portfolio")]
    operations = [migrations.RunPython(load, unload)]
