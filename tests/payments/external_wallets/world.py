"""External wallets as a payer meets them: what is picked, what the payer does outside, and what the other house believes afterwards."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from accounts.identity.models import Customer
from core.clock import queries as clock
from core.limits import queries as used
from payments.cashier.models import PaymentAttempt, PaymentOrder
from payments.cashier.services.funding import Pick
from payments.channels import services as channels
from payments.channels.models import ChannelNotice, ChannelRequest
from payments.channels.notices import take_in
from payments.external_wallets.wallets import COUNTER, NAME
from tests.factories import Client
from tests.payments.alipay_gateway import AlipayGateway
from tests.payments.cashier.world import Shop, new_order, pay, request_of
from tests.payments.stripe_peer import ASKS_FIRST, StripePeer
from tests.payments.wechat_pay import WechatPay
from tests.processes import wait_until

TYPES = {"alipay": "application/x-www-form-urlencoded; charset=utf-8"}


class Wallet:
    """One of them. `kind`: what its payer is asked to do; `party`: what the app says beside the ref."""

    channel: str
    kind = "scan"

    def __init__(self, peer: Any) -> None:
        self.peer = peer

    @property
    def party(self) -> str:
        return ""

    def pick(self, fen: int | None = None) -> Pick:
        return Pick(NAME, self.channel, fen, party=self.party)

    def chosen(self) -> dict[str, str]:
        """The same over HTTP."""
        return {"method": NAME, "ref": self.channel, "party": self.party}

    def fault(self, name: str) -> AbstractContextManager[None]:
        found: AbstractContextManager[None] = self.peer.fault(name)
        return found

    def acts(self, number: str) -> None:
        """The payer does what they are asked."""
        self.peer.payer_acts(number)

    def letters(self) -> list[tuple[str, dict[str, str], bytes]]:
        """The notices of payments that the peer would send."""
        found: list[tuple[str, dict[str, str], bytes]] = self.peer.notices
        return found

    def kept_fen(self, number: str) -> int:
        """What the other house holds of a payment for us, less what it gave back."""
        raise NotImplementedError

    def named(self, number: str) -> str:
        """What the payer read there."""
        raise NotImplementedError


class WechatWallet(Wallet):
    channel = "wechat_v3"
    peer: WechatPay

    def kept_fen(self, number: str) -> int:
        held = self.peer.trades.get(number, {})
        return int(held["_left"]) if held.get("trade_state") == "SUCCESS" else 0

    def named(self, number: str) -> str:
        return str(self.peer.trades[number]["_as"]["description"])


class AlipayWallet(Wallet):
    channel = "alipay"
    peer: AlipayGateway

    def kept_fen(self, number: str) -> int:
        held = self.peer.trades.get(number, {})
        return int(held["_left"]) if "send_pay_date" in held else 0

    def named(self, number: str) -> str:
        return str(self.peer.placed[number]["subject"])


class StripeWallet(Wallet):
    channel, kind = "stripe", "invoke"
    peer: StripePeer
    number = ASKS_FIRST

    def __init__(self, peer: StripePeer) -> None:
        super().__init__(peer)
        peer.fee_bp, peer.fee_fixed = 290, 30

    @property
    def party(self) -> str:
        card = {"card[number]": self.number, "card[exp_month]": "12", "card[exp_year]": "2040", "card[cvc]": "123"}
        return str(self.peer.made("/v1/payment_methods", type="card", **card)["id"])

    def acts(self, number: str) -> None:
        intent = self.peer.intent(number)
        self.peer.made(f"/v1/payment_intents/{intent['id']}/_authenticate", client_secret=intent["client_secret"], success="true")

    def letters(self) -> list[tuple[str, dict[str, str], bytes]]:
        wait_until(lambda: bool(self.peer.told()), "localstripe sent no event")
        return [(path, {"Stripe-Signature": headers["Stripe-Signature"]}, raw) for path, headers, raw in self.peer.told()]

    def kept_fen(self, number: str) -> int:
        found = [one for one in self.peer.intents() if one["metadata"].get("request_no") == number and one["status"] == "succeeded"]
        return sum(int(one["amount"]) - int(one["latest_charge"]["amount_refunded"]) for one in found)

    def named(self, number: str) -> str:
        return str(self.peer.intent(number)["metadata"]["subject"])


def waiting(wallet: Wallet, who: Customer, where: Shop, fen: int, picks: list[Pick] | None = None, **facts: Any) -> PaymentAttempt:
    """An attempt whose payer is asked to act, after `picks`."""
    attempt = pay(who, new_order(where, fen, **facts), [*(picks or []), wallet.pick()])
    assert attempt.result == "pending"
    return attempt


def number_of(attempt: PaymentAttempt) -> str:
    return str(request_of(attempt).request_no)


def asked(attempt: PaymentAttempt, *, after: timedelta = timedelta(0)) -> ChannelRequest:
    """What the worker does when it is due."""
    return channels.query(request_id=request_of(attempt).id, at=clock.now() + after)


def read(order_id: Any) -> PaymentOrder:
    return PaymentOrder.objects.get(pk=order_id)


def deliver(wallet: Wallet, letter: tuple[str, dict[str, str], bytes]) -> int:
    """A notice comes in at the door and is taken in."""
    _, headers, raw = letter
    kind = TYPES.get(wallet.channel, "application/json")
    answer = Client().generic("POST", f"/v1/payments/notices/{wallet.channel}", raw, content_type=kind, headers=headers)
    for kept in ChannelNotice.objects.filter(state="received"):
        take_in(notice_id=kept.id, at=clock.now())
    return int(answer.status_code)


def counted(who: Customer) -> int:
    """What of the day's limit is used, in fen."""
    return used.used(counter=COUNTER, owner=who.id, period=clock.local_day(clock.now()).isoformat())
