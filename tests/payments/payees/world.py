"""A payee that the floor has never seen: a tent whose money waits in an account of the platform."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import Leg, credit, debit
from core.clock import queries as clock
from core.errors import DomainError
from core.ids import new_id
from payments.cashier.models import PaymentOrder
from payments.cashier.services import orders
from payments.cashier.sockets import PayeeOrder

KEEPS = platform_account("payable:unapplied")


class SoldOut(DomainError):
    code = "test_sold_out"
    en = "Sold out."
    zh = "已售罄。"


class Tent:
    """A payee that remembers what it was told. `refuses`: its `paid` does."""

    refusals = (SoldOut,)

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []
        self.refuses = False

    def require_payable(self, *, order: PayeeOrder, customer_id: uuid.UUID, at: datetime) -> None:
        assert order.customer_id == customer_id

    def credits(self, *, order: PayeeOrder, amount_fen: int) -> Sequence[Leg]:
        return [credit(KEEPS, amount_fen)]

    def paid(self, *, order: PayeeOrder, journal_id: uuid.UUID, at: datetime) -> None:
        if self.refuses:
            raise SoldOut()
        self.told.append(("paid", order.payee_order_id))

    def closed(self, *, order: PayeeOrder, code: str, at: datetime) -> None:
        self.told.append(("closed", code))

    def refund_debits(self, *, order: PayeeOrder, amount_fen: int) -> Sequence[Leg]:
        return [debit(KEEPS, amount_fen)]

    def refunded(self, *, order: PayeeOrder, amount_fen: int, refund_id: uuid.UUID, at: datetime) -> None:
        self.told.append(("refunded", amount_fen))

    def refund_failed(self, *, order: PayeeOrder, refund_id: uuid.UUID, code: str, at: datetime) -> None:
        self.told.append(("refund_failed", code))


def ordered(who: uuid.UUID, fen: int, number: uuid.UUID | None = None) -> PaymentOrder:
    return orders.create_for(
        payee="tent",
        payee_order_id=number or new_id(),
        customer_id=who,
        amount_fen=fen,
        subject="A tent",
        life=timedelta(minutes=30),
        at=clock.now(),
    )
