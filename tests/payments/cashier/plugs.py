"""Sources the floor has never seen: a credit line kept in the ledger, and a coupon that remembers what it was told."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.ledger import books, queries
from accounts.ledger import services as ledger
from accounts.ledger.accounts import AccountRef, owned_account, platform_account
from accounts.ledger.legs import Leg, credit, debit
from accounts.ledger.sockets import BOOKS, EventLine, GLLine, Lines, RoleLine
from core.errors import DomainError
from payments.cashier.sockets import DISCOUNTS, FUNDING_SOURCES, LegFacts, Offer, OrderFacts, Reason

LIMIT_FEN = 2_000
COUPON_FEN = 1_000
COUPON = platform_account("test_coupon:expense")
REFUNDED = "test_cashier.refunded"
BOOK = Lines(
    gl_codes=[GLLine("9101", "asset", "Test credit", "测试授信"), GLLine("9102", "expense", "Test coupons", "测试优惠券")],
    roles=[
        RoleLine("test_line:receivable", "asset", "9101", "Test line", "测试额度", floor=-LIMIT_FEN, hold_overdraft=True),
        RoleLine("test_coupon:expense", "expense", "9102", "Test coupons", "测试优惠券", mode="buffered"),
    ],
    events=[EventLine(REFUNDED, "Test refund", "测试退款")],
)
BOOKS.plug("tests.cashier", BOOK)


class LineUsedUp(DomainError):
    code = "test_line_used_up"
    en = "The line is used up. Repay first."
    zh = "额度已用完,请先还款。"


def receivable(customer_id: uuid.UUID) -> AccountRef:
    return owned_account(customer_id, "test_line:receivable")


@dataclass
class Line:
    """A credit line of 20.00 a customer, held in the ledger."""

    order: int = 40
    external: bool = False
    refuse_commit: bool = False
    told: list[tuple[str, uuid.UUID]] = field(default_factory=list)

    def offers(self, *, order: OrderFacts, customer_id: uuid.UUID, factors: int, at: datetime) -> Sequence[Offer]:
        left = LIMIT_FEN + queries.balance(receivable(customer_id)).available
        reason = None if left else Reason.of(LineUsedUp())
        return [Offer("", "Test line", "测试额度", left, fee_fen=12, reason=reason)]

    def hold(self, *, leg: LegFacts, at: datetime) -> uuid.UUID | None:
        self.told.append(("hold", leg.id))
        return ledger.hold(
            hold_id=leg.id, account=receivable(leg.customer_id), amount=leg.amount_fen, expires_at=leg.until, reference="test", at=at
        )

    def commit_legs(self, *, leg: LegFacts) -> Sequence[Leg]:
        return [debit(receivable(leg.customer_id), leg.amount_fen)]

    def committed(self, *, leg: LegFacts, journal_id: uuid.UUID, at: datetime) -> None:
        if self.refuse_commit:
            raise LineUsedUp()
        self.told.append(("committed", leg.id))

    def release(self, *, leg: LegFacts, at: datetime) -> None:
        assert leg.hold_id == leg.id
        ledger.release(hold_id=leg.hold_id, at=at)
        self.told.append(("release", leg.id))

    def refund_legs(self, *, leg: LegFacts, amount_fen: int) -> Sequence[Leg]:
        return [credit(receivable(leg.customer_id), amount_fen)]

    def refunded(self, *, leg: LegFacts, amount_fen: int, refund_id: uuid.UUID, at: datetime) -> None:
        self.told.append(("refunded", leg.id))


@dataclass
class Coupon:
    """Ten yuan off, for whoever asks."""

    order: int = 10
    most_fen: int = COUPON_FEN
    told: list[tuple[str, uuid.UUID]] = field(default_factory=list)

    def offers(self, *, order: OrderFacts, customer_id: uuid.UUID, factors: int, at: datetime) -> Sequence[Offer]:
        used = Reason("test_coupon_used", "This coupon is used.", "该优惠券已使用。")
        return [
            Offer("c-10", "Ten yuan off", "减 10 元", self.most_fen),
            Offer("c-5", "Five yuan off", "减 5 元", self.most_fen // 2),
            Offer("c-used", "Ten yuan off", "减 10 元", self.most_fen, reason=used),
        ]

    def hold(self, *, leg: LegFacts, at: datetime) -> uuid.UUID | None:
        self.told.append(("hold", leg.id))
        return None

    def commit_legs(self, *, leg: LegFacts) -> Sequence[Leg]:
        return [debit(COUPON, leg.amount_fen)]

    def committed(self, *, leg: LegFacts, journal_id: uuid.UUID, at: datetime) -> None:
        self.told.append(("committed", leg.id))

    def release(self, *, leg: LegFacts, at: datetime) -> None:
        self.told.append(("release", leg.id))

    def refund_legs(self, *, leg: LegFacts, amount_fen: int) -> Sequence[Leg]:
        return [credit(COUPON, amount_fen)]

    def refunded(self, *, leg: LegFacts, amount_fen: int, refund_id: uuid.UUID, at: datetime) -> None:
        self.told.append(("refunded", leg.id))


@contextmanager
def also_plugged(socket: Any, name: str, plug: Any) -> Iterator[Any]:
    """A plug beside those that are there, for the time of a block."""
    socket.plug(name, plug)
    try:
        yield plug
    finally:
        socket.unplug(name)


@dataclass
class Sources:
    line: Line
    coupon: Coupon


@contextmanager
def strange_sources() -> Iterator[Sources]:
    """The cashier with both of them, and their accounts in the books."""
    books.install()
    with also_plugged(FUNDING_SOURCES, "line", Line()) as line, also_plugged(DISCOUNTS, "coupon", Coupon()) as coupon:
        yield Sources(line, coupon)
