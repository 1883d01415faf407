"""The way out: a payout placed and booked, then sent. Outside any transaction."""

import uuid
from datetime import datetime

from payments.channels import queries as requests
from payments.channels import services as channels
from payments.settlement.services import paying


def pay(*, settlement_id: uuid.UUID, at: datetime) -> bool:
    """Pay one settlement; returns whether its payout was placed. Without a free seat the channels' sweeper sends it."""
    payout = paying.pay(settlement_id=settlement_id, at=at)
    if payout is None:
        return False
    channels.send_seated(request_id=payout.request_id, channel=requests.request(payout.request_id).channel_id, at=at)
    return True
