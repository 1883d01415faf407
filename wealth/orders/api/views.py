"""Ordering, seeing what an order would mean, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.ledger.refusals import AccountFrozen, LedgerHalted
from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from core.api.pages import Listing
from core.api.views import EffectView, View
from core.business_day.queries import BeyondCalendar, NoOpenDay
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from core.money import CNY
from payments.cards.queries import CardNotUsable
from payments.cashier.services.paying import OrderPaid
from payments.merchants.api.examples import answer, asked, page
from payments.wallet.api.base import customer_id, intent
from payments.wallet.services.parties import CustomerNotActive
from wealth.catalog import queries as catalog
from wealth.catalog.services import quotas
from wealth.issuers.services import IssuerOff
from wealth.orders import queries, refusals
from wealth.orders.api import examples as ex
from wealth.orders.api.shapes import BuyIn, OrderShown, PreviewIn, PreviewShown, RedeemIn, RedeemPreviewIn, RedeemPreviewShown
from wealth.orders.models import WealthOrder
from wealth.orders.services import buying, ending, redeeming
from wealth.orders.services.to_card import ToCard
from wealth.orders.sockets import own_refusals
from wealth.orders.states import OrderState, Side
from wealth.suitability import queries as suitability
from wealth.suitability.services import deciding

OFFERED = (
    NotFound,
    catalog.ProductNotOnSale,
    catalog.AmountTooSmall,
    catalog.AmountOffStep,
    refusals.KindNotOrdered,
    BeyondCalendar,
)
QUOTAS = (quotas.QuotaUsedUp, quotas.DayQuotaUsedUp, quotas.PersonCapReached)
SIDE = OpenApiParameter("side", str, enum=Side.values, description="One side; both unless told.")
STATE = OpenApiParameter("state", str, enum=OrderState.values, description="One state; all unless told.")


def product_id(data: dict[str, Any]) -> UUID:
    return parse_public_id(catalog.Product.PREFIX, data["product_id"])


def holding_id(data: dict[str, Any]) -> UUID | None:
    """The lot a redemption names, by the prefix of its product's kind. Raises NotFound, Invalid."""
    prefix = redeeming.holding_prefix(product_id(data))
    named = data.get("holding_id")
    if bool(named) != bool(prefix):
        raise Invalid("holding_id", *(redeeming.NAME_THE_LOT if prefix else redeeming.NAMES_NO_LOT))
    return parse_public_id(prefix, named) if named else None


class Previews(View):
    """What a purchase would mean. A read, though a POST: it takes the order's own body."""

    input_class = PreviewIn
    output_class = PreviewShown
    refusals = OFFERED

    @extend_schema(operation_id="wealth_orders_preview", examples=[asked("Buy", ex.PREVIEW_IN), answer("Shown", ex.PREVIEW, 200)])
    def post(self, request: Request) -> Response:
        """The dates, the price and the risk text of a purchase ordered now. The order stores what it was shown."""
        data = self.validated(request)
        found, terms = buying.offered(product_id(data), data["amount"], clock.now())
        shown = {
            "amount": data["amount"],
            "currency": CNY.code,
            "trade_on": terms.dates.trade_on,
            "cut_at": terms.dates.cut_at,
            "confirms_on": terms.dates.confirmed_on,
            "earns_from": terms.dates.earns_from,
            "price": terms.price,
            "risk": found.version.risk,
            "offered": found.version,
        }
        return Response(self.shown(shown))


