"""24 % a year, from before anything was lent."""

from datetime import date

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from core.first_rows import take_back

EFFECTIVE_ON = date(2020, 1, 1)


def load(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("credit", "PriceCap").objects.using(schema.connection.alias)
    rows.create(effective_on=EFFECTIVE_ON, most_ppm=240_000, created_at=timezone.now())


def unload(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    take_back(schema, apps.get_model("credit", "PriceCap").objects.using(schema.connection.alias).filter(effective_on=EFFECTIVE_ON))


class Migration(migrations.Migration):
    dependencies = [("credit", "0001_products")]
    operations = [migrations.RunPython(load, unload)]
