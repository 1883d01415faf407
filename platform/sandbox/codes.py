"""Every code the bank answers with, as data: meaning, whether anything was done, what the caller should do.

docs/sandbox-bank.md section 6 and `GET /control/codes` publish this table; a test keeps the document equal to it.
"""

from dataclasses import dataclass
from typing import Literal

Action = Literal["retry_same", "query", "next_channel", "ask_user", "step_up", "stop"]


@dataclass(frozen=True)
class Code:
    """One result code.

    `http` is the status it travels with (200: a business refusal, the request number is used up).
    `done` is "no" when nothing happened for certain, "unknown" when the caller has to ask, "yes" when the money did move before.
    """

    name: str
    http: int
    done: Literal["no", "unknown", "yes"]
    action: Action
    message: str
    message_zh: str


_TABLE = (
    Code("INVALID_REQUEST", 400, "no", "stop", "a field is missing, unknown or malformed", "字段缺失、未知或格式错误"),
    Code("CURRENCY_UNSUPPORTED", 400, "no", "stop", "only CNY is supported", "仅支持人民币"),
    Code("SIGNATURE_MISSING", 401, "no", "stop", "a signature header is missing", "缺少签名请求头"),
    Code("SIGNATURE_INVALID", 401, "no", "stop", "the signature does not match the request", "签名与请求不符"),
    Code("TIMESTAMP_OUT_OF_RANGE", 401, "no", "stop", "the timestamp is more than 300 s off", "时间戳偏差超过 300 秒"),
    Code("NONCE_REUSED", 401, "no", "stop", "the nonce was used before: make a fresh one for every HTTP request", "随机串已使用过"),
    Code("MERCHANT_UNKNOWN", 401, "no", "stop", "the merchant is not registered", "商户未登记"),
    Code("NOT_FOUND", 404, "unknown", "query", "not seen so far: a delayed request may still arrive", "暂未见到该编号"),
    Code("REQUEST_NO_REUSED", 409, "no", "stop", "the request number was used for something else", "业务编号已用于其他请求"),
    Code("ORDER_ALREADY_SUCCEEDED", 409, "yes", "stop", "the order has succeeded and cannot be closed", "订单已成功，不能关闭"),
    Code("STATEMENT_NOT_READY", 409, "no", "retry_same", "the day is not over at the bank", "账期未结束，账单未生成"),
    Code("SYSTEM_ERROR", 500, "unknown", "query", "the bank failed: the outcome is unknown", "银行系统异常，结果未知"),
    Code("SYSTEM_BUSY", 503, "no", "retry_same", "the bank is busy: nothing was done", "系统繁忙，请稍后重试"),
    Code("MAINTENANCE", 503, "no", "next_channel", "the bank is under maintenance: nothing was done", "银行系统维护中"),
    Code("VERIFIER_UNAVAILABLE", 200, "no", "retry_same", "the identity authority does not answer", "核验机构暂不可用"),
    Code("NAME_MISMATCH", 200, "no", "ask_user", "the name does not match", "姓名不符"),
    Code("ID_MISMATCH", 200, "no", "ask_user", "the identity number does not match the card holder", "证件号码与持卡人不符"),
    Code("MOBILE_MISMATCH", 200, "no", "ask_user", "the mobile is not the one kept at the bank", "手机号与银行预留不符"),
    Code("CARD_NUMBER_INVALID", 200, "no", "ask_user", "the card number is not valid", "卡号无效"),
    Code("CARD_UNSUPPORTED", 200, "no", "ask_user", "this bank or kind of card is not supported", "暂不支持该银行卡"),
    Code("CARD_NOT_FOUND", 200, "no", "ask_user", "the bank does not know this card", "银行卡不存在"),
    Code("CARD_EXPIRED", 200, "no", "ask_user", "the card has expired", "银行卡已过期"),
    Code("CARD_FROZEN", 200, "no", "ask_user", "the card is frozen", "银行卡已冻结"),
    Code("CARD_CLOSED", 200, "no", "stop", "the card account is closed", "银行卡已销户"),
    Code("SIGN_NOT_FOUND", 200, "no", "stop", "there is no such signing", "签约申请不存在"),
    Code("SIGN_ALREADY_CONFIRMED", 200, "no", "stop", "the signing was confirmed before", "签约已确认"),
    Code("WRONG_CODE", 200, "no", "ask_user", "the SMS code is wrong", "短信验证码错误"),
    Code("TOO_MANY_TRIES", 200, "no", "ask_user", "too many wrong codes: ask for a new one", "验证码错误次数过多"),
    Code("CODE_EXPIRED", 200, "no", "ask_user", "the SMS code has expired: ask for a new one", "验证码已过期"),
    Code("SMS_TOO_OFTEN", 200, "no", "ask_user", "wait before asking for another code", "短信发送过于频繁"),
    Code("AGREEMENT_NOT_FOUND", 200, "no", "stop", "there is no such agreement", "协议不存在"),
    Code("AGREEMENT_CANCELLED", 200, "no", "ask_user", "the agreement is cancelled: bind the card again", "协议已解约，请重新绑卡"),
    Code("INSUFFICIENT_FUNDS", 200, "no", "ask_user", "the card has not enough money", "余额不足"),
    Code("LIMIT_EXCEEDED", 200, "no", "ask_user", "over the card's single or daily limit", "超出银行卡限额"),
    Code("RISK_REFUSED", 200, "no", "step_up", "the bank's risk control refused it", "银行风控拒绝"),
    Code("ORDER_CLOSED", 200, "no", "stop", "the number was closed before it was decided", "订单已关闭"),
    Code("PAYMENT_NOT_FOUND", 200, "no", "stop", "there is no such payment to refund", "原支付不存在"),
    Code("PAYMENT_NOT_REFUNDABLE", 200, "no", "stop", "the payment has not succeeded", "原支付未成功，不可退款"),
    Code("REFUND_EXCEEDS_PAYMENT", 200, "no", "stop", "the refunds would exceed the payment", "退款金额超过可退金额"),
    Code("REFUND_WINDOW_CLOSED", 200, "no", "stop", "the payment is more than 365 days old", "已超过退款期限"),
    Code("PAYEE_ACCOUNT_CLOSED", 200, "no", "ask_user", "the payee's account is closed", "收款账户已销户"),
    Code("MERCHANT_ACCOUNT_SHORT", 200, "no", "stop", "the merchant's settlement account does not cover it", "商户结算账户余额不足"),
)

CODES: dict[str, Code] = {code.name: code for code in _TABLE}