class Orders(EffectView, Listing):
    """The caller's orders."""

    input_class = BuyIn
    output_class = OrderShown
    refusals = (*OFFERED, Invalid, CustomerNotActive, refusals.TooManyUnpaid, *deciding.REFUSALS, *QUOTAS, *own_refusals(), NoOpenDay)

    @extend_schema(operation_id="wealth_orders_list", parameters=[SIDE, STATE], examples=[page("An order", ex.ORDER)])
    def get(self, request: Request, **url: str) -> Response:
        """The orders the caller made, of every kind, newest first."""
        return super().get(request, **url)

    @extend_schema(operation_id="wealth_orders_create", examples=[asked("Buy", ex.BUY_IN), answer("To be paid", ex.ORDER, 201)])
    def post(self, request: Request, **url: str) -> Any:
        """Order a purchase. It is checked for suitability, its quota is held, and it is paid at the cashier (`pay_order_id`) from the
        balance, a card or both; all of it is checked again when it is paid."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[WealthOrder]:
        side, state = (request.query_params.get(name, "") for name in ("side", "state"))
        if side and side not in Side.values:
            raise Invalid("side", "There is no such side.", "没有该方向。")
        if state and state not in OrderState.values:
            raise Invalid("state", "There is no such state.", "没有该状态。")
        named = {name: value for name, value in (("side", side), ("state", state)) if value}
        return queries.own(customer_id(request)).filter(**named)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> WealthOrder:
        warned = data.get("warning_id")
        return buying.buy(
            customer_id=customer_id(request),
            product_id=product_id(data),
            amount_fen=data["amount"],
            details=data["details"],
            warning_id=parse_public_id(suitability.SuitabilityWarning.PREFIX, warned) if warned else None,
            at=at,
        )


class RedemptionPreviews(View):
    """What a redemption would mean. A read, though a POST: it takes the redemption's own body."""

    input_class = RedeemPreviewIn
    output_class = RedeemPreviewShown
    refusals = (NotFound, Invalid, refusals.KindNotOrdered, *own_refusals(), BeyondCalendar)

    @extend_schema(
        operation_id="wealth_redemptions_preview",
        examples=[asked("Redeem", ex.REDEEM_PREVIEW_IN), answer("Shown", ex.REDEEM_PREVIEW, 200)],
    )
    def post(self, request: Request) -> Response:
        """When the money of units given up now would be in the balance, and how much of it could be there at once."""
        data, at = self.validated(request), clock.now()
        _, version, terms = redeeming.redeemable(product_id(data), at)
        worth_fen = redeeming.worth_fen(customer_id(request), version, terms, data["units"], holding_id(data), at)
        shown = {
            "offered": version,
            "units": data["units"],
            "worth": worth_fen,
            "currency": CNY.code,
            "trade_on": terms.dates.trade_on,
            "cut_at": terms.dates.cut_at,
            "confirms_on": terms.dates.confirmed_on,
            "cash_on": terms.dates.cash_on_if_redeemed_then,
            "price": terms.price,
            "fast_most": version.t0_cap_fen,
            "fast_left": redeeming.fast_left_fen(customer_id(request), version, at),
        }
        return Response(self.shown(shown))


class Redemptions(EffectView):
    """Giving units up."""

    input_class = RedeemIn
    output_class = OrderShown
    refusals = (
        NotFound,
        Invalid,
        CustomerNotActive,
        refusals.KindNotOrdered,
        refusals.FastNotOffered,
        refusals.FastLimitReached,
        *own_refusals(),
        IssuerOff,
        BeyondCalendar,
        CardNotUsable,
        StepUpNeeded,
        ProofMismatch,
        ProofExpired,
        AccountFrozen,
        LedgerHalted,
        NoOpenDay,
    )

    @extend_schema(operation_id="wealth_redemptions_create", examples=[asked("Redeem", ex.REDEEM_IN), answer("Paid", ex.REDEMPTION, 201)])
    def post(self, request: Request, **url: str) -> Any:
        """Redeem units to the balance, and on to a card (`card_id`): at once up to the product's limit a day (`fast`), else on the day the
        preview shows. What is over the limit is refused with the other ways named, never split."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> WealthOrder:
        return redeeming.redeem(
            customer_id=customer_id(request),
            product_id=product_id(data),
            units_fen=data["units"],
            fast=data["fast"],
            holding_id=holding_id(data),
            to_card=ToCard(parse_public_id("crd", data["card_id"]), intent(request, data["proof"])) if data.get("card_id") else None,
            at=at,
        )


class OneOrder(View):
    """One order."""

    output_class = OrderShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_orders_read", examples=[answer("An order", ex.ORDER, 200)])
    def get(self, request: Request, wealth_order_id: str) -> Response:
        """What became of it."""
        return Response(self.shown(queries.own_order(customer_id(request), parse_public_id(WealthOrder.PREFIX, wealth_order_id))))


class Cancelling(EffectView):
    """Calling an order off."""

    output_class = OrderShown
    success_status = 200
    refusals = (NotFound, refusals.CutOffPassed, refusals.NotCancellable, OrderPaid)

    @extend_schema(operation_id="wealth_orders_cancel", request=None, examples=[answer("Called off", ex.CANCELLED, 200)])
    def post(self, request: Request, **url: str) -> Any:
        """Call an order off before its cut-off. The money of a paid purchase goes back in full to where it came from; the units of a
        redemption are free again."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> WealthOrder:
        order_id = parse_public_id(WealthOrder.PREFIX, url["wealth_order_id"])
        return ending.cancel(customer_id=customer_id(request), order_id=order_id, at=at)
