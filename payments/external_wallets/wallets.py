"""Wallets of other houses (WeChat Pay, Alipay, cards kept by Stripe) as one external funding source: a method for each connected channel.

| moment | state | what the source does |
| --- | --- | --- |
| the attempt begins (`hold`, `place`) | leg held, request new | counts the amount against the payer's day; writes the request |
| the channel asks the payer to act | leg unknown, request action_required | nothing: the cashier shows the action |
| the channel says done | leg committed | clearing:channel 40.00 -> (the cashier's one journal, `cashier.paid`) |
| it says no, or the payer gave it up | leg released | gives the day back |
| done after the order was closed | leg committed, order late | clearing:channel 40.00 -> payable:unapplied (`cashier.late`), and back |
| done after it was released | leg committed | counts it again (`taken`), then as late |
| 20.00 of it refunded | leg committed | (`refunds.done`) -> clearing:channel 20.00; gives the day back |
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.ledger.accounts import AccountRef
from accounts.ledger.legs import Leg, credit, debit
from core.clock.queries import local_day
from core.errors import DomainError
from core.limits import queries as used
from core.limits import services as limits
from core.limits.queries import cap
from core.limits.services import LimitReached
from core.limits.sockets import CapKind
from payments.cashier.sockets import BUSINESS, LegFacts, Offer, OrderFacts, Reason
from payments.channels import doors
from payments.channels import queries as channels
from payments.channels import services as calls
from payments.external_wallets.ways import PARTIES
from payments.wallet.journals import clearing

NAME = "external_wallet"
COUNTER = "external_wallet:day"
UNLIMITED = 2**62
SINGLE = CapKind("external_wallets.single_fen", _("Most of one payment by an external wallet (fen)"), usual=5_000_000, most=100_000_000)
DAY = CapKind(
    "external_wallets.day_fen", _("Most one customer pays by external wallets, a day (fen)"), usual=10_000_000, most=1_000_000_000
)


class DayUsedUp(DomainError):
    """`cap` and `remaining` in fen."""

    code = "external_wallet_day_limit"
    en = "At most {cap} fen a day can be paid by external wallets; {remaining} fen are left today. Pay another way, or tomorrow."
    zh = "每日通过外部钱包最多支付 {cap} 分,今日剩余 {remaining} 分,请更换支付方式或明日再试。"


class ExternalWallets:
    order = 60
    external = True
    attended = True
    refusals = (DayUsedUp,)

    def offers(self, *, order: OrderFacts, customer_id: UUID, factors: int, at: datetime) -> Sequence[Offer]:
        """One for each connected channel, by its code. A fixed number of queries, however many there are; one where there is none."""
        found = channels.connected(PARTIES)
        if not found:
            return []
        shut = doors.shut({(channel.code, "") for channel in found}, at)
        most = most_now(customer_id, at)
        spent = None if most else DayUsedUp(cap=cap(DAY, at), remaining=0)
        offers = []
        for channel in found:
            refused = shut.get((channel.code, "")) or spent
            reason, fen = (None, most) if refused is None else (Reason.of(refused), 0)
            offers.append(Offer(channel.code, channel.name_en, channel.name_zh, fen, reason=reason, party=PARTIES[channel.adapter]))
        return offers

    def hold(self, *, leg: LegFacts, at: datetime) -> UUID | None:
        """Raises DayUsedUp, ChannelNotConnected. `offers` said that it is within the single limit."""
        calls.open_port(leg.ref)
        count(leg.customer_id, leg.amount_fen, at)
        return None

    def place(self, *, leg: LegFacts, at: datetime) -> UUID:
        """Raises what `channels.place` raises."""
        request = calls.place(
            channel=leg.ref,
            operation="pay",
            business=BUSINESS,
            business_id=leg.id,
            customer_id=leg.customer_id,
            card_id=None,
            amount_fen=leg.amount_fen,
            reference=leg.order_public_id,
            party=leg.party,
            at=at,
        )
        return request.id

    def commit_legs(self, *, leg: LegFacts) -> Sequence[Leg]:
        return [debit(account(leg), leg.amount_fen)]

    def committed(self, *, leg: LegFacts, journal_id: UUID, at: datetime) -> None:
        """The request says all there is to say."""

    def release(self, *, leg: LegFacts, at: datetime) -> None:
        give_back(leg, leg.amount_fen)

    def taken(self, *, leg: LegFacts, at: datetime) -> None:
        limits.take(counter=COUNTER, owner=leg.customer_id, period=day_of(leg), amount=leg.amount_fen, cap=UNLIMITED)

    def refund_legs(self, *, leg: LegFacts, amount_fen: int) -> Sequence[Leg]:
        return [credit(account(leg), amount_fen)]

    def refunded(self, *, leg: LegFacts, amount_fen: int, refund_id: UUID, at: datetime) -> None:
        give_back(leg, amount_fen)


def account(leg: LegFacts) -> AccountRef:
    """A leg stays with the channel it names."""
    return clearing(leg.ref)


def day_of(leg: LegFacts) -> str:
    return local_day(leg.began_at).isoformat()


def count(customer_id: UUID, amount_fen: int, at: datetime) -> None:
    """Raises DayUsedUp."""
    try:
        limits.take(counter=COUNTER, owner=customer_id, period=local_day(at).isoformat(), amount=amount_fen, cap=DAY.on(at))
    except LimitReached as reached:
        raise DayUsedUp(cap=cap(DAY, at), remaining=left_today(customer_id, at)) from reached


def most_now(customer_id: UUID, at: datetime) -> int:
    """What one payment may be at most, in fen."""
    return min(cap(SINGLE, at), left_today(customer_id, at))


def give_back(leg: LegFacts, amount_fen: int) -> None:
    limits.give_back(counter=COUNTER, owner=leg.customer_id, period=day_of(leg), amount=amount_fen)


def left_today(customer_id: UUID, at: datetime) -> int:
    """What of the day a customer may still pay by external wallets, in fen."""
    return max(cap(DAY, at) - used.used(counter=COUNTER, owner=customer_id, period=local_day(at).isoformat()), 0)
