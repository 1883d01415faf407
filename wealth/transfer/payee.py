"""What transfers are to the cashier (plugged into payments.cashier as the payee "transfer"). All of it runs with the cashier's order and
its payer locked. What is settled stays so: nothing is ever refunded."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.ledger.legs import Leg, credit, debit
from core.errors import DomainError
from payments.cashier.sockets import PayeeOrder
from wealth.fixed_term.refusals import LotEnded
from wealth.suitability.services import deciding
from wealth.transfer import journals, queries
from wealth.transfer.refusals import TradeNotPayable
from wealth.transfer.services import buying


class Transfers:
    refusals: Sequence[type[DomainError]] = (TradeNotPayable, LotEnded, *deciding.REFUSALS)

    def require_payable(self, *, order: PayeeOrder, customer_id: UUID, at: datetime) -> None:
        buying.require_payable(trade_id=order.payee_order_id, customer_id=customer_id, at=at)

    def credits(self, *, order: PayeeOrder, amount_fen: int) -> Sequence[Leg]:
        """T1, the payee's side."""
        return [credit(journals.clearing(queries.trade(order.payee_order_id).product_id), amount_fen)]

    def paid(self, *, order: PayeeOrder, journal_id: UUID, at: datetime) -> None:
        buying.settle(trade_id=order.payee_order_id, pay_journal_id=journal_id, at=at)

    def closed(self, *, order: PayeeOrder, code: str, at: datetime) -> None:
        buying.lapse(trade_id=order.payee_order_id, code=code, at=at)

    def refund_debits(self, *, order: PayeeOrder, amount_fen: int) -> Sequence[Leg]:
        return [debit(journals.clearing(queries.trade(order.payee_order_id).product_id), amount_fen)]

    def refunded(self, *, order: PayeeOrder, amount_fen: int, refund_id: UUID, at: datetime) -> None:
        """Never asked for."""

    def refund_failed(self, *, order: PayeeOrder, refund_id: UUID, code: str, at: datetime) -> None:
        """Never asked for."""
