"""What an order can be paid with, what a choice comes to, and the legs of an attempt as their sources see them."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.ledger.legs import Leg
from core.errors import DomainError
from payments.cashier.legs import Chosen, Method, Share, allocate, default_choice
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from payments.cashier.services import orders
from payments.cashier.sockets import ForPayees, LegFacts, OrderFacts, is_attended, payee_of, plugged, source_of

HELD_AFTER = timedelta(days=1)
"""How long beyond its order's life money stays held: the sweeper closes the order long before."""


class UnknownMethod(DomainError):
    code = "funding_method_unknown"
    status = 422
    en = "There is no such way to pay here. Choose one that the list of methods shows."
    zh = "不存在该支付方式,请从可用支付方式列表中选择。"


class NothingChosen(DomainError):
    code = "funding_nothing_chosen"
    status = 422
    en = "Choose a way to pay."
    zh = "请选择支付方式。"


@dataclass(frozen=True)
class Pick:
    """A method the customer names. `fen`: exactly so much of it; None: as much as is needed. `party`: who pays outside, or how."""

    source: str
    ref: str = ""
    fen: int | None = None
    discount: bool = False
    party: str = field(default="", repr=False)


def facts_of(order: PaymentOrder) -> OrderFacts:
    return OrderFacts(
        id=order.id,
        public_id=order.public_id,
        merchant_id=order.merchant_id,
        store_id=order.store_id,
        scene=order.scene,
        subject=order.subject,
        amount_fen=order.amount_fen,
        currency=order.currency,
        payee=order.payee,
    )


def methods(
    *, order: PaymentOrder, customer_id: uuid.UUID, at: datetime, factors: int = 1, only: Iterable[tuple[bool, str]] | None = None
) -> list[Method]:
    """Every method of every plug (or of those in `only`: discount, name), in the order of the sources."""
    facts, wanted = facts_of(order), None if only is None else set(only)
    found = []
    for discount in (True, False):
        for name, source in plugged(discount=discount).items():
            if wanted is not None and (discount, name) not in wanted:
                continue
            if discount and order.payee and not (isinstance(source, ForPayees) and source.for_payees):
                continue
            external = getattr(source, "external", False)
            offers = source.offers(order=facts, customer_id=customer_id, factors=factors, at=at)
            attended = external and is_attended(name)
            found += [Method(name, source.order, offer, discount, external, attended) for offer in offers]
    return sorted(found, key=lambda method: method.order)


def shares(*, order: PaymentOrder, customer_id: uuid.UUID, picks: Sequence[Pick], at: datetime, factors: int = 1) -> list[Share]:
    """What each picked method gives. Only the sources named are asked.

    Raises NothingChosen, UnknownMethod, and what `legs.allocate` raises.
    """
    if not picks:
        raise NothingChosen()
    wanted = [(pick.discount, pick.source) for pick in picks]
    named = methods(order=order, customer_id=customer_id, at=at, factors=factors, only=wanted)
    known = {method.key: method for method in named}
    chosen = []
    for pick in picks:
        method = known.get((pick.discount, pick.source, pick.ref))
        if method is None:
            raise UnknownMethod()
        chosen.append(Chosen(method, pick.fen, pick.party))
    return allocate(order.amount_fen, chosen)


def proposal(amount_fen: int, found: Sequence[Method]) -> tuple[dict[tuple[bool, str, str], int], int]:
    """What each method (by its key) gives in the choice the cashier proposes, and what all of it leaves missing."""
    chosen = default_choice(found)
    missing = max(amount_fen - sum(one.method.offer.most_fen for one in chosen), 0)
    if missing:
        return {one.method.key: one.method.offer.most_fen for one in chosen}, missing
    return {share.method.key: share.amount_fen for share in allocate(amount_fen, chosen)}, 0


def payer_fen(planned: Iterable[Share]) -> int:
    """What the payer gives of an order: all but its discounts."""
    return sum(share.amount_fen for share in planned if not share.method.discount)


def leg_facts(*, leg: FundingLeg, attempt: PaymentAttempt, order: PaymentOrder, at_once: bool = False, party: str = "") -> LegFacts:
    return LegFacts(
        id=leg.id,
        order_id=order.id,
        order_public_id=order.public_id,
        customer_id=attempt.customer_id,
        merchant_id=order.merchant_id,
        ref=leg.ref,
        amount_fen=leg.amount_fen,
        factors=attempt.factors,
        at_once=at_once,
        until=order.expires_at + HELD_AFTER,
        began_at=attempt.created_at,
        hold_id=leg.hold_id,
        request_id=leg.request_id,
        party=party,
    )


def debits(leg: FundingLeg, facts: LegFacts) -> list[Leg]:
    """The source's own debits, which must come to the leg's amount."""
    found = list(source_of(leg.source, discount=leg.discount).commit_legs(leg=facts))
    assert_sum(leg, found, -leg.amount_fen)
    return found


def payee_credits(order: PaymentOrder) -> list[Leg]:
    """Where the money of a payee's order goes."""
    found = list(payee_of(order.payee).credits(order=orders.payee_facts(order), amount_fen=order.amount_fen))
    assert_comes_to(order, found, order.amount_fen)
    return found


def payee_debits(order: PaymentOrder, amount_fen: int) -> list[Leg]:
    """Whence a refund of a payee's order is paid."""
    found = list(payee_of(order.payee).refund_debits(order=orders.payee_facts(order), amount_fen=amount_fen))
    assert_comes_to(order, found, -amount_fen)
    return found


def assert_comes_to(order: PaymentOrder, found: Sequence[Leg], wanted_fen: int) -> None:
    assert all(one.account.asset == order.currency for one in found), f"{order.payee} books another asset than its order's"
    assert sum(one.amount for one in found) == wanted_fen, f"{order.payee} books another amount than {order.public_id} says"


def assert_sum(leg: FundingLeg, found: Sequence[Leg], wanted_fen: int) -> None:
    """A source that gives another amount than its leg's, or makes another asset out of nothing, is a defect."""
    sums: dict[str, int] = {}
    for one in found:
        sums[one.account.asset] = sums.get(one.account.asset, 0) + one.amount
    assert sums.pop(PaymentOrder.currency, 0) == wanted_fen, f"{leg.source} gives another amount than {leg.public_id} says"
    assert not any(sums.values()), f"{leg.source} does not balance its own assets"
