"""A merchant's programs at the cashier: making orders, reading them, closing them."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from payments.cashier import outbound, queries
from payments.cashier.api import examples as ex
from payments.cashier.api.shapes import OUT_TRADE_NO, MerchantOrderShown, MerchantOrdersIn, NewOrderIn
from payments.cashier.models import PaymentOrder
from payments.cashier.services import closing, orders
from payments.cashier.services.orders import NewOrder
from payments.cashier.services.paying import OrderPaid
from payments.cashier.states import TOLD_MERCHANT, told_as
from payments.merchants.api.examples import answer, asked, page
from payments.merchants.api.signed import MerchantEffectView, MerchantListing, MerchantOutboundEffectView, MerchantView, signer_of
from payments.merchants.queries import MerchantNotSelling
from payments.merchants.services.apps import checked_url


def own_order(request: Request, order_id: str) -> PaymentOrder:
    """An order of the caller's merchant. Raises NotFound."""
    found = queries.of_merchant(signer_of(request).merchant.id).filter(pk=parse_public_id(PaymentOrder.PREFIX, order_id)).first()
    if found is None:
        raise NotFound()
    return found


class Orders(MerchantEffectView, MerchantListing):
    """The merchant's orders."""

    input_class = NewOrderIn
    output_class = MerchantOrderShown
    refusals = (MerchantNotSelling, NotFound, orders.StoreClosed, orders.OutTradeNoUsed, Invalid)

    @extend_schema(operation_id="payments_merchant_orders_list", parameters=[MerchantOrdersIn], examples=[page("An order", ex.PAID_ORDER)])
    def get(self, request: Request, **url: str) -> Response:
        """The merchant's orders, newest first; of one day, in one state."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[PaymentOrder]:
        wanted: Any = MerchantOrdersIn(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        data = wanted.validated_data
        states = told_as(TOLD_MERCHANT, data["state"]) if data["state"] else ()
        return queries.dated(queries.of_merchant(signer_of(request).merchant.id), day=data["date"], states=states)

    @extend_schema(
        operation_id="payments_merchant_orders_create", examples=[asked("100 yuan", ex.NEW_ORDER), answer("Made", ex.MERCHANT_ORDER, 201)]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Make an order that a payer opens in the app by its id. The same out_trade_no with the same content answers the same order."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> PaymentOrder:
        store = data.get("store_id")
        wanted = NewOrder(
            out_trade_no=data["out_trade_no"],
            amount_fen=data["amount"],
            subject=data["subject"],
            attach=data["attach"],
            store_id=parse_public_id("sto", store) if store else None,
            notify_url=checked_url(data["notify_url"], "notify_url"),
            to_split=data["to_split"],
            life=orders.named_life(data.get("expires_in"), at),
        )
        return orders.create(app=signer_of(request).app, wanted=wanted, at=at)


class OneOrder(MerchantView):
    """One order."""

    output_class = MerchantOrderShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchant_orders_read", examples=[answer("Paid", ex.PAID_ORDER, 200)])
    def get(self, request: Request, order_id: str) -> Response:
        """An order of the merchant by our id: ask where a notice did not come."""
        return Response(self.shown(own_order(request, order_id)))


class OrderByNumber(MerchantView):
    """One order, by the merchant's number."""

    output_class = MerchantOrderShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchant_orders_read_by_number", examples=[answer("Paid", ex.PAID_ORDER, 200)])
    def get(self, request: Request, out_trade_no: str) -> Response:
        """An order of this app by its out_trade_no."""
        app = signer_of(request).app
        found = queries.by_number(app.merchant_id, app.id, out_trade_no) if OUT_TRADE_NO.match(out_trade_no) else None
        if found is None:
            raise NotFound()
        return Response(self.shown(found))


class Closings(MerchantOutboundEffectView):
    """Closing an order nobody paid."""

    output_class = MerchantOrderShown
    success_status = 200
    refusals = (NotFound, OrderPaid)

    @extend_schema(
        operation_id="payments_merchant_orders_close",
        request=None,
        examples=[
            answer("Closed", ex.MERCHANT_ORDER | {"state": "closed"}, 200),
            answer("The bank has not answered yet on a payment: read it again", ex.MERCHANT_ORDER | {"state": "closing"}, 200),
        ],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Close an order: a payment under way is stopped at the bank first. What the bank should charge later all the same goes back to
        the payer, and the order stays closed. An order that is closed stays so; a paid one is refunded instead."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> PaymentOrder:
        return closing.begin(order_id=own_order(request, url["order_id"]).id, code=closing.BY_MERCHANT, at=at)

    def proceed(self, row: PaymentOrder, *, at: datetime) -> PaymentOrder:
        return outbound.close_seated(order_id=row.id, at=at)

    def recall(self, resource: str) -> PaymentOrder:
        return queries.order(uuid.UUID(resource))
