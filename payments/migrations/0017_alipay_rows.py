"""Alipay's channel (off until it is connected and switched on), its error map and its first breaker thresholds."""

from datetime import UTC, date, datetime

from django.db import migrations

from core.first_rows import take_back
from core.ids import new_id

CHANNEL = "alipay"
FIRST_DAY = date(2020, 1, 1)
MADE_AT = datetime(2020, 1, 1, tzinfo=UTC)
ERRORS = [
    ("unreachable", "next_channel", True, "Alipay cannot be reached now. Try another way or later.", "暂时无法连接支付宝,请更换方式或稍后再试。"),
    ("aop.ACQ.SYSTEM_ERROR", "query", False, "Alipay is finding out the result. Please wait.", "支付宝正在确认结果,请稍候。"),
    ("ACQ.SYSTEM_ERROR", "query", False, "Alipay is finding out the result. Please wait.", "支付宝正在确认结果,请稍候。"),
    ("SYSTEM_ERROR", "query", False, "Alipay is finding out the result. Please wait.", "支付宝正在确认结果,请稍候。"),
    ("isp.unknow-error", "query", False, "Alipay is finding out the result. Please wait.", "支付宝正在确认结果,请稍候。"),
    ("aop.unknow-error", "query", False, "Alipay is finding out the result. Please wait.", "支付宝正在确认结果,请稍候。"),
    ("isv.app-call-limited", "retry_same", True, "Alipay is busy. Try again later.", "支付宝繁忙,请稍后再试。"),
    ("isv.method-call-limited", "retry_same", True, "Alipay is busy. Try again later.", "支付宝繁忙,请稍后再试。"),
    ("isv.invalid-signature", "stop", True, "Alipay did not accept our signature. Contact support.", "支付宝验签失败,请联系客服。"),
    ("isv.invalid-app-id", "stop", True, "Alipay does not know this app. Contact support.", "支付宝未登记本应用,请联系客服。"),
    ("isv.invalid-timestamp", "stop", True, "Alipay did not accept our clock. Contact support.", "支付宝时间校验失败,请联系客服。"),
    ("isv.missing-signature-config", "stop", True, "Alipay has no key of ours. Contact support.", "支付宝未配置应用公钥,请联系客服。"),
    ("isv.insufficient-isv-permissions", "next_channel", True, "Alipay does not offer this here. Try another way.", "该应用未开通此支付宝功能,请更换方式。"),
    ("ACQ.ACCESS_FORBIDDEN", "next_channel", True, "Alipay does not offer this here. Try another way.", "该应用未开通此支付宝功能,请更换方式。"),
    ("ACQ.INVALID_PARAMETER", "stop", True, "Alipay could not read the request. Contact support.", "支付宝无法识别该请求,请联系客服。"),
    ("INVALID_PARAMETER", "stop", True, "Alipay could not read the request. Contact support.", "支付宝无法识别该请求,请联系客服。"),
    ("ACQ.EXIST_FORBIDDEN_WORD", "stop", True, "Alipay does not take the words of this order. Contact support.", "订单信息含违禁词,请联系客服。"),
    ("ACQ.PARTNER_ERROR", "stop", True, "Alipay does not know this platform. Contact support.", "支付宝未登记本平台,请联系客服。"),
    ("ACQ.TOTAL_FEE_EXCEED", "ask_user", True, "Over a limit of Alipay. Try another way.", "超出支付宝限额,请更换方式。"),
    ("ACQ.CONTEXT_INCONSISTENT", "stop", True, "Alipay has another order under this number. Contact support.", "商户订单号重复,请联系客服。"),
    ("ACQ.TRADE_HAS_SUCCESS", "query", False, "This order is paid already.", "订单已支付。"),
    ("ACQ.TRADE_HAS_FINISHED", "query", False, "This order is paid already.", "订单已支付。"),
    ("ACQ.TRADE_HAS_CLOSE", "stop", True, "The order was closed. Nothing was charged.", "订单已关闭,未扣款。"),
    ("TRADE_CLOSED", "stop", True, "The order was closed. Nothing was charged.", "订单已关闭,未扣款。"),
    ("ACQ.TRADE_NOT_EXIST", "ask_user", True, "Nobody took the order up in time. Try again.", "订单未在有效期内支付,请重试。"),
    ("ACQ.BUYER_SELLER_EQUAL", "ask_user", True, "Pay with another Alipay account than the seller's.", "买卖家不能为同一支付宝账户。"),
    ("ACQ.TRADE_BUYER_NOT_MATCH", "ask_user", True, "This order belongs to another Alipay account.", "订单与支付宝账户不匹配。"),
    ("ACQ.BUYER_ENABLE_STATUS_FORBID", "ask_user", True, "The Alipay account cannot pay now. Try another way.", "支付宝账户状态异常,请更换方式。"),
    ("ACQ.BUYER_BALANCE_NOT_ENOUGH", "ask_user", True, "The Alipay account has not enough money. Try another way.", "支付宝余额不足,请更换方式。"),
    ("ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR", "ask_user", True, "Over the account's limit of the day. Try another way.", "超出当日限额,请更换方式。"),
    ("ACQ.TRADE_SETTLE_ERROR", "query", False, "Alipay is finding out the result. Please wait.", "支付宝正在确认结果,请稍候。"),
    ("ACQ.REASON_TRADE_STATUS_INVALID", "query", False, "The order is not open any more.", "交易状态已变更。"),
    ("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "stop", True, "The refunds would exceed the payment.", "退款金额超过可退金额。"),
    ("ACQ.DISCORDANT_REPEAT_REQUEST", "stop", True, "Alipay has another refund under this number. Contact support.", "退款请求号重复,请联系客服。"),
    ("ACQ.SELLER_BALANCE_NOT_ENOUGH", "stop", True, "Refunds are paused. An operator sees to it.", "商户余额不足,将由人工处理。"),
    ("ACQ.TRADE_NOT_ALLOW_REFUND", "stop", True, "The payment cannot be refunded.", "原支付不可退款。"),
    ("ACQ.REASON_TRADE_BEEN_FREEZEN", "stop", True, "The payment is frozen at Alipay. An operator sees to it.", "交易被冻结,将由人工处理。"),
    ("ACQ.CUSTOMER_VALIDATE_ERROR", "step_up", True, "Alipay refused it for your safety. Try another way.", "支付宝风控拦截,请更换方式。"),
    ("PAYEE_NOT_EXIST", "ask_user", True, "There is no such Alipay account. Check it.", "收款支付宝账户不存在,请核实。"),
    ("PAYEE_USER_INFO_ERROR", "ask_user", True, "The Alipay account is another person's. Check it.", "收款人信息不符,请核实。"),
    ("PAYEE_ACCOUNT_STATUS_ERROR", "ask_user", True, "The Alipay account cannot be paid now. Choose another.", "收款账户状态异常,请更换。"),
    ("BALANCE_IS_NOT_ENOUGH", "stop", True, "Payouts are paused. An operator sees to it.", "付款余额不足,将由人工处理。"),
    ("PAYER_BALANCE_NOT_ENOUGH", "stop", True, "Payouts are paused. An operator sees to it.", "付款余额不足,将由人工处理。"),
    ("EXCEED_LIMIT_DM_MAX_AMOUNT", "ask_user", True, "Over Alipay's limit of the day. Try tomorrow.", "超出支付宝当日限额,请明日再试。"),
    ("EXCEED_LIMIT_SM_AMOUNT", "ask_user", True, "Over Alipay's limit for one transfer.", "超出支付宝单笔限额。"),
    ("PAYMENT_INFO_INCONSISTENCY", "stop", True, "Alipay has another transfer under this number. Contact support.", "转账单号重复,请联系客服。"),
    ("SECURITY_CHECK_FAILED", "step_up", True, "Alipay refused it for your safety. Choose another account.", "支付宝风控拦截,请更换收款方式。"),
]


def load(apps, schema_editor):
    model = {name: apps.get_model("payments", name) for name in ("Channel", "ErrorRule", "BreakerRule")}
    model["Channel"].objects.create(
        id=new_id(), code=CHANNEL, adapter=CHANNEL, name_en="Alipay", name_zh="支付宝", enabled=False, created_at=MADE_AT, changed_at=MADE_AT
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
    dependencies = [("payments", "0016_reviewed_orders")]
    operations = [migrations.RunPython(load, unload)]
