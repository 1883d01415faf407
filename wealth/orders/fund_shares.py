"""Shares of money funds as a way to pay at the cashier (docs/funding-sources.md), by fast redemption. A payment counts against what the
customer's account may pay out, like one from the balance: the cash passes through it in all but name."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.ledger.legs import Leg, credit, debit
from accounts.verification import services as verification
from core.business_day.queries import BeyondCalendar
from core.errors import DomainError, NotFound
from core.ids import parse_public_id
from payments.cashier.balance import give_back_limit, may_pay
from payments.cashier.sockets import LegFacts, Offer, OrderFacts, Reason
from wealth.catalog import accounts
from wealth.catalog.queries import Product
from wealth.current import queries as current
from wealth.current.queries import CurrentHolding
from wealth.current.services.moving import UnitsNotFree
from wealth.issuers.services import IssuerOff
from wealth.orders import queries
from wealth.orders.refusals import FastLimitReached, FastNotOffered, SharesUsedUp
from wealth.orders.services import spending

NAME = "fund_share"


class FundShares:
    order = 30
    external = False
    refusals: Sequence[type[DomainError]] = (UnitsNotFree, FastNotOffered, FastLimitReached, IssuerOff, BeyondCalendar)

    def offers(self, *, order: OrderFacts, customer_id: UUID, factors: int, at: datetime) -> Sequence[Offer]:
        """In the same queries however many funds."""
        held = [one for one in current.spendable(customer_id) if one.product.current is not None]
        used = queries.fast_used_of(customer_id, [one.product_id for one in held], at)
        may = may_pay(customer_id, factors, at) if held else 0
        found = [offer(one, used.get(one.product_id, 0), may) for one in held]
        return sorted(found, key=lambda one: -one.most_fen)

    def has(self, *, customer_id: UUID, ref: str) -> bool:
        try:
            product_id = parse_public_id(Product.PREFIX, ref)
        except NotFound:
            return False
        return current.holding(customer_id, product_id) is not None

    def hold(self, *, leg: LegFacts, at: datetime) -> UUID | None:
        """Raises what `spending.set_aside` and the account's outflow limits refuse with."""
        verification.count_outflow(customer_id=leg.customer_id, amount_fen=leg.amount_fen, factors=leg.factors, at=at)
        product_id = parse_public_id(Product.PREFIX, leg.ref)
        spending.set_aside(leg_id=leg.id, customer_id=leg.customer_id, product_id=product_id, units_fen=leg.amount_fen, at=at)
        return None

    def commit_legs(self, *, leg: LegFacts) -> Sequence[Leg]:
        return [debit(accounts.advance(parse_public_id(Product.PREFIX, leg.ref)), leg.amount_fen)]

    def committed(self, *, leg: LegFacts, journal_id: UUID, at: datetime) -> None:
        spending.spent(leg_id=leg.id, journal_id=journal_id, at=at)

    def release(self, *, leg: LegFacts, at: datetime) -> None:
        spending.released(leg_id=leg.id, began_at=leg.began_at, at=at)
        give_back_limit(leg, leg.amount_fen)

    def refund_legs(self, *, leg: LegFacts, amount_fen: int) -> Sequence[Leg]:
        return [credit(accounts.payments(parse_public_id(Product.PREFIX, leg.ref)), amount_fen)]

    def refunded(self, *, leg: LegFacts, amount_fen: int, refund_id: UUID, at: datetime) -> None:
        spending.bought_back(leg_id=leg.id, amount_fen=amount_fen, refund_id=refund_id, began_at=leg.began_at, at=at)
        give_back_limit(leg, amount_fen)


def offer(held: CurrentHolding, used_fen: int, may: int | DomainError) -> Offer:
    version = held.product.current
    assert version is not None
    left = max(0, version.t0_cap_fen - used_fen)
    refusal = may if isinstance(may, DomainError) else None if left else SharesUsedUp(cap_fen=version.t0_cap_fen)
    most = 0 if isinstance(may, DomainError) else min(left, held.free_fen, may)
    return Offer(held.product.public_id, version.name_en, version.name_zh, most, reason=Reason.of(refusal) if refusal else None)
