"""The questionnaire every installation starts with."""

import uuid
from datetime import date

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.first_rows import take_back
from wealth.migrations import _questionnaire as first

STARTS_ON = date(2020, 1, 1)
KEY = uuid.UUID("019e0000-0000-7000-8000-000000000001")


def load(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    questionnaire = apps.get_model("wealth", "SuitabilityQuestionnaire")
    questionnaire.objects.using(schema.connection.alias).create(
        id=KEY,
        starts_on=STARTS_ON,
        valid_days=365,
        questions=first.QUESTIONS,
        bands=first.BANDS,
        minimum=first.MINIMUM,
        warning_en=first.WARNING_EN,
        warning_zh=first.WARNING_ZH,
        source=first.SOURCE,
    )


def unload(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    take_back(schema, apps.get_model("wealth", "SuitabilityQuestionnaire").objects.using(schema.connection.alias).filter(pk=KEY))


class Migration(migrations.Migration):
    dependencies = [("wealth", "0010_suitability")]
    operations = [migrations.RunPython(load, unload)]
