"""What settlement does when a channel's final word on a payout is stored (plugged into payments.channels)."""

from datetime import datetime

from payments.channels.queries import ChannelRequest
from payments.settlement.services import paying


class PayoutOutcome:
    def settled(self, *, request: ChannelRequest, at: datetime) -> None:
        paying.settle(request=request, at=at)

    def returned(self, *, request: ChannelRequest, at: datetime) -> None:
        paying.settle_return(request=request, at=at)
