"""Stripe as a channel (docs/channels.md): payments by saved payment methods, refunds, and the balance as a statement."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import stripe
from django.conf import settings

from core.clock import queries as clock
from core.money import CNY
from payments.channels.cardless import Cardless
from payments.channels.models import ChannelCredential
from payments.channels.port import (
    JSON_RECEIPT,
    Capability,
    ChannelUnreachable,
    Failed,
    NotCapable,
    Notice,
    OrderResult,
    StatementFile,
    StatementNotReady,
    Success,
    Unknown,
    about,
)
from payments.channels.services import ChannelNotConnected
from payments.channels.stripe import answers, movements, notices
from payments.channels.stripe.client import NUMBER, Account, Client, Document, number
from payments.channels.transport import NoAnswer, NotDelivered, Patience

STATEMENTS = frozenset({Capability.STATEMENT_CSV, Capability.STATEMENT_ACCOUNT})
PLACEHOLDER_FEN = 100_00
"""The amount of a payment that only takes a number away: it has no payment method, and is cancelled at once."""


class Stripe(Cardless):
    """The port, opened with one account's keys. `token` names a saved payment method: `pm_...`, or `cus_.../pm_...` with its customer.

    Every act goes under our number as Stripe's idempotency key, so that a number sent again is the same act.
    """

    capabilities = STATEMENTS | {Capability.PAY, Capability.CLOSE, Capability.REFUND, Capability.NOTICES}
    receipt = JSON_RECEIPT

    def __init__(self, account: Account) -> None:
        self.account = account
        self.client = Client(account)

    def pay(self, *, request_no: str, token: str, amount_fen: int, currency: str, subject: str) -> OrderResult:
        """A refusal leaves a payment that could be tried with another method: it is cancelled, and then the number is over."""
        customer, _, method = token.rpartition("/")
        content = {
            "amount": amount_fen,
            "currency": currency.lower(),
            "payment_method": method,
            "payment_method_types": ["card"],
            "confirm": True,
            "capture_method": "automatic",
            "metadata": {NUMBER: request_no, "subject": subject},
            **({"customer": customer} if customer else {}),
        }
        self.client.begin()
        return about(request_no, answers.acted(lambda: self.paid(content)))

    def paid(self, content: Document) -> OrderResult:
        request_no = content["metadata"][NUMBER]
        try:
            made = self.client.pay(content, key=request_no)
            return answers.payment(made) if number(made) == request_no else Unknown("answer_disagrees")
        except (stripe.CardError, stripe.IdempotencyError) as problem:
            otherwise = Failed(answers.refusal(problem))
        known = answers.asked(lambda: self.ended(request_no))
        if isinstance(known, Success) and known.facts.amount_fen == content["amount"]:
            return known
        if isinstance(known, Failed):
            return known
        return Unknown(otherwise.code) if isinstance(known, Unknown) and known.seen else otherwise

    def query(self, *, request_no: str) -> OrderResult:
        self.client.begin()
        return about(request_no, answers.asked(lambda: self.ended(request_no)))

    def ended(self, request_no: str) -> OrderResult:
        """What became of a number; a payment that nobody will go on with is cancelled."""
        found = self.client.intent(request_no)
        if found is None:
            return answers.not_seen()
        return self.cancelled(found) if found.get("status") in answers.STUCK else answers.payment(found)

    def cancelled(self, found: Document) -> OrderResult:
        return answers.payment(self.client.cancel(answers.text(found, "id")))

    def close(self, *, request_no: str, operation: str) -> OrderResult:
        """A number never seen is taken, so that what is still on its way under it will be refused."""
        if operation != "pay":
            raise NotCapable(Capability.PAYOUT)
        self.client.begin()
        return about(request_no, answers.asked(lambda: self.closed(request_no)))

    def closed(self, request_no: str) -> OrderResult:
        found = self.client.intent(request_no)
        if found is None:
            content = {"amount": PLACEHOLDER_FEN, "currency": CNY.code.lower(), "metadata": {NUMBER: request_no}}
            found = self.client.pay(content, key=request_no)
        open_still = found.get("status") in answers.STUCK or found.get("status") == "requires_action"
        return self.cancelled(found) if open_still else answers.payment(found)

    def refund(self, *, request_no: str, payment_request_no: str, amount_fen: int, currency: str, reason: str) -> OrderResult:
        """A refund names Stripe's own id of the payment, which is asked for first; without it nothing is sent."""
        self.client.begin()
        paid = answers.asked(lambda: self.ended(payment_request_no))
        if not isinstance(paid, Success):
            return Failed("original_not_known", retryable=not isinstance(paid, Failed))
        metadata = {NUMBER: request_no, "reason": reason}
        content = {"payment_intent": paid.facts.channel_no, "amount": amount_fen, "metadata": metadata}
        return about(request_no, answers.acted(lambda: answers.refund(self.client.give_back(content, key=request_no))))

    def query_refund(self, *, request_no: str, payment_request_no: str) -> OrderResult:
        self.client.begin()
        return about(request_no, answers.asked(lambda: self.refunded(request_no, payment_request_no)))

    def refunded(self, request_no: str, payment_request_no: str) -> OrderResult:
        intent = self.client.intent(payment_request_no)
        found = None if intent is None else self.client.refund(request_no, answers.text(intent, "id"))
        return answers.not_seen() if found is None else answers.refund(found)

    def payout(self, *, request_no: str, token: str, amount_fen: int, currency: str, remark: str) -> OrderResult:
        """Stripe pays out to its account's own bank account alone."""
        raise NotCapable(Capability.PAYOUT)

    def query_payout(self, *, request_no: str) -> OrderResult:
        raise NotCapable(Capability.PAYOUT)

    def fetch_statement(self, *, day: date, kind: str, format: str) -> StatementFile:
        """The balance's movements of a Shanghai day, written as CSV here: Stripe has no file of a day. The account's opening and closing
        are told from the balance of the moment and all that moved since the day."""
        if format != "csv":
            raise NotCapable(format)
        if day >= clock.local_day(clock.wall()):
            raise StatementNotReady()
        self.client.begin()
        try:
            if kind == "account":
                return movements.account(*self.client.since(movements.bounds(day)[0], clock.wall()), day=day)
            found = self.client.movements(*movements.bounds(day))
        except (NotDelivered, NoAnswer) as problem:
            raise ChannelUnreachable(problem.reason) from problem
        except stripe.StripeError as problem:
            raise ChannelUnreachable(answers.code(problem)) from problem
        return movements.written(found, day=day, kind=kind)

    def parse_notice(self, *, path: str, headers: Mapping[str, str], raw_body: bytes, wall: datetime) -> Notice:
        """The signature says nothing of `path`."""
        notices.verify(self.account, headers=headers, raw_body=raw_body, wall=wall)
        return notices.read(raw_body)

    def read_notice(self, *, raw_body: bytes) -> Notice:
        return notices.read(raw_body)


class StripeMaker:
    """Opens Stripe with the channel's live credential and timeouts."""

    def open(self, *, channel: str) -> Stripe:
        """Raises ChannelNotConnected when there is no live credential, or no address of Stripe (STRIPE_URL)."""
        live = ChannelCredential.objects.select_related("channel").filter(channel_id=channel, retired_at=None).first()
        if live is None or not settings.STRIPE_URL:
            raise ChannelNotConnected()
        values: dict[str, Any] = {"api_key": live.private_key_pem, "notice_secret": live.api_key or ""}
        patience = Patience(live.channel.connect_timeout_ms / 1000, live.channel.total_timeout_ms / 1000)
        return Stripe(Account(base_url=settings.STRIPE_URL, merchant=live.merchant, patience=patience, **values))
