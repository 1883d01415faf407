"""The sandbox bank's channel (off until it is connected), its error map, banks, BINs and first limits (docs/sandbox-bank.md)."""

from datetime import UTC, date, datetime

from django.db import migrations

from core.first_rows import take_back
from core.ids import new_id

CHANNEL = "sandbox_bank"
FIRST_DAY = date(2020, 1, 1)
MADE_AT = datetime(2020, 1, 1, tzinfo=UTC)
ERRORS = [
    ("unreachable", "retry_same", True, "The bank cannot be reached now. Try again later.", "暂时无法连接银行,请稍后再试。"),
    ("INVALID_REQUEST", "stop", True, "The bank could not read the request. Contact support.", "银行无法识别该请求,请联系客服。"),
    ("CURRENCY_UNSUPPORTED", "stop", True, "The bank takes yuan only.", "银行仅支持人民币。"),
    ("SIGNATURE_MISSING", "stop", True, "The bank did not accept our signature. Contact support.", "银行验签失败,请联系客服。"),
    ("SIGNATURE_INVALID", "stop", True, "The bank did not accept our signature. Contact support.", "银行验签失败,请联系客服。"),
    ("TIMESTAMP_OUT_OF_RANGE", "stop", True, "The bank did not accept our clock. Contact support.", "银行时间校验失败,请联系客服。"),
    ("NONCE_REUSED", "retry_same", True, "The bank refused a repeated message. Try again.", "银行拒绝了重复报文,请重试。"),
    ("MERCHANT_UNKNOWN", "stop", True, "The bank does not know this platform. Contact support.", "银行未登记本平台,请联系客服。"),
    ("NOT_FOUND", "query", False, "The bank has not seen it so far.", "银行暂未收到该请求。"),
    ("REQUEST_NO_REUSED", "stop", True, "The bank has another request under this number. Contact support.", "请求编号重复,请联系客服。"),
    ("SYSTEM_ERROR", "query", False, "The bank is finding out the result. Please wait.", "银行正在确认结果,请稍候。"),
    ("SYSTEM_BUSY", "retry_same", True, "The bank is busy. Try again later.", "银行系统繁忙,请稍后再试。"),
    ("MAINTENANCE", "next_channel", True, "The bank is under maintenance. Try another card or later.", "银行系统维护中,请更换银行卡或稍后再试。"),
    ("NAME_MISMATCH", "ask_user", True, "The name at the bank is another. Use a card of your own.", "持卡人姓名不符,请使用本人银行卡。"),
    ("ID_MISMATCH", "ask_user", True, "The card belongs to another person. Use a card of your own.", "持卡人证件号码不符,请使用本人银行卡。"),
    ("MOBILE_MISMATCH", "ask_user", True, "The bank keeps another mobile for this card. Check it.", "手机号与银行预留不符,请核对。"),
    ("CARD_NUMBER_INVALID", "ask_user", True, "The card number is not right. Check the digits.", "卡号不正确,请核对。"),
    ("CARD_UNSUPPORTED", "ask_user", True, "This bank or kind of card is not supported.", "暂不支持该银行卡。"),
    ("CARD_NOT_FOUND", "ask_user", True, "The bank does not know this card. Check the digits.", "银行卡不存在,请核对卡号。"),
    ("CARD_EXPIRED", "ask_user", True, "The card has expired. Use another card.", "银行卡已过期,请更换银行卡。"),
    ("CARD_FROZEN", "ask_user", True, "The card is frozen. Ask the bank, or use another card.", "银行卡已冻结,请联系银行或更换银行卡。"),
    ("CARD_CLOSED", "stop", True, "The card account is closed.", "银行卡已销户。"),
    ("SIGN_NOT_FOUND", "stop", True, "The bank has forgotten this binding. Start again.", "签约申请不存在,请重新发起。"),
    ("SIGN_ALREADY_CONFIRMED", "stop", True, "This binding was confirmed before.", "签约已确认。"),
    ("WRONG_CODE", "ask_user", True, "The code is wrong. Check the message and try again.", "验证码错误,请核对后重试。"),
    ("TOO_MANY_TRIES", "ask_user", True, "Too many wrong codes. Start again.", "验证码错误次数过多,请重新发起。"),
    ("CODE_EXPIRED", "ask_user", True, "The code has expired. Start again.", "验证码已过期,请重新发起。"),
    ("SMS_TOO_OFTEN", "ask_user", True, "Wait a minute before asking for another code.", "短信发送过于频繁,请一分钟后再试。"),
    ("AGREEMENT_NOT_FOUND", "stop", True, "The bank has no agreement for this card. Bind it again.", "银行无此签约,请重新绑卡。"),
    ("AGREEMENT_CANCELLED", "ask_user", True, "The agreement is cancelled. Bind the card again.", "协议已解约,请重新绑卡。"),
    ("INSUFFICIENT_FUNDS", "ask_user", True, "The card has not enough money. Use another card.", "银行卡余额不足,请更换银行卡。"),
    ("LIMIT_EXCEEDED", "ask_user", True, "Over the bank's limit for this card. Use another card.", "超出银行卡限额,请更换银行卡。"),
    ("RISK_REFUSED", "step_up", True, "The bank refused it for your safety. Ask the bank, or use another card.", "银行风控拒绝,请联系银行或更换银行卡。"),
    ("ORDER_CLOSED", "stop", True, "It was closed before the bank did it. Nothing was charged.", "订单已关闭,未扣款。"),
    ("PAYMENT_NOT_FOUND", "stop", True, "There is no such payment to refund.", "原支付不存在。"),
    ("PAYMENT_NOT_REFUNDABLE", "stop", True, "The payment cannot be refunded.", "原支付不可退款。"),
    ("REFUND_EXCEEDS_PAYMENT", "stop", True, "The refunds would exceed the payment.", "退款金额超过可退金额。"),
    ("REFUND_WINDOW_CLOSED", "stop", True, "The payment is too old to refund.", "已超过退款期限。"),
    ("PAYEE_ACCOUNT_CLOSED", "ask_user", True, "The card account is closed. Use another card.", "收款账户已销户,请更换银行卡。"),
    ("MERCHANT_ACCOUNT_SHORT", "stop", True, "Payouts are paused. Try again later.", "代付暂停,请稍后再试。"),
]
BANKS = [
    ("ICBC", "Industrial and Commercial Bank of China", "中国工商银行", True),
    ("ABC", "Agricultural Bank of China", "中国农业银行", True),
    ("BOC", "Bank of China", "中国银行", True),
    ("CCB", "China Construction Bank", "中国建设银行", True),
    ("BOCOM", "Bank of Communications", "交通银行", True),
    ("PSBC", "Postal Savings Bank of China", "中国邮政储蓄银行", True),
    ("CMB", "China Merchants Bank", "招商银行", True),
    ("CITIC", "China CITIC Bank", "中信银行", True),
    ("CEB", "China Everbright Bank", "中国光大银行", True),
    ("CMBC", "China Minsheng Bank", "中国民生银行", True),
    ("SPDB", "Shanghai Pudong Development Bank", "浦发银行", True),
    ("CIB", "Industrial Bank", "兴业银行", True),
    ("FARB", "Far Away Bank", "远方银行", False),
]
LIMITS = [
    ("debit", "top_up", 50_000_00, 200_000_00, 1_000_000_00),
    ("debit", "withdraw", 50_000_00, 200_000_00, None),
    ("debit", "pay", 50_000_00, 200_000_00, 1_000_000_00),
    ("credit", "pay", 20_000_00, 50_000_00, 200_000_00),
]


