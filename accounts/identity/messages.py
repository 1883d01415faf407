"""Text messages with one-time codes: handed to the operator outside any transaction, kept nowhere in production."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.identity.codes import IssuedCode
from accounts.identity.models import SandboxMessage
from accounts.identity.phones import phone_index
from accounts.identity.sockets import SMS, SmsNotSent
from core.errors import DomainError

USES = {
    "login": ("logging in", "登录"),
    "change_phone": ("your new phone number", "更换手机号"),
    "step_up": ("approving a payment or change", "验证支付或变更"),
    "reset_pin": ("resetting the payment PIN", "重置支付密码"),
}


class SmsUnavailable(DomainError):
    code = "sms_unavailable"
    status = 503
    en = "The message could not be sent. Ask for a new code in a minute."
    zh = "短信发送失败,请一分钟后重新获取验证码。"


def send_code(*, issued: IssuedCode, at: datetime) -> None:
    """Hand the message to the first operator that takes it; in development a copy goes to the sandbox inbox.

    Raises SmsUnavailable when in production no operator took it, RuntimeError inside a transaction.
    """
    text = text_of(issued)
    if not settings.PRODUCTION:
        keep_in_inbox(issued, text, at)
    if not handed_over(issued, text) and settings.PRODUCTION:
        raise SmsUnavailable()


def text_of(issued: IssuedCode) -> str:
    english, chinese = USES[issued.purpose]
    return (
        f"【Banyan】验证码 {issued.code},用于{chinese},5 分钟内有效,请勿告知他人。"
        f" {issued.code} is your code for {english}, valid 5 minutes. Tell nobody."
    )


@transaction.atomic(durable=True)
def keep_in_inbox(issued: IssuedCode, text: str, at: datetime) -> None:
    SandboxMessage.objects.create(phone_index=phone_index(issued.phone), phone=issued.phone, text=text, code=issued.code, created_at=at)


def handed_over(issued: IssuedCode, text: str) -> bool:
    for operator in SMS:
        try:
            operator.send(mobile=issued.phone, text=text, request_no=issued.request_no)
        except SmsNotSent:
            continue
        return True
    return False
