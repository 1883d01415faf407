"""What the wallet does when a channel's final word on one of its requests is stored (plugged into payments.channels)."""

from datetime import datetime

from payments.channels.queries import ChannelRequest
from payments.wallet.services import top_ups, withdrawals


class TopUpOutcome:
    """Payments for top-ups, and refunds of late ones."""

    def settled(self, *, request: ChannelRequest, at: datetime) -> None:
        top_ups.settle(request=request, at=at)

    def takes_late(self, *, request: ChannelRequest) -> bool:
        return top_ups.takes_late(request)

    def returned(self, *, request: ChannelRequest, at: datetime) -> None:
        raise AssertionError(f"{request.request_no}: only payouts come back")


class WithdrawalOutcome:
    """Payouts, which may go through another channel."""

    def has_another(self, *, request: ChannelRequest, at: datetime) -> bool:
        return withdrawals.has_another(request, at)

    def settled(self, *, request: ChannelRequest, at: datetime) -> None:
        withdrawals.settle(request=request, at=at)

    def returned(self, *, request: ChannelRequest, at: datetime) -> None:
        withdrawals.settle_return(request=request, at=at)
