"""The issuer every installation starts with: the sandbox's, off until it is connected."""

from datetime import UTC, datetime

from django.db import migrations

from core.first_rows import take_back
from core.ids import new_id

CODE = "sandbox_issuer"


def load(apps, schema_editor):
    at = datetime.now(UTC)
    apps.get_model("wealth", "Issuer").objects.get_or_create(
        code=CODE,
        defaults={
            "id": new_id(), "adapter": CODE, "name_en": "Banyan Sandbox Fund Management", "name_zh": "榕树沙箱基金管理",
            "state": "off", "created_at": at, "changed_at": at,
        },
    )  # fmt: skip


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("wealth", "Issuer").objects.filter(code=CODE))


class Migration(migrations.Migration):
    dependencies = [("wealth", "0030_issuers")]
    operations = [migrations.RunPython(load, unload)]
