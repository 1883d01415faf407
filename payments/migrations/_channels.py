"""The channels (off until they are connected and switched on), what their codes mean, the banks, first limits and thresholds."""

from datetime import UTC, date, datetime

from core.first_rows import take_back
from core.ids import new_id
from payments.migrations import _alipay, _sandbox_bank, _stripe, _wechat_v3

FIRST_DAY = date(2020, 1, 1)
MADE_AT = datetime(2020, 1, 1, tzinfo=UTC)
CHANNELS = [
    ("sandbox_bank", "Sandbox bank", "沙箱银行", _sandbox_bank.ERRORS),
    ("wechat_v3", "WeChat Pay", "微信支付", _wechat_v3.ERRORS),
    ("alipay", "Alipay", "支付宝", _alipay.ERRORS),
    ("stripe", "Stripe", "Stripe", _stripe.ERRORS),
]
OWN_CODES = [
    ("not_sent", "ask_user", True, "It was not sent to the bank. Try again.", "请求未送达银行,请重试。"),
    ("not_seen", "ask_user", True, "The bank did not receive it. Try again.", "银行未收到请求,请重试。"),
    ("channel_resting", "next_channel", True, "The bank does not answer now, so nothing was sent. Try again later.", "银行暂时无响应,请求未发送,请稍后再试。"),
    ("channel_off", "next_channel", True, "This bank channel is switched off now. Try another way or later.", "该银行渠道已关闭,请更换方式或稍后再试。"),
]
BREAKER = {"window_s": 60, "least_calls": 20, "bad_share_bp": 5_000, "open_s": 30, "probe_s": 30}
ROUTES = [("pay", 20), ("sign_start", 0)]
RECON = {"fee_bp": 20, "fee_tolerance_fen": 2, "carry_days": 1}


def load(apps):
    channel, breaker = (apps.get_model("payments", name) for name in ("Channel", "BreakerRule"))
    for code, en, zh, errors in CHANNELS:
        channel.objects.create(
            id=new_id(), code=code, adapter=code, name_en=en, name_zh=zh, enabled=False, created_at=MADE_AT, changed_at=MADE_AT
        )
        explain(apps, code, errors)
        breaker.objects.create(**of(code), **BREAKER)
    explain(apps, None, OWN_CODES)
    load_banks(apps)
    route, recon = (apps.get_model("payments", name) for name in ("RouteRule", "ReconTerms"))
    for operation, cost_bp in ROUTES:
        route.objects.create(id=new_id(), operation=operation, cost_bp=cost_bp, **of("sandbox_bank"))
    recon.objects.create(**of("sandbox_bank"), **RECON)


def of(channel):
    return {"channel_id": channel, "effective_on": FIRST_DAY, "created_at": MADE_AT}


def explain(apps, channel, errors):
    """What codes mean, at a channel or (None) at every one."""
    rule = apps.get_model("payments", "ErrorRule")
    rule.objects.bulk_create(
        rule(id=new_id(), code=code, action=action, definite=definite, words_en=en, words_zh=zh, **of(channel))
        for code, action, definite, en, zh in errors
    )


def load_banks(apps):
    bank, card_bin, limit = (apps.get_model("payments", name) for name in ("Bank", "CardBin", "CardLimit"))
    for place, (code, en, zh, supported) in enumerate(_sandbox_bank.BANKS, start=1):
        bank.objects.create(id=new_id(), code=code, name_en=en, name_zh=zh, supported=supported, position=place, created_at=MADE_AT)
        for kind, digits, length in (("debit", "10", 19), ("credit", "20", 16)):
            card_bin.objects.create(
                id=new_id(), bin=f"99{place:02d}{digits}", bank_id=code, kind=kind, number_length=length, created_at=MADE_AT
            )
        if supported:
            limit.objects.bulk_create(
                limit(id=new_id(), bank_id=code, kind=kind, scene=scene, single_fen=single, day_fen=day, month_fen=month, **of("sandbox_bank"))
                for kind, scene, single, day, month in _sandbox_bank.LIMITS
            )


def unload(apps, schema_editor):
    names = ("RouteRule", "ReconTerms", "BreakerRule", "CardLimit", "CardBin", "Bank", "ErrorRule", "Channel")
    take_back(schema_editor, *(apps.get_model("payments", name).objects.all() for name in names))