def load(apps, schema_editor):
    model = {name: apps.get_model("payments", name) for name in ("Channel", "ErrorRule", "Bank", "CardBin", "CardLimit")}
    model["Channel"].objects.create(
        id=new_id(), code=CHANNEL, adapter=CHANNEL, name_en="Sandbox bank", name_zh="沙箱银行", enabled=False, created_at=MADE_AT, changed_at=MADE_AT
    )
    dated = {"channel_id": CHANNEL, "effective_on": FIRST_DAY, "created_at": MADE_AT}
    model["ErrorRule"].objects.bulk_create(
        model["ErrorRule"](id=new_id(), code=code, action=action, definite=definite, words_en=en, words_zh=zh, **dated)
        for code, action, definite, en, zh in ERRORS
    )
    for place, (code, en, zh, supported) in enumerate(BANKS, start=1):
        model["Bank"].objects.create(
            id=new_id(), code=code, name_en=en, name_zh=zh, supported=supported, position=place, created_at=MADE_AT
        )
        for kind, digits, length in (("debit", "10", 19), ("credit", "20", 16)):
            model["CardBin"].objects.create(
                id=new_id(), bin=f"99{place:02d}{digits}", bank_id=code, kind=kind, number_length=length, created_at=MADE_AT
            )
        if supported:
            model["CardLimit"].objects.bulk_create(
                model["CardLimit"](id=new_id(), bank_id=code, kind=kind, scene=scene, single_fen=single, day_fen=day, month_fen=month, **dated)
                for kind, scene, single, day, month in LIMITS
            )


def unload(apps, schema_editor):
    names = ("CardLimit", "CardBin", "Bank", "ErrorRule", "Channel")
    take_back(schema_editor, *(apps.get_model("payments", name).objects.all() for name in names))


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_schema")]
    operations = [migrations.RunPython(load, unload)]
