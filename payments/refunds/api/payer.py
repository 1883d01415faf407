"""The payer: what comes back of an order."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Listing
from core.errors import NotFound
from core.ids import parse_public_id
from payments.cashier import queries as cashier
from payments.merchants.api.examples import page
from payments.refunds import queries
from payments.refunds.api import examples as ex
from payments.refunds.api.shapes import PayerRefundShown
from payments.refunds.models import Refund
from payments.wallet.api.base import customer_id


class RefundsToMe(Listing):
    """The refunds of an order of mine."""

    output_class = PayerRefundShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_cashier_orders_refunds_list", examples=[page("A refund", ex.PAYER_REFUND)])
    def get(self, request: Request, **url: str) -> Response:
        """What went back of an order or is on its way, newest first."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Refund]:
        payer = customer_id(request)
        order = cashier.payable_by(payer, parse_public_id("ord", url["order_id"]))
        return queries.of_order(order.id).filter(payer_id=payer)
