"""Before an order is refunded its receivers give back what the refund needs, and have it again where the refund is given up (plugged
into payments.refunds)."""

from datetime import datetime

from payments.cashier.queries import PaymentOrder
from payments.splits.services import restoring, splitting


class GivenBackFirst:
    def before(self, *, order: PaymentOrder, amount_fen: int, at: datetime) -> None:
        """Raises ReceiverShort."""
        splitting.before_refund(order=order, at=at)

    def given_up(self, *, order: PaymentOrder, refund: str, at: datetime) -> None:
        """Raises SplitNotRestored."""
        restoring.after_giving_up(order=order, refund=refund, at=at)
