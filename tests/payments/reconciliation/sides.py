"""WeChat Pay, Alipay and Stripe as reconciliation meets them: money moves through the platform, and each can be made to tell it wrong."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from accounts.ledger import services as ledger
from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import credit, debit
from core.business_day import services as business_day
from core.clock import queries as clock
from core.ids import new_id
from payments.channels import services
from payments.channels.models import ChannelRequest
from payments.reconciliation import journals
from tests.factories import customer
from tests.payments.alipay_gateway import AlipayGateway, fen_of, yuan
from tests.payments.ledgerless import BUSINESS
from tests.payments.stripe_peer import StripePeer
from tests.payments.wechat_pay import WechatPay

STRANGER = "EXTRA0001"


class Booked:
    """A room whose payments, refunds and payouts are booked against its channel's clearing account as they are settled."""

    def settled(self, *, request: ChannelRequest, at: datetime) -> None:
        if request.state == "success":
            post(request, 1 if request.operation == "pay" else -1, at)

    def returned(self, *, request: ChannelRequest, at: datetime) -> None:
        post(request, 1, at)


def post(request: ChannelRequest, sign: int, at: datetime) -> None:
    owner = platform_account("equity:capital")
    pair = (journals.clearing(request.channel_id), owner) if sign > 0 else (owner, journals.clearing(request.channel_id))
    legs = [debit(pair[0], request.amount_fen), credit(pair[1], request.amount_fen)]
    ledger.post(journal_id=new_id(), event="ledger.adjusted", legs=legs, reference=request.reference, at=at)


def sent(channel: str, operation: str, amount_fen: int, *, party: str = "", original: ChannelRequest | None = None) -> ChannelRequest:
    row_id = uuid.uuid4()
    request = services.place(
        channel=channel,
        operation=operation,
        business=BUSINESS,
        business_id=row_id,
        reference=f"test_{row_id.hex}",
        customer_id=original.customer_id if original else customer(verified_class=None).id,
        card_id=None,
        original_id=original.id if original else None,
        party=party,
        amount_fen=amount_fen,
        at=clock.now(),
    )
    return services.send(request_id=request.id, at=clock.now())


class Side(Protocol):
    """One channel. `bends` makes its list (and where it has no other, its account) say something else from now on."""

    channel: str
    pays_out: bool
    has_account: bool

    def fee_fen(self, amount_fen: int) -> int: ...

    def paid(self, amount_fen: int) -> ChannelRequest: ...

    def payout(self, amount_fen: int) -> ChannelRequest: ...

    def bends(self) -> dict[str, Callable[[str], None]]: ...


def refunded(paid: ChannelRequest, amount_fen: int) -> ChannelRequest:
    return sent(paid.channel_id, "refund", amount_fen, original=paid)


def asked(request: ChannelRequest) -> ChannelRequest:
    return services.query(request_id=request.id, at=clock.now())


