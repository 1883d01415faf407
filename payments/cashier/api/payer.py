"""The payer at the cashier: the order, the ways to pay it, what a choice comes to, and paying."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.ledger.refusals import AccountFrozen, InsufficientFunds, LedgerHalted
from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from accounts.verification.services import NotVerified, OutflowLimitReached
from core.api.pages import Listing
from core.api.views import EffectView, OutboundEffectView, View
from core.business_day.queries import NoOpenDay
from core.clock import queries as clock
from core.errors import NotFound
from core.ids import parse_public_id
from core.limits.services import LimitReached
from payments.cards.queries import CardNotUsable
from payments.cards.services import OverSingleLimit, SceneNotOffered
from payments.cashier import legs, outbound, queries, reasons
from payments.cashier.api import examples as ex
from payments.cashier.api.shapes import (
    AttemptShown,
    ChoiceIn,
    MethodOrderIn,
    MethodOrderShown,
    MethodsShown,
    MyOrdersIn,
    PayerOrderShown,
    PayIn,
    QuotedShown,
)
from payments.cashier.models import PaymentAttempt, PaymentOrder
from payments.cashier.services import closing, funding, paying, preferring
from payments.cashier.services.funding import Pick
from payments.cashier.sockets import Party, own_refusals
from payments.cashier.states import TOLD_PAYER, LegKind, PartyAsked, told_as
from payments.channels.breaker import ChannelResting
from payments.channels.routing import AmountNotServed
from payments.channels.services import ChannelNotConnected, ChannelOff, ChannelUnderMaintenance
from payments.merchants.api.examples import answer, asked, page
from payments.merchants.queries import MerchantNotSelling
from payments.risk.services.deciding import RiskRefused, StrongerProofNeeded
from payments.wallet.api.base import customer_id, intent
from payments.wallet.services.parties import CustomerNotActive

CHOICE_REFUSALS = (
    NotFound,
    paying.OrderPaid,
    paying.OrderClosed,
    paying.OrderBeingPaid,
    funding.NothingChosen,
    funding.UnknownMethod,
    legs.MethodUnavailable,
    legs.ChosenTwice,
    legs.OneDiscount,
    legs.OneOutside,
    legs.OverMethodLimit,
    legs.PartyUnfit,
    legs.TooMuchChosen,
    legs.NotCovered,
)
SOURCE_REFUSALS = (
    NotVerified,
    OutflowLimitReached,
    InsufficientFunds,
    AccountFrozen,
    CardNotUsable,
    SceneNotOffered,
    OverSingleLimit,
    AmountNotServed,
    LimitReached,
    ChannelOff,
    ChannelUnderMaintenance,
    ChannelNotConnected,
    ChannelResting,
    LedgerHalted,
    NoOpenDay,
)

PROOF_REFUSALS = (StepUpNeeded, ProofMismatch, ProofExpired, StrongerProofNeeded)


def chinese() -> bool:
    return (get_language() or "en").startswith("zh")


def picks_of(data: dict[str, Any]) -> list[Pick]:
    discounts = [Pick(one["method"], one["ref"], discount=True) for one in data["discounts"]]
    return discounts + [Pick(one["method"], one["ref"], one.get("amount"), party=one["party"]) for one in data["methods"]]


class MyOrders(Listing):
    """The caller's orders."""

    output_class = PayerOrderShown

    @extend_schema(operation_id="payments_cashier_orders_list", parameters=[MyOrdersIn], examples=[page("An order", ex.ORDER)])
    def get(self, request: Request, **url: str) -> Response:
        """The orders the caller pays or paid, newest first: those that wait for them (status payable) too; of one day, of one status."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[PaymentOrder]:
        wanted: Any = MyOrdersIn(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        data = wanted.validated_data
        states = told_as(TOLD_PAYER, data["status"]) if data["status"] else ()
        return queries.dated(queries.paid_by(customer_id(request)), day=data["date"], states=states).select_related("merchant")


class MethodOrders(EffectView):
    """In which order the caller likes to pay."""

    input_class = MethodOrderIn
    output_class = MethodOrderShown
    refusals = (funding.UnknownMethod, preferring.MethodsTwice)

    @extend_schema(operation_id="payments_cashier_method_order_read", examples=[answer("A card first", ex.METHOD_ORDER, 200)])
    def get(self, request: Request, **url: str) -> Response:
        """The methods the caller put in order; empty for our own order."""
        return Response(self.shown(queries.method_order(customer_id(request))))

    @extend_schema(
        operation_id="payments_cashier_method_order_put",
        examples=[asked("A card first", ex.METHOD_ORDER), answer("Kept", ex.METHOD_ORDER, 201)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Put the methods in order, for payments by a shown code: the first that can pay pays, and the next one what it lacks."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> list[tuple[str, str]]:
        named = [(one["method"], one["ref"]) for one in data["methods"]]
        return preferring.put(customer_id=customer_id(request), methods=named, at=at).named

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return super().shown({"methods": [{"method": source, "ref": ref} for source, ref in row]})


class Order(View):
    """One order."""

    output_class = PayerOrderShown
    refusals = (NotFound,)

    @extend_schema(examples=[answer("An order", ex.ORDER, 200)])
    def get(self, request: Request, order_id: str) -> Response:
        """What is to be paid, to whom, and until when. An order that somebody else began to pay is not found."""
        order = queries.payable_by(customer_id(request), parse_public_id(PaymentOrder.PREFIX, order_id))
        return Response(self.shown(order))


class Methods(View):
    """The ways to pay one order."""

    output_class = MethodsShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_cashier_orders_methods", examples=[answer("Methods", ex.METHODS, 200)])
    def get(self, request: Request, order_id: str) -> Response:
        """Every method with its limit, its fee and, where it cannot be used now, the reason and what to do; and the choice we propose."""
        payer = customer_id(request)
        order = queries.payable_by(payer, parse_public_id(PaymentOrder.PREFIX, order_id))
        found = funding.methods(order=order, customer_id=payer, at=clock.now())
        proposed, missing = funding.proposal(order.amount_fen, found)
        items = [method_shown(one, proposed.get(one.key, 0)) for one in found]
        return Response(self.shown({"amount": order.amount_fen, "currency": order.currency, "items": items, "missing": missing}))


def method_shown(method: legs.Method, proposed_fen: int) -> dict[str, Any]:
    offer, words = method.offer, ""
    if offer.reason is not None:
        words = offer.reason.zh if chinese() else offer.reason.en
    return {
        "kind": LegKind.DISCOUNT if method.discount else LegKind.FUNDING,
        "method": method.source,
        "ref": offer.ref,
        "title": offer.title_zh if chinese() else offer.title_en,
        "limit": offer.most_fen,
        "fee": offer.fee_fen,
        "proposed": proposed_fen,
        "external": method.external,
        "attended": method.attended,
        "party": party_asked(offer.party),
        "party_help": "" if offer.party is None else offer.party.zh if chinese() else offer.party.en,
        "available": offer.reason is None,
        "code": "" if offer.reason is None else offer.reason.code,
        "message": words,
    }


def party_asked(party: Party | None) -> PartyAsked:
    if party is None:
        return PartyAsked.NONE
    return PartyAsked.NEEDED if party.needed else PartyAsked.OPTIONAL


class Quotes(View):
    """What a choice comes to. A read, though a POST: a choice is too much for an address."""

    input_class = ChoiceIn
    output_class = QuotedShown
    refusals = CHOICE_REFUSALS

    @extend_schema(
        operation_id="payments_cashier_orders_quote",
        examples=[asked("A coupon, 30 yuan of the balance, the rest by card", ex.CHOICE), answer("Three legs", ex.QUOTE, 200)],
    )
    def post(self, request: Request, order_id: str) -> Response:
        """The amount of each leg before paying, what the payer gives in all, and whether that needs a step-up proof. Nothing is held."""
        payer, at = customer_id(request), clock.now()
        order = queries.payable_by(payer, parse_public_id(PaymentOrder.PREFIX, order_id))
        paying.refuse_unpayable(order, payer, at)
        planned = funding.shares(order=order, customer_id=payer, picks=picks_of(self.validated(request)), at=at)
        to_pay = funding.payer_fen(planned)
        body = {
            "amount": order.amount_fen,
            "discount": order.amount_fen - to_pay,
            "to_pay": to_pay,
            "fee": sum(share.method.offer.fee_fen for share in planned),
            "currency": order.currency,
            "legs": [leg_quoted(share) for share in planned],
            "step_up": to_prove(paying.factors_needed(order, payer, to_pay, planned, at), to_pay, order.public_id),
        }
        return Response(self.shown(body))


def leg_quoted(share: legs.Share) -> dict[str, Any]:
    offer = share.method.offer
    return {
        "kind": LegKind.DISCOUNT if share.method.discount else LegKind.FUNDING,
        "method": share.method.source,
        "ref": offer.ref,
        "title": offer.title_zh if chinese() else offer.title_en,
        "amount": share.amount_fen,
        "fee": offer.fee_fen,
    }


def to_prove(factors: int, amount_fen: int, payee: str) -> dict[str, Any]:
    return {"needed": bool(factors), "factors": factors, "purpose": paying.PURPOSE, "amount": amount_fen, "payee": payee}


def told(attempt: PaymentAttempt) -> dict[str, Any]:
    """An attempt with its legs, what its payer has to do outside, the words for its code, and the proof that its bank wants."""
    asked = queries.factors_asked([attempt])
    return {
        "attempt": attempt,
        "result": queries.result(attempt, asked),
        "action": queries.action_of(attempt, clock.now()),
        "legs": queries.legs(attempt.id),
        "code": reasons.code_of(attempt),
        "message": reasons.message(attempt, asked, get_language() or "en", clock.now()),
        "step_up": to_prove(asked, attempt.amount_fen, attempt.order_public_id),
    }


class Pays(OutboundEffectView):
    """Paying an order."""

    input_class = PayIn
    output_class = AttemptShown
    refusals = (*CHOICE_REFUSALS, MerchantNotSelling, CustomerNotActive, *PROOF_REFUSALS, RiskRefused, *SOURCE_REFUSALS, *own_refusals())

    @extend_schema(
        operation_id="payments_cashier_orders_pay",
        examples=[
            asked("From the balance", ex.PAY),
            asked("A coupon, 30 yuan of the balance, the rest by card, approved", ex.CHOICE | {"proof": "prf_06a1m5x9q0e7z8r2k4w6t1y3v5"}),
            answer("Paid", ex.PAID, 201),
            asked("30 yuan of the balance, the rest by WeChat Pay", ex.BY_WALLET),
            answer("The bank has not answered yet: read the attempt again", ex.PENDING, 201),
            answer("The payer scans a code with WeChat: show it, and read the attempt again", ex.TO_SCAN, 201),
            answer("Refused by the bank: the order can be paid another way", ex.REFUSED, 201),
            answer("The bank wants a stronger proof: pay again with one", ex.NEEDS_STEP_UP, 201),
        ],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Pay as chosen. Answers within ten seconds: paid, refused (code, message), needs_step_up, or pending with an attempt to read
        again; while `action` is there the payer has to do that first.

        Where a proof is needed the refusal `step_up_needed` says for which purpose, amount and payee; make one and send the same request
        with the same Idempotency-Key and the proof. Every refusal means that nothing was charged. `needs_step_up`: the bank refused for
        want of a stronger proof. The order's next payment from the same card, a new request, needs one of so many factors, also below
        the PIN-free amount; other ways to pay do not.
        """
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> PaymentAttempt:
        order_id = parse_public_id(PaymentOrder.PREFIX, url["order_id"])
        return paying.pay(intent=intent(request, data["proof"]), order_id=order_id, picks=picks_of(data), at=at)

    def proceed(self, row: PaymentAttempt, *, at: datetime) -> PaymentAttempt:
        return outbound.ask(attempt_id=row.id, at=at)

    def recall(self, resource: str) -> PaymentAttempt:
        return queries.attempt(uuid.UUID(resource))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return super().shown(told(row))


