"""The roles of operators, as groups. Their rights are in core/desk/roles.py."""

from django.db import migrations

ROLES = ("support", "risk", "finance_maker", "finance_checker", "marketing", "auditor")


def make(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


def remove(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [("core", "0004_trading_days"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(make, remove)]
