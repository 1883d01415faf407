"""Stripe's channel (off until it is connected and switched on), its error map and its first breaker thresholds."""

from datetime import UTC, date, datetime

from django.db import migrations

from core.first_rows import take_back
from core.ids import new_id

CHANNEL = "stripe"
FIRST_DAY = date(2020, 1, 1)
MADE_AT = datetime(2020, 1, 1, tzinfo=UTC)
ERRORS = [
    ("unreachable", "next_channel", True, "Stripe cannot be reached now. Try another way or later.", "暂时无法连接 Stripe,请更换方式或稍后再试。"),
    ("original_not_known", "retry_same", True, "The payment is being looked up. The refund follows.", "正在核实原支付,退款将随后处理。"),
    ("rate_limit", "retry_same", True, "Stripe is busy. Try again later.", "Stripe 繁忙,请稍后再试。"),
    ("lock_timeout", "retry_same", True, "Stripe is busy. Try again later.", "Stripe 繁忙,请稍后再试。"),
    ("idempotency_key_in_use", "query", False, "Stripe is finding out the result. Please wait.", "Stripe 正在确认结果,请稍候。"),
    ("idempotency_error", "stop", True, "Stripe has another order under this number. Contact support.", "商户订单号重复,请联系客服。"),
    ("canceled", "stop", True, "The payment was closed. Nothing was charged.", "支付已关闭,未扣款。"),
    ("card_declined", "ask_user", True, "The card was refused. Ask the bank, or use another card.", "银行卡被拒绝,请联系银行或更换银行卡。"),
    ("generic_decline", "ask_user", True, "The card was refused. Ask the bank, or use another card.", "银行卡被拒绝,请联系银行或更换银行卡。"),
    ("do_not_honor", "ask_user", True, "The card was refused. Ask the bank, or use another card.", "银行卡被拒绝,请联系银行或更换银行卡。"),
    ("call_issuer", "ask_user", True, "The card was refused. Ask the bank, or use another card.", "银行卡被拒绝,请联系银行或更换银行卡。"),
    ("insufficient_funds", "ask_user", True, "The card has not enough money. Use another card.", "银行卡余额不足,请更换银行卡。"),
    ("card_velocity_exceeded", "ask_user", True, "Over the bank's limit for this card. Use another card.", "超出银行卡限额,请更换银行卡。"),
    ("withdrawal_count_limit_exceeded", "ask_user", True, "Over the bank's limit for this card. Use another card.", "超出银行卡限额,请更换银行卡。"),
    ("expired_card", "ask_user", True, "The card has expired. Use another card.", "银行卡已过期,请更换银行卡。"),
    ("incorrect_number", "ask_user", True, "The card number is not right. Use another card.", "卡号不正确,请更换银行卡。"),
    ("incorrect_cvc", "ask_user", True, "The card's security code is not right. Save the card again.", "银行卡安全码不正确,请重新添加银行卡。"),
    ("lost_card", "ask_user", True, "The card was refused. Use another card.", "银行卡被拒绝,请更换银行卡。"),
    ("stolen_card", "ask_user", True, "The card was refused. Use another card.", "银行卡被拒绝,请更换银行卡。"),
    ("card_not_supported", "next_channel", True, "Stripe does not take this card. Use another card.", "Stripe 不支持该银行卡,请更换银行卡。"),
    ("currency_not_supported", "next_channel", True, "Stripe does not take this card for yuan. Use another card.", "该银行卡不支持人民币支付,请更换银行卡。"),
    ("issuer_not_available", "next_channel", True, "The card's bank cannot be reached. Use another card or try later.", "发卡银行暂不可用,请更换银行卡或稍后再试。"),
    ("processing_error", "next_channel", True, "The card could not be processed. Use another card or try later.", "银行卡处理失败,请更换银行卡或稍后再试。"),
    ("try_again_later", "next_channel", True, "The card could not be processed. Use another card or try later.", "银行卡处理失败,请更换银行卡或稍后再试。"),
    ("authentication_required", "step_up", True, "The card's bank wants to see you. Pay again and confirm.", "发卡银行要求验证,请重新支付并完成验证。"),
    ("payment_intent_authentication_failure", "step_up", True, "The card's bank did not confirm it is you. Try again.", "发卡银行验证未通过,请重试。"),
    ("fraudulent", "step_up", True, "Stripe refused it for your safety. Ask the bank, or use another card.", "Stripe 风控拒绝,请联系银行或更换银行卡。"),
    ("resource_missing", "ask_user", True, "This saved card is not known any more. Save it again.", "已保存的银行卡失效,请重新添加。"),
    ("amount_too_small", "ask_user", True, "The amount is too small for this card. Pay another way.", "金额过小,无法使用该方式支付。"),
    ("amount_too_large", "ask_user", True, "The amount is too large for this card. Pay another way.", "金额过大,无法使用该方式支付。"),
    ("charge_already_refunded", "stop", True, "The refunds would exceed the payment.", "退款金额超过可退金额。"),
    ("charge_disputed", "stop", True, "The payment is disputed at the bank. An operator sees to it.", "该支付存在争议,将由人工处理。"),
    ("insufficient_balance", "stop", True, "Refunds are paused. An operator sees to it.", "商户余额不足,将由人工处理。"),
    ("lost_or_stolen_card", "stop", True, "The payer's card takes no refund. An operator sees to it.", "付款银行卡无法退款,将由人工处理。"),
    ("expired_or_canceled_card", "stop", True, "The payer's card takes no refund. An operator sees to it.", "付款银行卡无法退款,将由人工处理。"),
    ("api_key_expired", "stop", True, "Stripe does not know this platform. Contact support.", "Stripe 密钥已失效,请联系客服。"),
    ("http_401", "stop", True, "Stripe does not know this platform. Contact support.", "Stripe 未识别本平台,请联系客服。"),
    ("http_403", "stop", True, "Stripe does not offer this here. Contact support.", "Stripe 未开通此功能,请联系客服。"),
]


def load(apps, schema_editor):
    model = {name: apps.get_model("payments", name) for name in ("Channel", "ErrorRule", "BreakerRule")}
    model["Channel"].objects.create(
        id=new_id(), code=CHANNEL, adapter=CHANNEL, name_en="Stripe", name_zh="Stripe", enabled=False, created_at=MADE_AT, changed_at=MADE_AT
    )
    dated = {"channel_id": CHANNEL, "effective_on": FIRST_DAY, "created_at": MADE_AT}
    model["ErrorRule"].objects.bulk_create(
        model["ErrorRule"](id=new_id(), code=code, action=action, definite=definite, words_en=en, words_zh=zh, **dated)
        for code, action, definite, en, zh in ERRORS
    )
    model["BreakerRule"].objects.create(window_s=60, least_calls=20, bad_share_bp=5_000, open_s=30, probe_s=30, **dated)


def unload(apps, schema_editor):
    rows = (apps.get_model("payments", name).objects.filter(channel_id=CHANNEL) for name in ("BreakerRule", "ErrorRule"))
    take_back(schema_editor, *rows, apps.get_model("payments", "Channel").objects.filter(code=CHANNEL))


class Migration(migrations.Migration):
    dependencies = [("payments", "0034_merchant_notices")]
    operations = [migrations.RunPython(load, unload)]
