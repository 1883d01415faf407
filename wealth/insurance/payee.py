"""What premiums paid by hand are to the cashier (plugged into payments.cashier as the payee "insurance"). The cashier's order and its
payer are locked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.ledger.legs import Leg, credit, debit
from core.errors import DomainError
from payments.cashier.sockets import PayeeOrder
from wealth.insurance import journals
from wealth.insurance.refusals import NotReinstatable, PremiumNotDue
from wealth.insurance.services import collecting


class Premiums:
    """Nothing of a premium goes back over the cashier: what the insurer gives back is a payout."""

    refusals: Sequence[type[DomainError]] = (PremiumNotDue, NotReinstatable)

    def require_payable(self, *, order: PayeeOrder, customer_id: UUID, at: datetime) -> None:
        collecting.require_payable(payment_id=order.payee_order_id, customer_id=customer_id, at=at)

    def credits(self, *, order: PayeeOrder, amount_fen: int) -> Sequence[Leg]:
        return [credit(journals.premiums(collecting.product_of(order.payee_order_id)), amount_fen)]

    def paid(self, *, order: PayeeOrder, journal_id: UUID, at: datetime) -> None:
        collecting.paid(payment_id=order.payee_order_id, journal_id=journal_id, at=at)

    def closed(self, *, order: PayeeOrder, code: str, at: datetime) -> None:
        collecting.closed(payment_id=order.payee_order_id, at=at)

    def refund_debits(self, *, order: PayeeOrder, amount_fen: int) -> Sequence[Leg]:
        return [debit(journals.premiums(collecting.product_of(order.payee_order_id)), amount_fen)]

    def refunded(self, *, order: PayeeOrder, amount_fen: int, refund_id: UUID, at: datetime) -> None:
        """Never asked for."""

    def refund_failed(self, *, order: PayeeOrder, refund_id: UUID, code: str, at: datetime) -> None:
        """Never asked for."""
