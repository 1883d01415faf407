"""What orders are to the cashier (plugged into payments.cashier as the payee "wealth"). All of it runs with the cashier's order and its
payer locked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.ledger.legs import Leg, credit, debit
from core.errors import DomainError
from payments.cashier.sockets import PayeeOrder
from wealth.catalog import accounts
from wealth.catalog.queries import ProductNotOnSale
from wealth.catalog.services.quotas import QuotaNotHeld
from wealth.orders import queries
from wealth.orders.refusals import DatesPassed, OfferChanged, OrderNotPayable
from wealth.orders.services import paying
from wealth.orders.sockets import own_refusals
from wealth.suitability.services import deciding


class Products:
    @property
    def refusals(self) -> Sequence[type[DomainError]]:
        """Its own, and what the kinds plugged in refuse with."""
        return (OrderNotPayable, DatesPassed, OfferChanged, ProductNotOnSale, QuotaNotHeld, *deciding.REFUSALS, *own_refusals())

    def require_payable(self, *, order: PayeeOrder, customer_id: UUID, at: datetime) -> None:
        paying.require_payable(order_id=order.payee_order_id, customer_id=customer_id, at=at)

    def credits(self, *, order: PayeeOrder, amount_fen: int) -> Sequence[Leg]:
        """W1, the product's side."""
        return [credit(accounts.payments(queries.order(order.payee_order_id).product_id), amount_fen)]

    def paid(self, *, order: PayeeOrder, journal_id: UUID, at: datetime) -> None:
        paying.paid(order_id=order.payee_order_id, journal_id=journal_id, at=at)

    def closed(self, *, order: PayeeOrder, code: str, at: datetime) -> None:
        paying.closed(order_id=order.payee_order_id, code=code, at=at)

    def refund_debits(self, *, order: PayeeOrder, amount_fen: int) -> Sequence[Leg]:
        """W9, the product's side: what waited to be confirmed."""
        return [debit(accounts.payments(queries.order(order.payee_order_id).product_id), amount_fen)]

    def refunded(self, *, order: PayeeOrder, amount_fen: int, refund_id: UUID, at: datetime) -> None:
        paying.refunded(order_id=order.payee_order_id, refund_id=refund_id, at=at)

    def refund_failed(self, *, order: PayeeOrder, refund_id: UUID, code: str, at: datetime) -> None:
        paying.refund_failed(order_id=order.payee_order_id, refund_id=refund_id, code=code, at=at)
