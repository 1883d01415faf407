"""What every installation starts from: channels and their codes, banks, categories, rates, rules and terms. One data migration, since each
draws all models once."""

from django.db import migrations

from payments.migrations import _channels, _merchants, _risk, _terms

PARTS = (_channels, _merchants, _risk, _terms)


def load(apps, schema_editor):
    for part in PARTS:
        part.load(apps)


def unload(apps, schema_editor):
    for part in reversed(PARTS):
        part.unload(apps, schema_editor)


class Migration(migrations.Migration):
    replaces = [
        ("payments", "0002_sandbox_bank_rows"),
        ("payments", "0003_breaker_rules"),
        ("payments", "0004_wallet_terms"),
        ("payments", "0007_merchant_rows"),
        ("payments", "0010_wechat_v3_rows"),
        ("payments", "0012_red_packet_terms"),
        ("payments", "0015_risk_rules"),
        ("payments", "0017_alipay_rows"),
        ("payments", "0024_collect_terms"),
        ("payments", "0026_reconciliation_terms"),
        ("payments", "0030_own_codes"),
        ("payments", "0032_settlement_terms"),
        ("payments", "0035_stripe_rows"),
        ("payments", "0038_dispute_terms"),
        ("payments", "0040_qr_terms"),
        ("payments", "0044_route_rows"),
        ("payments", "0046_agreement_terms"),
    ]
    dependencies = [("payments", "0054_risk_functions")]
    operations = [migrations.RunPython(load, unload)]
