"""The way out: asking the channel for a refund that is written down already. Outside any transaction."""

import uuid
from datetime import datetime

from payments.channels import queries as requests
from payments.channels import services as channels
from payments.refunds import queries
from payments.refunds.models import Refund
from payments.refunds.states import RefundState


def send(*, refund_id: uuid.UUID, at: datetime) -> Refund:
    """Send a refund's request, once, and return the refund as it then stands: the answer may still be owed, and so may the call itself
    while too many of this process hang (the worker makes it)."""
    refund = queries.refund(refund_id)
    if refund.state != RefundState.PROCESSING:
        return refund
    request_id = next(part.request_id for part in queries.parts(refund_id) if part.asked)
    assert request_id is not None, "what is processing was placed"
    channels.send_seated(request_id=request_id, channel=requests.request(request_id).channel_id, at=at)
    return queries.refund(refund_id)
