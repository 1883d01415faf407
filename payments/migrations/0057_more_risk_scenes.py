"""The first rules look at red packets and collects too, from this day on: money goes out by them as by a transfer."""

from datetime import UTC, datetime

from django.db import migrations

from core.first_rows import take_back
from core.ids import new_id

STARTS_AT = datetime(2026, 11, 22, tzinfo=UTC)
ADDED = ("red_packet", "collect")


def load(apps, schema_editor):
    Rule = apps.get_model("payments", "RiskRule")
    newest = {rule.code: rule for rule in Rule.objects.filter(starts_at__lte=STARTS_AT).order_by("starts_at")}
    later = set(Rule.objects.filter(starts_at__gt=STARTS_AT).values_list("code", flat=True))
    for code, rule in newest.items():
        if "transfer" in rule.scenes and rule.starts_at < STARTS_AT and code not in later:
            rule.id, rule.starts_at, rule.created_at = new_id(), STARTS_AT, STARTS_AT
            rule.scenes = [*rule.scenes, *ADDED]
            rule.save(force_insert=True)


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "RiskRule").objects.filter(starts_at=STARTS_AT))


class Migration(migrations.Migration):
    dependencies = [("payments", "0056_dispute_journals")]
    operations = [migrations.RunPython(load, unload)]
