"""A customer with a card at the real sandbox bank, and every job of the wallet run to the end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.identity.models import Customer
from accounts.security import services as security
from core.business_day import services as business_day
from core.clock import queries as clock
from payments.cards.models import Card
from payments.channels.models import ChannelRequest
from payments.wallet import outbound, queries, sweeps
from payments.wallet.models import TopUp, Transfer, Withdrawal
from payments.wallet.services import top_ups, withdrawals
from tests.factories import PIN
from tests.ledger_proof import assert_books_balance
from tests.payments.settle import assert_nothing_open, settle
from tests.payments.wallet.world import fund, proven
from tests.payments.world import bind, payer
from tests.sandbox_bank import SandboxBank

SHARDS = 64


@dataclass
class Holder:
    """A customer, their bound card, and its number at the bank."""

    customer: Customer
    card: Card
    number: str


def card_holder(bank: SandboxBank, number: str = "", *, fen: int = 0) -> Holder:
    """A verified customer with a PIN and a bound card (their own unless told), and `fen` on the balance."""
    business_day.open_first_day(at=clock.now())
    who = payer(bank, at=clock.now())
    card = bind(bank, who, number, at=clock.now())
    security.set_pin(customer_id=who.customer.id, pin=PIN, at=clock.now())
    if fen:
        fund(who.customer, fen)
    return Holder(who.customer, card, number or who.cards[0])


def start_top_up(who: Holder, fen: int, *, at: datetime | None = None) -> TopUp:
    given = proven(who.customer, amount_fen=fen, payee=who.card.public_id, purpose="top_up")
    return top_ups.start(intent=given, card_id=who.card.id, amount_fen=fen, at=at or clock.now())


def top_up(who: Holder, fen: int, *, at: datetime | None = None) -> TopUp:
    at = at or clock.now()
    return outbound.ask_top_up(top_up_id=start_top_up(who, fen, at=at).id, at=at)


def hold_withdrawal(who: Holder, fen: int, *, at: datetime | None = None) -> Withdrawal:
    given = proven(who.customer, amount_fen=fen, payee=who.card.public_id, purpose="withdraw")
    return withdrawals.hold(intent=given, card_id=who.card.id, amount_fen=fen, at=at or clock.now())


def withdraw(who: Holder, fen: int, *, at: datetime | None = None) -> Withdrawal:
    at = at or clock.now()
    return outbound.send_withdrawal(withdrawal_id=hold_withdrawal(who, fen, at=at).id, at=at)


def settle_wallet(at: datetime, *, pause_s: float = 0.0) -> datetime:
    """Every job of channels and wallet until nothing moves."""
    for _ in range(3):
        at = settle(at, pause_s=pause_s)
        moved = sum(
            sweep(shard=shard, at=at)
            for shard in range(SHARDS)
            for sweep in (sweeps.expire_transfers, sweeps.send_held, sweeps.place_refunds, sweeps.give_up_top_ups)
        )
        if not moved:
            return at
    raise AssertionError("the wallet's sweepers find no end")


def assert_settled(*, expected: dict[Customer, int]) -> None:
    """Ledger sum zero, no open hold, no open request, no order on its way, and these balances."""
    assert_nothing_open()
    assert_books_balance()
    assert not TopUp.objects.filter(state__in=["created", "processing", "refunding"]).exists()
    assert not Withdrawal.objects.filter(state__in=["held", "sent"]).exists()
    assert not Transfer.objects.filter(state="in_transit").exists()
    for customer, fen in expected.items():
        found = queries.balance(customer.id)
        assert (found.posted, found.held) == (fen, 0)


def request_of(order: TopUp | Withdrawal, operation: str = "") -> ChannelRequest:
    found = ChannelRequest.objects.filter(business_id=order.id)
    return found.get(operation=operation) if operation else found.get()


def long_after(at: datetime) -> datetime:
    return at + timedelta(hours=25)
