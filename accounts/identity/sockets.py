"""What upper floors plug into identity: the way text messages leave."""

from typing import Protocol, runtime_checkable

from core.sockets import Socket


class SmsNotSent(Exception):
    """The operator refused the message for certain: nothing was sent. A time-out is not this: the message may arrive."""


@runtime_checkable
class SmsSender(Protocol):
    """An SMS operator. `request_no` is unique per message; `mobile` is E.164."""

    def send(self, *, mobile: str, text: str, request_no: str) -> None:
        """Hand over one message. Raises SmsNotSent when it certainly was not taken; returns on a time-out."""


SMS: Socket[SmsSender] = Socket("accounts.identity.sms", SmsSender)  # type: ignore[type-abstract]
