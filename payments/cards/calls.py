"""The outside half of a card's acts: sends what services have placed. Outside any transaction; secrets pass through, kept nowhere."""

from datetime import datetime
from uuid import UUID

from accounts.verification import queries as verification
from payments.cards import queries, rules
from payments.cards.models import Card, CardBinding
from payments.channels import queries as channel_queries
from payments.channels import services as channels
from payments.channels.port import Elements
from payments.channels.states import Operation


def start(*, binding: CardBinding, card_number: str, mobile: str, at: datetime) -> CardBinding:
    """Send the four elements of a started binding; returns it as it then stands."""
    request_id = channel_queries.placed(binding.id, Operation.SIGN_START)
    person = verification.real_name(binding.customer_id)
    number, digits = rules.card_number(card_number), rules.mobile(mobile)
    if request_id is not None and person is not None and number is not None and digits is not None:
        elements = Elements(person.name, person.id_number, number, digits)
        channels.send_sign_start(request_id=request_id, elements=elements, at=at)
    return queries.binding(binding.customer_id, binding.id)


def confirm(*, binding: CardBinding, sms_code: str, at: datetime) -> CardBinding:
    """Send the code of a binding that is verifying; returns it as it then stands."""
    request_id = channel_queries.placed(binding.id, Operation.SIGN_CONFIRM)
    if request_id is not None:
        channels.send_sign_confirm(request_id=request_id, sms_code=sms_code, at=at)
    return queries.binding(binding.customer_id, binding.id)


def finish(*, business_id: UUID, operation: Operation, at: datetime) -> None:
    """Send a placed resend or unsign, or leave it to the worker while too many calls of this process hang."""
    request_id = channel_queries.placed(business_id, operation)
    if request_id is not None:
        channels.send_seated(request_id=request_id, channel=channel_queries.request(request_id).channel_id, at=at)


def resend(*, binding: CardBinding, at: datetime) -> CardBinding:
    finish(business_id=binding.id, operation=Operation.RESEND, at=at)
    return queries.binding(binding.customer_id, binding.id)


def unsign(*, card: Card, at: datetime) -> Card:
    finish(business_id=card.id, operation=Operation.UNSIGN, at=at)
    return queries.card(card.customer_id, card.id)
