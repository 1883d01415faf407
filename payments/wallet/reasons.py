"""Why an order did not go through, in words the customer can act on."""

from datetime import datetime

from core.errors import REGISTER
from payments.channels import queries as channels
from payments.wallet.models import TopUp, Withdrawal

OWN = {
    "given_up": (
        "The bank gave no answer in time, so the order is closed. If money was taken, it goes back to your card.",
        "银行未在规定时间内返回结果,订单已关闭;如已扣款,将原路退回您的银行卡。",
    ),
    "late_success": (
        "The bank confirmed after the order was closed. The money goes back to your card.",
        "银行在订单关闭后才确认扣款,款项将原路退回您的银行卡。",
    ),
    "hold_not_open": (
        "The withdrawal could not be sent in time. Nothing left your balance; try again.",
        "提现未能在规定时间内发出,余额未发生变动,请重试。",
    ),
    "withdrawal_refused": (
        "This withdrawal was not released after a check for your safety. Nothing left your balance; contact support if you meant it.",
        "为保障您的资金安全,本笔提现经审核未予放行,余额未发生变动;如确为本人操作,请联系客服。",
    ),
    "customer_not_active": (
        "Your account may not move money now. Nothing left your balance; contact support.",
        "您的账户当前无法进行资金操作,余额未发生变动,请联系客服。",
    ),
}


def message(order: TopUp | Withdrawal, language: str, at: datetime) -> str:
    """Empty without a code; else our own words, a refusal's words, or the channel's error map of the day."""
    chinese = language.lower().startswith("zh")
    if not order.code:
        return ""
    if order.code in OWN:
        return OWN[order.code][chinese]
    refusal = REGISTER.get(order.code)
    if refusal is not None and "{" not in refusal.en:
        return refusal.zh if chinese else refusal.en
    request_id = order.request_id
    if request_id is None:
        return ""
    request = channels.request(request_id)
    words = channels.explain(request.channel_id, order.code, at, operation=request.operation)
    return "" if words is None else (words.zh if chinese else words.en)
