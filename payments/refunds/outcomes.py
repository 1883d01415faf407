"""What refunds do when a channel's final word on one of their requests is stored (plugged into payments.channels)."""

from datetime import datetime

from payments.channels.queries import ChannelRequest
from payments.refunds.services import settling


class RefundOutcome:
    """Parts of external legs."""

    def settled(self, *, request: ChannelRequest, at: datetime) -> None:
        settling.settle(request=request, at=at)

    def returned(self, *, request: ChannelRequest, at: datetime) -> None:
        raise AssertionError(f"{request.request_no}: only payouts come back")