class Wechat:
    channel, pays_out, has_account = "wechat_v3", True, True

    def __init__(self, pay: WechatPay) -> None:
        self.pay = pay

    def fee_fen(self, amount_fen: int) -> int:
        return (amount_fen * 60 + 5_000) // 10_000

    def paid(self, amount_fen: int) -> ChannelRequest:
        request = sent(self.channel, "pay", amount_fen)
        self.pay.payer_acts(request.request_no)
        return asked(request)

    def payout(self, amount_fen: int) -> ChannelRequest:
        request = sent(self.channel, "payout", amount_fen, party="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
        self.pay.payer_acts(request.request_no)
        return asked(request)

    def bends(self) -> dict[str, Callable[[str], None]]:
        trades = self.pay.trades

        def amount(number: str) -> None:
            trades[number] |= {"amount": trades[number]["amount"] | {"total": trades[number]["amount"]["total"] + 700}}

        def fee(number: str) -> None:
            trades[number]["_fee"] += 50

        def add(number: str, of: str) -> None:
            trades[number] = trades[of] | {"out_trade_no": number}

        return {
            "amount": amount,
            "fee": fee,
            "theirs_only": lambda number: add(STRANGER, number),
            "duplicate": lambda number: trades.update({STRANGER: dict(trades[number])}),
            "cut_off": lambda number: [trades.pop(number), None][1],
        }


class Alipay:
    channel, pays_out, has_account = "alipay", True, True

    def __init__(self, gateway: AlipayGateway) -> None:
        self.gateway = gateway

    def fee_fen(self, amount_fen: int) -> int:
        return (amount_fen * 60 + 5_000) // 10_000

    def paid(self, amount_fen: int) -> ChannelRequest:
        request = sent(self.channel, "pay", amount_fen)
        self.gateway.payer_acts(request.request_no)
        return asked(request)

    def payout(self, amount_fen: int) -> ChannelRequest:
        return sent(self.channel, "payout", amount_fen, party="2088102169481999")

    def bends(self) -> dict[str, Callable[[str], None]]:
        trades = self.gateway.trades

        def amount(number: str) -> None:
            trades[number]["total_amount"] = yuan(fen_of(trades[number]["total_amount"]) + 700)

        def fee(number: str) -> None:
            trades[number]["_fee"] += 50

        return {
            "amount": amount,
            "fee": fee,
            "theirs_only": lambda number: trades.update({STRANGER: trades[number] | {"out_trade_no": STRANGER}}),
            "duplicate": lambda number: trades.update({STRANGER: dict(trades[number])}),
            "cut_off": lambda number: [trades.pop(number), None][1],
        }


class Stripe:
    """Its orders and its account are one list of movements."""

    channel, pays_out, has_account = "stripe", False, False

    def __init__(self, peer: StripePeer) -> None:
        self.peer = peer
        peer.fee_bp, peer.fee_fixed = 290, 30

    def fee_fen(self, amount_fen: int) -> int:
        return (amount_fen * 290 + 5_000) // 10_000 + 30

    def paid(self, amount_fen: int) -> ChannelRequest:
        return sent(self.channel, "pay", amount_fen, party=self.peer.method())

    def payout(self, amount_fen: int) -> ChannelRequest:
        raise AssertionError("Stripe pays out to nobody else")

    def bends(self) -> dict[str, Callable[[str], None]]:
        def number(one: dict[str, Any]) -> str:
            source = one.get("source")
            intent = source.get("payment_intent") if isinstance(source, dict) else None
            return str(intent["metadata"].get("request_no", "")) if isinstance(intent, dict) else ""

        def bent(change: Callable[[dict[str, Any]], list[dict[str, Any]]]) -> Callable[[str], None]:
            def bend(wanted: str) -> None:
                self.peer.rewritten = lambda found: [out for one in found for out in (change(one) if number(one) == wanted else [one])]

            return bend

        def stranger(one: dict[str, Any]) -> dict[str, Any]:
            intent = one["source"]["payment_intent"] | {"metadata": {"request_no": STRANGER}}
            return one | {"id": "txn_other", "source": one["source"] | {"payment_intent": intent}}

        return {
            "amount": bent(lambda one: [one | {"amount": one["amount"] + 700, "net": one["net"] + 700}]),
            "fee": bent(lambda one: [one | {"fee": one["fee"] + 50, "net": one["net"] - 50}]),
            "theirs_only": bent(lambda one: [one, stranger(one)]),
            "duplicate": bent(lambda one: [one, one | {"id": "txn_other"}]),
            "cut_off": bent(lambda one: []),
        }


def tomorrow(traveller: Any) -> date:
    """Eleven in the morning of the next Shanghai day, for us and for the peers in this process; the day that is over."""
    day = clock.local_day(clock.wall())
    traveller.move_to(clock.start_of_day(day + timedelta(days=1)) + timedelta(hours=11))
    business_day.cut_off(at=clock.now())
    return day
