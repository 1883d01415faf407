"""What settlement does when a channel's final word on a payout is stored (plugged into payments.channels)."""

from datetime import datetime

from payments.channels.queries import ChannelRequest
from payments.settlement.services import paying


class PayoutOutcome:
    """Payouts, which may go through another channel."""

    def has_another(self, *, request: ChannelRequest, at: datetime) -> bool:
        return paying.has_another(request, at)

    def settled(self, *, request: ChannelRequest, at: datetime) -> None:
        paying.settle(request=request, at=at)

    def returned(self, *, request: ChannelRequest, at: datetime) -> None:
        paying.settle_return(request=request, at=at)
