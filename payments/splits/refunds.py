"""Before an order is refunded its receivers give back what the refund needs (plugged into payments.refunds)."""

from datetime import datetime

from payments.cashier.queries import PaymentOrder
from payments.splits.services import splitting


class GivenBackFirst:
    def before(self, *, order: PaymentOrder, amount_fen: int, at: datetime) -> None:
        """Raises ReceiverShort."""
        splitting.before_refund(order=order, at=at)
