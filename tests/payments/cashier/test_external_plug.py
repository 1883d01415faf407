"""An external source the floor has never seen: placed, placed again elsewhere, committed, released, unknown, late and refunded by the
contract of docs/funding-sources.md alone."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from accounts.ledger.accounts import AccountRef
from accounts.ledger.legs import Leg, credit, debit
from core.clock import queries as clock
from payments.cards import agreements
from payments.cards.models import Card
from payments.cashier import sweeps
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from payments.cashier.services.funding import Pick
from payments.cashier.sockets import BUSINESS, FUNDING_SOURCES, ExternalSource, LegFacts, Offer, OrderFacts, Rerouted
from payments.channels import services as channels
from payments.channels.models import ChannelCredential, ChannelRequest
from payments.wallet.journals import clearing
from tests.payments.cashier.plugs import also_plugged
from tests.payments.cashier.test_routing import FIRST, bound_again
from tests.payments.cashier.test_unknown import deaf
from tests.payments.cashier.world import (
    Holder,
    assert_settled,
    booked,
    card_holder,
    new_order,
    pay,
    pending,
    request_of,
    settle_cashier,
    shop,
)
from tests.payments.refunds.world import assert_all_over, read, refund
from tests.payments.second_bank import SECOND, connect_second
from tests.payments.wallet.world import posted
from tests.sandbox_bank import SandboxBank

pytestmark = pytest.mark.django_db(transaction=True)
PICKS = [Pick("balance", fen=3_000), Pick("passbook", "book-1")]
FULL = 100_000_00


@dataclass
class Passbook:
    """A book at the bank that pays up to 500.00; at the bank it is known by the agreements of its holder's card."""

    card: Card
    order: int = 45
    external: bool = True
    told: list[str] = field(default_factory=list)

    def offers(self, *, order: OrderFacts, customer_id: uuid.UUID, factors: int, at: datetime) -> Sequence[Offer]:
        return [Offer("book-1", "Passbook", "存折", 50_000)]

    def hold(self, *, leg: LegFacts, at: datetime) -> uuid.UUID | None:
        self.told.append("hold")
        return None

    def place(self, *, leg: LegFacts, at: datetime) -> uuid.UUID:
        self.told.append("place")
        return self.placed(leg, FIRST, None, at)

    def place_next(self, *, leg: LegFacts, at: datetime) -> uuid.UUID | None:
        self.told.append("place_next")
        more = agreements.alive([self.card.id])
        if not more or ChannelRequest.objects.filter(business_id=leg.id, channel_id=SECOND).exists():
            return None
        return self.placed(leg, more[0].channel_id, more[0].token, at)

    def placed(self, leg: LegFacts, channel: str, token: str | None, at: datetime) -> uuid.UUID:
        return channels.place(
            channel=channel,
            operation="pay",
            business=BUSINESS,
            business_id=leg.id,
            customer_id=leg.customer_id,
            card_id=self.card.id,
            amount_fen=leg.amount_fen,
            reference=leg.order_public_id,
            bank_code=self.card.bank_id,
            party=token,
            at=at,
        ).id

    def account(self, leg: LegFacts) -> AccountRef:
        return clearing(ChannelRequest.objects.get(pk=leg.request_id).channel_id)

    def commit_legs(self, *, leg: LegFacts) -> Sequence[Leg]:
        return [debit(self.account(leg), leg.amount_fen)]

    def committed(self, *, leg: LegFacts, journal_id: uuid.UUID, at: datetime) -> None:
        self.told.append("committed")

    def release(self, *, leg: LegFacts, at: datetime) -> None:
        self.told.append("release")

    def refund_legs(self, *, leg: LegFacts, amount_fen: int) -> Sequence[Leg]:
        return [credit(self.account(leg), amount_fen)]

    def refunded(self, *, leg: LegFacts, amount_fen: int, refund_id: uuid.UUID, at: datetime) -> None:
        self.told.append(f"refunded {amount_fen}")