class Attempt(View):
    """One attempt to pay."""

    output_class = AttemptShown
    refusals = (NotFound,)

    @extend_schema(
        operation_id="payments_cashier_attempts_read",
        examples=[
            answer("Paid", ex.PAID, 200),
            answer("Pending", ex.PENDING, 200),
            answer("The payer scans a code", ex.TO_SCAN, 200),
        ],
    )
    def get(self, request: Request, attempt_id: str) -> Response:
        """Read an attempt of the caller's: poll it while it is pending."""
        attempt = queries.own_attempt(customer_id(request), parse_public_id(PaymentAttempt.PREFIX, attempt_id))
        return Response(self.shown(told(attempt)))


class Cancellations(OutboundEffectView):
    """Giving an attempt up."""

    output_class = AttemptShown
    success_status = 200
    refusals = (NotFound, closing.AttemptNotCancellable)

    @extend_schema(
        operation_id="payments_cashier_attempts_cancel",
        request=None,
        examples=[
            answer("Given up: the order can be paid another way", ex.GIVEN_UP, 200),
            answer("It cannot be stopped there: it may still be paid", ex.TO_SCAN, 200),
        ],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Give up an attempt that waits for its payer to act outside (`action`). It is closed there first: `refused` means that nothing
        was charged and the order can be paid another way, `paid` that it was paid before. `pending`: the other party did not close it (a
        code of Alipay that nobody has scanned cannot be closed, and ends by its age), so it may still be paid. An attempt that is over
        stays as it is."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> PaymentAttempt:
        attempt_id = parse_public_id(PaymentAttempt.PREFIX, url["attempt_id"])
        return closing.cancellable(customer_id=customer_id(request), attempt_id=attempt_id)

    def proceed(self, row: PaymentAttempt, *, at: datetime) -> PaymentAttempt:
        return outbound.cancel(attempt_id=row.id, at=at)

    def recall(self, resource: str) -> PaymentAttempt:
        return queries.attempt(uuid.UUID(resource))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return super().shown(told(row))
