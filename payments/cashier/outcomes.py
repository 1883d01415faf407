"""What the cashier does when a channel's final word on one of its requests is stored (plugged into payments.channels)."""

from datetime import datetime

from payments.cashier import queries
from payments.cashier.services import settling
from payments.channels.queries import ChannelRequest


class PaymentOutcome:
    """Payments of external legs, and refunds of late ones. A closed order takes a success after a refusal."""

    def settled(self, *, request: ChannelRequest, at: datetime) -> None:
        settling.settle(request=request, at=at)

    def wanted(self, *, request: ChannelRequest) -> bool:
        return queries.waits_for(request.business_id, request.id)

    def subject(self, *, request: ChannelRequest) -> str:
        return queries.subject_of(request.business_id)

    def takes_late(self, *, request: ChannelRequest) -> bool:
        return settling.takes_late(request)

    def returned(self, *, request: ChannelRequest, at: datetime) -> None:
        raise AssertionError(f"{request.request_no}: only payouts come back")
