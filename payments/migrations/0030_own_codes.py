"""What the platform's own codes mean at every channel."""

from datetime import UTC, date, datetime

from django.db import migrations

from core.first_rows import take_back
from core.ids import new_id

FIRST_DAY = date(2020, 1, 1)
MADE_AT = datetime(2020, 1, 1, tzinfo=UTC)
CODES = [
    ("not_sent", "ask_user", "It was not sent to the bank. Try again.", "请求未送达银行,请重试。"),
    ("not_seen", "ask_user", "The bank did not receive it. Try again.", "银行未收到请求,请重试。"),
    ("channel_resting", "next_channel", "The bank does not answer now, so nothing was sent. Try again later.", "银行暂时无响应,请求未发送,请稍后再试。"),
    ("channel_off", "next_channel", "This bank channel is switched off now. Try another way or later.", "该银行通道已关闭,请更换方式或稍后再试。"),
]


def load(apps, schema_editor):
    rule = apps.get_model("payments", "ErrorRule")
    rule.objects.bulk_create(
        rule(
            id=new_id(),
            channel=None,
            code=code,
            action=action,
            definite=True,
            words_en=en,
            words_zh=zh,
            effective_on=FIRST_DAY,
            created_at=MADE_AT,
        )
        for code, action, en, zh in CODES
    )


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "ErrorRule").objects.filter(channel=None))


class Migration(migrations.Migration):
    dependencies = [("payments", "0029_error_map")]
    operations = [migrations.RunPython(load, unload)]
