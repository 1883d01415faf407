"""A payout that meets the bank's maintenance is sent again: it has no next channel, and what it pays is on its way in the books."""

from django.db import migrations

from core.first_rows import take_back
from core.ids import new_id
from payments.migrations._channels import of
from payments.migrations._sandbox_bank import ERRORS

OPERATION = "payout"


def load(apps, schema_editor):
    rule = apps.get_model("payments", "ErrorRule")
    [(code, _, definite, en, zh)] = [row for row in ERRORS if row[0] == "MAINTENANCE"]
    facts = {"code": code, "action": "retry_same", "definite": definite, "words_en": en, "words_zh": zh}
    rule.objects.create(id=new_id(), operation=OPERATION, **facts, **of("sandbox_bank"))


def unload(apps, schema_editor):
    rules = apps.get_model("payments", "ErrorRule").objects
    take_back(schema_editor, rules.filter(channel_id="sandbox_bank", code="MAINTENANCE", operation=OPERATION))


class Migration(migrations.Migration):
    dependencies = [("payments", "0058_wait_out_maintenance")]

    operations = [migrations.RunPython(load, unload)]
