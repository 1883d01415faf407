"""What the owner of a merchant reads of its settlements in the app."""

from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from payments.merchants.api.owner import own
from payments.settlement.api import examples as ex
from payments.settlement.api import views
from payments.settlement.api.merchant import BILL_PARAMETERS, CSV


class Own:
    """The caller's merchant of the address."""

    def merchant_id(self, request: Request, **url: str) -> UUID:
        return own(request, merchant_id=url["merchant_id"]).id


class Settlements(Own, views.SettlementList):
    """My merchant's settlements."""

    @extend_schema(operation_id="payments_merchants_settlements_list", examples=[ex.answer("A settlement", ex.SETTLEMENT)])
    def get(self, request: Request, **url: str) -> Response:
        """One a business day on which something moved, newest first."""
        return super().get(request, **url)


class OneSettlement(Own, views.SettlementInFull):
    """One settlement of my merchant."""

    @extend_schema(operation_id="payments_merchants_settlements_read", examples=[ex.answer("Paid", ex.IN_FULL)])
    def get(self, request: Request, **url: str) -> Response:
        """A settlement with every payout of it."""
        return self.show(request, **url)


class Lines(Own, views.SettlementLines):
    """What a settlement of my merchant is made of."""

    @extend_schema(operation_id="payments_merchants_settlement_lines_list", examples=[ex.answer("An order", ex.LINE)])
    def get(self, request: Request, **url: str) -> Response:
        """A line an order, refund, split, dispute or correction, in the order in which they were booked."""
        return super().get(request, **url)


class File(Own, views.SettlementFile):
    """A settlement of my merchant as a file."""

    @extend_schema(operation_id="payments_merchants_settlements_csv", responses=CSV, examples=[ex.a_file("time,kind,number,...")])
    def get(self, request: Request, **url: str) -> StreamingHttpResponse:
        """The lines and what they come to as CSV: UTF-8 with a byte order mark."""
        return self.send(request, **url)


class Bill(Own, views.BillFile):
    """The trade bill of a day of my merchant."""

    @extend_schema(
        operation_id="payments_merchants_bills_csv", parameters=BILL_PARAMETERS, responses=CSV, examples=[ex.a_file("time,kind,order,...")]
    )
    def get(self, request: Request, **url: str) -> StreamingHttpResponse:
        """The orders paid and the refunds done on a day that is over, as CSV."""
        return self.send(request, **url)
