"""What a merchant's programs read: settlements, their lines and files, and the daily bill. Signed."""

from datetime import date
from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from payments.merchants.api.signed import MerchantFileView, MerchantListing, MerchantView, signer_of
from payments.settlement.api import examples as ex
from payments.settlement.api import views
from payments.settlement.bills import BillKind

BILL_PARAMETERS = [
    OpenApiParameter("date", date, required=True, description="The day, YYYY-MM-DD (Shanghai)."),
    OpenApiParameter("kind", str, enum=BillKind.values, description="What the bill has: all unless told."),
]
CSV = {(200, "text/csv"): OpenApiTypes.STR}


class Mine:
    """The merchant behind the signature."""

    def merchant_id(self, request: Request, **url: str) -> UUID:
        return signer_of(request).merchant.id


class Settlements(Mine, MerchantListing, views.SettlementList):
    """The merchant's settlements."""

    @extend_schema(operation_id="payments_merchant_settlements_list", examples=[ex.answer("A settlement", ex.SETTLEMENT)])
    def get(self, request: Request, **url: str) -> Response:
        """One a business day on which something moved, newest first."""
        return super().get(request, **url)


class OneSettlement(Mine, MerchantView, views.SettlementInFull):
    """One settlement."""

    @extend_schema(operation_id="payments_merchant_settlements_read", examples=[ex.answer("Paid", ex.IN_FULL)])
    def get(self, request: Request, **url: str) -> Response:
        """A settlement with every payout of it."""
        return self.show(request, **url)


class Lines(Mine, MerchantListing, views.SettlementLines):
    """What a settlement is made of."""

    @extend_schema(operation_id="payments_merchant_settlement_lines_list", examples=[ex.answer("An order", ex.LINE)])
    def get(self, request: Request, **url: str) -> Response:
        """A line an order, refund, split, dispute or correction, in the order in which they were booked."""
        return super().get(request, **url)


class File(Mine, MerchantFileView, views.SettlementFile):
    """A settlement as a file."""

    @extend_schema(operation_id="payments_merchant_settlements_csv", responses=CSV, examples=[ex.a_file("time,kind,number,...")])
    def get(self, request: Request, **url: str) -> StreamingHttpResponse:
        """The lines and what they come to as CSV: UTF-8 with a byte order mark. Banyan-Content-SHA256 is its hash, and what
        Banyan-Signature signs in place of the body."""
        return self.send(request, **url)


class Bill(Mine, MerchantFileView, views.BillFile):
    """The trade bill of a day."""

    @extend_schema(
        operation_id="payments_merchant_bills_csv", parameters=BILL_PARAMETERS, responses=CSV, examples=[ex.a_file("time,kind,order,...")]
    )
    def get(self, request: Request, **url: str) -> StreamingHttpResponse:
        """The orders paid and the refunds done on a day that is over, as CSV; hash and signature as of a
        settlement's file."""
        return self.send(request, **url)
