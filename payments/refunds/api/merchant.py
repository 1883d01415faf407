"""A merchant's programs and its owner: refunding orders, and reading refunds."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.ledger.refusals import AccountFrozen, LedgerHalted
from core.api.pages import Listing
from core.api.views import OutboundEffectView
from core.business_day.queries import NoOpenDay
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from payments.cashier import queries as cashier
from payments.cashier.api.merchant import own_order
from payments.cashier.queries import PaymentOrder
from payments.cashier.services.refunding import OrderNotRefundable, RefundTooMuch
from payments.merchants.api.examples import answer, asked, page
from payments.merchants.api.owner import PROOF_REFUSALS, own
from payments.merchants.api.signed import MerchantListing, MerchantOutboundEffectView, MerchantView, signer_of
from payments.refunds import outbound, queries
from payments.refunds.api import examples as ex
from payments.refunds.api.shapes import OUT_REFUND_NO, NewRefundIn, OwnerRefundIn, RefundShown
from payments.refunds.models import Refund
from payments.refunds.services import asking
from payments.wallet.api.base import intent

REFUSALS = (
    NotFound,
    OrderNotRefundable,
    RefundTooMuch,
    asking.RefundTooLate,
    asking.RefundsUsedUp,
    asking.MerchantBalanceShort,
    asking.PayerGone,
    AccountFrozen,
    LedgerHalted,
    NoOpenDay,
)


class Sends(OutboundEffectView):
    """What asking for a refund has in common: it is written, then its channel is asked, at most ten seconds."""

    output_class = RefundShown

    def proceed(self, row: Refund, *, at: datetime) -> Refund:
        return outbound.send(refund_id=row.id, at=at)

    def recall(self, resource: str) -> Refund:
        return queries.refund(uuid.UUID(resource))


def named_order(request: Request, data: dict[str, Any]) -> PaymentOrder:
    """The order of the caller's merchant that a body names. Raises NotFound."""
    if "order_id" in data:
        return own_order(request, data["order_id"])
    app = signer_of(request).app
    found = cashier.by_number(app.merchant_id, app.id, data["out_trade_no"])
    if found is None:
        raise NotFound()
    return found


class Refunds(Sends, MerchantOutboundEffectView):
    """The merchant's refunds."""

    input_class = NewRefundIn
    refusals = (*REFUSALS, asking.OutRefundNoUsed, Invalid)

    @extend_schema(
        operation_id="payments_merchant_refunds_create",
        examples=[
            asked("Half of it", ex.NEW_REFUND),
            answer("Done", ex.REFUND, 201),
            answer("The bank has not answered yet: read it again", ex.PENDING, 201),
        ],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Refund an order, in whole or in part: every source it was paid from gets its part back. The same out_refund_no with the same
        content answers the same refund. What the merchant pays is taken from what is to be settled, then to be paid out, then its
        reserve, and is held while the bank is asked."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Refund:
        wanted = asking.by_app(
            amount_fen=data["amount"],
            reason=data["reason"],
            asker=signer_of(request).app.public_id,
            out_refund_no=data["out_refund_no"],
        )
        order = named_order(request, data)
        if order.app_id != signer_of(request).app.id:
            raise NotFound()
        return asking.ask(order_id=order.id, wanted=wanted, at=at)


class OneRefund(MerchantView):
    """One refund."""

    output_class = RefundShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchant_refunds_read", examples=[answer("Done", ex.REFUND, 200)])
    def get(self, request: Request, refund_id: str) -> Response:
        """A refund of the merchant by our id: ask where a notice did not come."""
        mine = queries.of_merchant(signer_of(request).merchant.id)
        found = mine.filter(pk=parse_public_id(Refund.PREFIX, refund_id)).first()
        if found is None:
            raise NotFound()
        return Response(self.shown(found))


class RefundByNumber(MerchantView):
    """One refund, by the merchant's number."""

    output_class = RefundShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchant_refunds_read_by_number", examples=[answer("Done", ex.REFUND, 200)])
    def get(self, request: Request, out_refund_no: str) -> Response:
        """A refund of this app by its out_refund_no."""
        app = signer_of(request).app
        found = queries.by_number(app.merchant_id, app.id, out_refund_no) if OUT_REFUND_NO.match(out_refund_no) else None
        if found is None:
            raise NotFound()
        return Response(self.shown(found))


class RefundsOfOrder(MerchantListing):
    """The refunds of an order."""

    output_class = RefundShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchant_orders_refunds_list", examples=[page("A refund", ex.REFUND)])
    def get(self, request: Request, **url: str) -> Response:
        """The refunds of an order of the merchant, whoever asked for them, newest first."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Refund]:
        return queries.of_order(own_order(request, url["order_id"]).id)


def owned_order(request: Request, url: dict[str, str]) -> PaymentOrder:
    """The order of the address, of a merchant of the caller's. Raises NotFound."""
    found = cashier.of_merchant(own(request, **url).id).filter(pk=parse_public_id(PaymentOrder.PREFIX, url["order_id"])).first()
    if found is None:
        raise NotFound()
    return found


class OwnersRefunds(Sends, Listing):
    """The refunds of an order of a merchant of mine."""

    input_class = OwnerRefundIn
    refusals = (*REFUSALS, *PROOF_REFUSALS)

    @extend_schema(operation_id="payments_merchants_orders_refunds_list", examples=[page("A refund", ex.REFUND)])
    def get(self, request: Request, **url: str) -> Response:
        """The refunds of the order, whoever asked for them, newest first."""
        return super().get(request, **url)

    @extend_schema(
        operation_id="payments_merchants_orders_refunds_create",
        examples=[asked("Half of it", ex.BY_OWNER), answer("Done", ex.REFUND | {"out_refund_no": "", "asked_by": "owner"}, 201)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Refund an order myself, without a program. Always needs a proof: `step_up_needed` says what it must be about."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Refund]:
        return queries.of_order(owned_order(request, url).id)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Refund:
        order, approved = owned_order(request, url), intent(request, data["proof"])
        return asking.ask_as_owner(intent=approved, order=order, amount_fen=data["amount"], reason=data["reason"], at=at)
