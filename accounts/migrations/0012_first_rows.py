"""The first rules, consent documents and back-dating, which an operator follows with others. One data migration, since each draws all
models once."""

from datetime import UTC, date, datetime

from django.db import migrations

from core.first_rows import take_back

RULES_START_ON = date(2016, 7, 1)
WRITTEN_AT = datetime(2016, 7, 1, tzinfo=UTC)
NOTICE = "PBOC notice 2015 no. 43, article {article}, in force from 2016-07-01"
CHECKS = {1: 1, 2: 3, 3: 5}
LEAST_AGE = 16
CAPS = [
    (1, "life", False, 100_000, 11),
    (2, "year", False, 10_000_000, 11),
    (3, "year", False, 20_000_000, 11),
    *[(account_class, "day", False, 500_000, 24) for account_class in (1, 2, 3)],
    *[(account_class, "day", True, 100_000, 24) for account_class in (1, 2, 3)],
]
PUBLISHED_AT = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENTS = [
    ("service_agreement", True, "Service agreement", "服务协议", "The terms on which the account is kept.", "账户服务所依据的条款。"),
    ("privacy_policy", True, "Privacy policy", "隐私政策", "What personal data is kept, why, and for how long.", "说明收集哪些个人信息、用途及保存期限。"),
    ("marketing", False, "Offers and news", "营销信息", "Messages about offers. You may take this back any time.", "接收优惠与活动信息,可随时撤回。"),
]
BACK_DATING_STARTS_ON = date(1970, 1, 1)


def load(apps, schema_editor):
    load_rules(apps)
    load_documents(apps)
    apps.get_model("accounts", "BackDating").objects.create(
        starts_on=BACK_DATING_STARTS_ON, days=31, note="Until finance decides otherwise: about one month"
    )


def load_rules(apps):
    common = {"starts_on": RULES_START_ON, "created_at": WRITTEN_AT}
    apps.get_model("accounts", "ClassRule").objects.bulk_create(
        apps.get_model("accounts", "ClassRule")(
            account_class=number, checks=checks, least_age=LEAST_AGE, source=NOTICE.format(article=11), **common
        )
        for number, checks in CHECKS.items()
    )
    apps.get_model("accounts", "OutflowLimit").objects.bulk_create(
        apps.get_model("accounts", "OutflowLimit")(
            account_class=number, period=period, one_factor=one, cap_fen=cap, source=NOTICE.format(article=article), **common
        )
        for number, period, one, cap, article in CAPS
    )
    apps.get_model("accounts", "PinFreeLimit").objects.create(amount_fen=20_000, per_day=10, source="house rule", **common)


def load_documents(apps):
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
    rules = (apps.get_model("accounts", name).objects.filter(starts_on=RULES_START_ON) for name in ("ClassRule", "OutflowLimit", "PinFreeLimit"))
    take_back(
        schema_editor,
        apps.get_model("accounts", "BackDating").objects.filter(starts_on=BACK_DATING_STARTS_ON),
        apps.get_model("accounts", "ConsentDocument").objects.filter(published_at=PUBLISHED_AT),
        *rules,
    )


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0004_identity_rules"),
        ("accounts", "0005_consent_documents"),
        ("accounts", "0006_back_dating"),
    ]
    dependencies = [("accounts", "0011_ledger_functions")]
    operations = [migrations.RunPython(load, unload)]
