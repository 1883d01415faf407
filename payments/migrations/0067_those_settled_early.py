"""The last settlements that were closed before the cut-off of their day are marked so."""

from django.db import migrations

EARLY = """
UPDATE payments_settlement SET early = true FROM core_businessday
WHERE payments_settlement.last AND core_businessday.day = payments_settlement.business_on
AND (core_businessday.cut_off_at IS NULL OR payments_settlement.created_at < core_businessday.cut_off_at)
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0066_settled_early")]

    operations = [migrations.RunSQL(EARLY, migrations.RunSQL.noop)]
