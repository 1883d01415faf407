"""How far back a journal may take effect, until finance decides otherwise: about one month."""

from datetime import date

from django.db import migrations

from core.first_rows import take_back

STARTS_ON = date(1970, 1, 1)


def load(apps, schema_editor):
    apps.get_model("accounts", "BackDating").objects.create(
        starts_on=STARTS_ON, days=31, note="Until finance decides otherwise: about one month"
    )


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("accounts", "BackDating").objects.filter(starts_on=STARTS_ON))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_consent_documents")]
    operations = [migrations.RunPython(load, unload)]
