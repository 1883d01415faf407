"""What upper rooms and floors plug into identity: the way text messages leave, and which consents an effect needs."""

import uuid
from datetime import datetime
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


@runtime_checkable
class ConsentRule(Protocol):
    """Which documents a customer must have agreed to before an effect."""

    def lacking(self, *, customer: str, at: datetime) -> tuple[str, tuple[object, ...]]:
        """SQL, true where the customer whose id the expression `customer` gives lacks a consent needed at `at`; and its values."""

    def missing(self, *, customer_id: uuid.UUID, at: datetime) -> list[dict[str, str | int]]:
        """The kind, version and titles of each document to agree to."""


CONSENTS: Socket[ConsentRule] = Socket("accounts.identity.consents", ConsentRule)  # type: ignore[type-abstract]
