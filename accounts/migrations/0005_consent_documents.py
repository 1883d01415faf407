"""The first versions of the documents customers agree to; an operator of Banyan publishes their own as later versions."""

from datetime import UTC, datetime

from django.db import migrations

from core.first_rows import take_back

PUBLISHED_AT = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENTS = [
    ("service_agreement", True, "Service agreement", "服务协议", "The terms on which the account is kept.", "账户服务所依据的条款。"),
    ("privacy_policy", True, "Privacy policy", "隐私政策", "What personal data is kept, why, and for how long.", "说明收集哪些个人信息、用途及保存期限。"),
    ("marketing", False, "Offers and news", "营销信息", "Messages about offers. You may take this back any time.", "接收优惠与活动信息,可随时撤回。"),
]


def load(apps, schema_editor):
    document = apps.get_model("accounts", "ConsentDocument")
    document.objects.bulk_create(
        document(
            kind=kind,
            version=1,
            required=required,
            title_en=title_en,
            title_zh=title_zh,
            body_en=body_en,
            body_zh=body_zh,
            published_at=PUBLISHED_AT,
            required_from=PUBLISHED_AT if required else None,
        )
        for kind, required, title_en, title_zh, body_en, body_zh in DOCUMENTS
    )


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("accounts", "ConsentDocument").objects.filter(published_at=PUBLISHED_AT))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_identity_rules")]
    operations = [migrations.RunPython(load, unload)]
