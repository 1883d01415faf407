"""WeChat Pay's channel (off until it is connected and switched on), its error map and its first breaker thresholds."""

from datetime import UTC, date, datetime

from django.db import migrations

from core.first_rows import take_back
from core.ids import new_id

CHANNEL = "wechat_v3"
FIRST_DAY = date(2020, 1, 1)
MADE_AT = datetime(2020, 1, 1, tzinfo=UTC)
ERRORS = [
    ("unreachable", "next_channel", True, "WeChat Pay cannot be reached now. Try another way or later.", "暂时无法连接微信支付,请更换方式或稍后再试。"),
    ("original_not_known", "retry_same", True, "The payment is being looked up. The refund follows.", "正在核实原支付,退款将随后处理。"),
    ("SYSTEM_ERROR", "query", False, "WeChat Pay is finding out the result. Please wait.", "微信支付正在确认结果,请稍候。"),
    ("FREQUENCY_LIMITED", "retry_same", True, "WeChat Pay is busy. Try again later.", "微信支付繁忙,请稍后再试。"),
    ("RATELIMIT_EXCEEDED", "retry_same", True, "WeChat Pay is busy. Try again later.", "微信支付繁忙,请稍后再试。"),
    ("PARAM_ERROR", "stop", True, "WeChat Pay could not read the request. Contact support.", "微信支付无法识别该请求,请联系客服。"),
    ("INVALID_REQUEST", "stop", True, "WeChat Pay does not take this request. Contact support.", "微信支付拒绝了该请求,请联系客服。"),
    ("SIGN_ERROR", "stop", True, "WeChat Pay did not accept our signature. Contact support.", "微信支付验签失败,请联系客服。"),
    ("NO_AUTH", "next_channel", True, "WeChat Pay does not offer this here. Try another way.", "该商户未开通此微信支付功能,请更换方式。"),
    ("MCH_NOT_EXISTS", "stop", True, "WeChat Pay does not know this platform. Contact support.", "微信支付未登记本平台,请联系客服。"),
    ("APPID_MCHID_NOT_MATCH", "stop", True, "WeChat Pay does not know this app. Contact support.", "微信支付应用与商户号不匹配,请联系客服。"),
    ("OPENID_MISMATCH", "ask_user", True, "This WeChat account is not known here. Open the page in WeChat again.", "微信用户标识不匹配,请在微信中重新打开。"),
    ("OUT_TRADE_NO_USED", "stop", True, "WeChat Pay has another order under this number. Contact support.", "商户订单号重复,请联系客服。"),
    ("ORDERPAID", "query", False, "This order is paid already.", "订单已支付。"),
    ("ORDER_PAID", "query", False, "This order is paid already.", "订单已支付。"),
    ("ORDER_CLOSED", "stop", True, "The order was closed. Nothing was charged.", "订单已关闭,未扣款。"),
    ("ORDERCLOSED", "stop", True, "The order was closed. Nothing was charged.", "订单已关闭,未扣款。"),
    ("CLOSED", "stop", True, "The order was closed. Nothing was charged.", "订单已关闭,未扣款。"),
    ("REVOKED", "stop", True, "The order was taken back. Nothing was charged.", "订单已撤销,未扣款。"),
    ("ORDER_NOT_EXIST", "ask_user", True, "The order never reached WeChat Pay. Try again.", "微信支付未收到该订单,请重试。"),
    ("TRADE_ERROR", "ask_user", True, "WeChat Pay refused it. Try another way.", "微信支付交易失败,请更换方式。"),
    ("RULE_LIMIT", "ask_user", True, "Over a limit of WeChat Pay. Try another way.", "超出微信支付限额,请更换方式。"),
    ("RULELIMIT", "ask_user", True, "Over a limit of WeChat Pay. Try another way.", "超出微信支付限额,请更换方式。"),
    ("ACCOUNT_ERROR", "ask_user", True, "The WeChat account cannot pay now. Try another way.", "微信账户异常,请更换方式。"),
    ("BANK_ERROR", "query", False, "The bank behind WeChat Pay is finding out the result. Please wait.", "银行系统异常,正在确认结果,请稍候。"),
    ("REQUEST_BLOCKED", "step_up", True, "WeChat Pay refused it for your safety. Try another way.", "微信支付风控拦截,请更换方式。"),
    ("USER_ACCOUNT_ABNORMAL", "stop", True, "The payer's account takes no refund. An operator sees to it.", "付款账户异常,无法原路退款,将由人工处理。"),
    ("RESOURCE_NOT_EXISTS", "stop", True, "There is no such payment to refund.", "原支付不存在。"),
    ("REFUND_CLOSED", "stop", True, "WeChat Pay closed the refund. An operator sees to it.", "退款已关闭,将由人工处理。"),
    ("NOT_ENOUGH", "stop", True, "Refunds and payouts are paused. An operator sees to it.", "商户可用余额不足,将由人工处理。"),
    ("CANCELLED", "ask_user", True, "The transfer was not accepted in time. Ask for it again.", "转账未在规定时间内确认收款,请重新申请。"),
    ("PAYEE_ACCOUNT_ABNORMAL", "ask_user", True, "The WeChat account cannot be paid now. Check it in WeChat.", "收款账户异常,请在微信中核实。"),
    ("NAME_NOT_CORRECT", "ask_user", True, "The name of the WeChat account is another.", "收款人姓名与微信实名不符。"),
    ("TRANSFER_QUOTA_EXCEED", "ask_user", True, "Over what the WeChat account may receive today. Try tomorrow.", "超出收款限额,请明日再试。"),
    ("DAY_RECEIVED_QUOTA_EXCEED", "ask_user", True, "Over what the WeChat account may receive today. Try tomorrow.", "超出当日收款额度,请明日再试。"),
    ("DAY_RECEIVED_COUNT_EXCEED", "ask_user", True, "Over what the WeChat account may receive today. Try tomorrow.", "超出当日收款次数,请明日再试。"),
    ("TRANSFER_RISK", "step_up", True, "WeChat Pay refused it for your safety. Choose another account.", "微信支付风控拦截,请更换收款方式。"),
    ("ALREADY_EXISTS", "query", False, "WeChat Pay has this transfer already.", "转账单已存在,正在确认结果。"),
]


def load(apps, schema_editor):
    model = {name: apps.get_model("payments", name) for name in ("Channel", "ErrorRule", "BreakerRule")}
    model["Channel"].objects.create(
        id=new_id(), code=CHANNEL, adapter=CHANNEL, name_en="WeChat Pay", name_zh="微信支付", enabled=False, created_at=MADE_AT, changed_at=MADE_AT
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
    dependencies = [("payments", "0009_channel_connections")]
    operations = [migrations.RunPython(load, unload)]