@contextmanager
def passbook(who: Holder) -> Iterator[Passbook]:
    book = Passbook(who.card)
    assert isinstance(book, ExternalSource)
    assert isinstance(book, Rerouted)
    with also_plugged(FUNDING_SOURCES, "passbook", book):
        yield book


def left(bank: SandboxBank, who: Holder) -> int:
    return int(bank.card(who.number)["balance_fen"])


def pending_payment(bank: SandboxBank, who: Holder) -> PaymentAttempt:
    bank.fault("processing_then_success", operations=["payment"], times=1, params={"after_ms": 0})
    attempt = pay(who.customer, new_order(shop(), 10_000), PICKS)
    assert attempt.result == "pending"
    return attempt


def decide(bank: SandboxBank, attempt: PaymentAttempt) -> None:
    bank.resolve(ChannelCredential.objects.get(retired_at=None).merchant, request_of(attempt).request_no)


def test_it_is_held_placed_committed_and_refunded(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with passbook(who) as book:
        order = new_order(where, 10_000)
        assert pay(who.customer, order, PICKS).result == "paid"
        order = read(order)
        assert booked(order.journal_id)[f"clearing:channel:{FIRST}"] == -7_000
        assert refund(order, 5_000).state == "succeeded"
        assert book.told == ["hold", "place", "committed", "refunded 3500"]
    assert (pending(where), posted(who.customer), left(connected, who)) == (4_970, 1_500, FULL - 3_500)
    assert_all_over(expected={who.customer: 1_500})


def test_a_definite_no_releases_it_and_the_order_can_be_paid_again(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=3_000)
    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    with passbook(who) as book:
        order = new_order(shop(), 10_000)
        assert (pay(who.customer, order, PICKS).result, read(order).state) == ("refused", "created")
        assert book.told == ["hold", "place", "release"]
        assert pay(who.customer, order, PICKS).result == "paid"
    assert_settled(expected={who.customer: 0})


def test_a_no_that_says_next_channel_goes_on_where_it_says(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=3_000)
    connect_second()
    bound_again(connected, who)
    connected.fault("maintenance", operations=["payment"], times=1)
    with passbook(who) as book:
        order = new_order(shop(), 10_000)
        attempt = pay(who.customer, order, PICKS)
        assert (attempt.result, book.told) == ("paid", ["hold", "place", "place_next", "committed"])
        assert booked(read(order).journal_id)[f"clearing:channel:{SECOND}"] == -7_000
        connected.fault("maintenance", operations=["payment"], times=2)
        assert pay(who.customer, new_order(shop(), 5_000), [Pick("passbook", "book-1")]).result == "refused"
        assert book.told[4:] == ["hold", "place", "place_next", "place_next", "release"]
    assert left(connected, who) == FULL - 7_000
    assert_settled(expected={who.customer: 0})


def test_an_unknown_answer_keeps_it_until_the_bank_has_said(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=3_000)
    with passbook(who) as book:
        attempt = pending_payment(connected, who)
        assert FundingLeg.objects.get(external=True).state in ("held", "unknown")
        assert book.told == ["hold", "place"]
        decide(connected, attempt)
        settle_cashier(clock.now() + timedelta(seconds=10))
        assert book.told == ["hold", "place", "committed"]
    assert (PaymentOrder.objects.get().state, left(connected, who)) == ("paid", FULL - 7_000)
    assert_settled(expected={who.customer: 0})


def test_a_late_success_is_never_committed_and_goes_back_in_full(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=3_000)
    with passbook(who) as book:
        attempt = pending_payment(connected, who)
        order = PaymentOrder.objects.get()
        deaf(connected)
        assert sweeps.expire_orders(shard=order.shard, at=order.expires_at) == 1
        connected.clear_faults()
        decide(connected, attempt)
        settle_cashier(order.expires_at + timedelta(seconds=2))
        assert book.told == ["hold", "place", "refunded 7000"]
    assert (read(order).state, left(connected, who)) == ("late_refunded", FULL)
    assert_settled(expected={who.customer: 3_000})
