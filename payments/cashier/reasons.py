"""Why an attempt did not go through, in words the payer can act on."""

from datetime import datetime

from core.errors import REGISTER
from payments.cashier.models import PaymentAttempt
from payments.cashier.states import AttemptState
from payments.channels import queries as channels

LATE = (
    "The payment was confirmed after the order was closed. The money goes back the way it came.",
    "订单关闭后才确认扣款,款项将原路退回。",
)
GIVEN_UP = (
    "The order was closed before the payment was confirmed. If money was taken, it goes back the way it came.",
    "确认付款前订单已关闭;如已扣款,将原路退回。",
)


STRONGER = {
    1: (
        " To pay this way all the same, try again and approve it with your payment PIN or a passkey.",
        "如仍使用该支付方式,请重新支付并使用支付密码或通行密钥验证。",
    ),
    2: (
        " To pay this way all the same, try again and approve it with a passkey that is at least a day old.",
        "如仍使用该支付方式,请重新支付并使用启用满一天的通行密钥验证。",
    ),
}
"""What to do where a bank wants a proof of so many factors."""


def code_of(attempt: PaymentAttempt) -> str:
    """The stable code of a refusal; empty while it is pending and when it is paid."""
    return "late_success" if attempt.state == AttemptState.LATE else attempt.code


def message(attempt: PaymentAttempt, asked: int, language: str, at: datetime) -> str:
    """Empty without a code; else our own words, a refusal's words, or the channel's error map of the day. `asked`: how many factors its
    bank wants (`queries.factors_asked`)."""
    chinese = language.lower().startswith("zh")
    if attempt.state in (AttemptState.LATE, AttemptState.GIVEN_UP):
        return (LATE if attempt.state == AttemptState.LATE else GIVEN_UP)[chinese]
    if not attempt.code or attempt.request_id is None:
        return ""
    refusal = REGISTER.get(attempt.code)
    if refusal is not None and "{" not in refusal.en:
        return refusal.zh if chinese else refusal.en
    request = channels.request(attempt.request_id)
    words = channels.explain(request.channel_id, attempt.code, at, operation=request.operation)
    if words is None:
        return ""
    return (words.zh if chinese else words.en) + (STRONGER[asked][chinese] if asked else "")
