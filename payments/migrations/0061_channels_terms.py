"""The first terms by which the statements of WeChat Pay, Alipay and Stripe are judged, until people date others."""

from django.db import migrations

from core.first_rows import take_back
from payments.migrations._channels import RECON, of

TERMS = {
    "wechat_v3": {"fee_bp": 60, "fee_back_bp": 60},
    "alipay": {"fee_bp": 60, "fee_back_bp": 60},
    "stripe": {"fee_bp": 290, "fee_fixed_fen": 30},
}


def load(apps, schema_editor):
    terms = apps.get_model("payments", "ReconTerms").objects
    for channel, fees in TERMS.items():
        if not terms.filter(channel_id=channel).exists():
            terms.create(**of(channel), **RECON | fees)


def unload(apps, schema_editor):
    first = of("stripe")["effective_on"]
    rows = apps.get_model("payments", "ReconTerms").objects
    take_back(schema_editor, rows.filter(channel_id__in=TERMS, effective_on=first))


class Migration(migrations.Migration):
    dependencies = [("payments", "0060_channels_reconciled")]

    operations = [migrations.RunPython(load, unload)]
