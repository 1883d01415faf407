"""The way out: a payout placed and booked, then sent. Outside any transaction."""

import uuid
from datetime import datetime

from payments.channels import sending
from payments.settlement import queries
from payments.settlement.services import paying


def pay(*, settlement_id: uuid.UUID, at: datetime) -> bool:
    """Pay one settlement; returns whether its payout was placed. Without a free seat the channels' sweeper sends it, and so does it at
    the next channel when time is short."""
    payout = paying.pay(settlement_id=settlement_id, at=at)
    if payout is None:
        return False
    sending.send_on(current=lambda: queries.waiting_request(payout.id), at=at)
    return True
