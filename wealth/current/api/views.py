"""A customer's money funds: what they hold, and every day's income."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Cursor
from core.api.views import View
from core.errors import NotFound
from core.ids import parse_public_id
from payments.wallet.api.base import Paged, customer_id, page_of
from wealth.current import queries
from wealth.current.api import examples
from wealth.current.api.shapes import CurrentHoldingShown, CurrentIncomeShown
from wealth.current.models import CurrentHolding, CurrentIncome

HoldingPage = page_of(CurrentHoldingShown, "CurrentHoldingPage")
IncomePage = page_of(CurrentIncomeShown, "CurrentIncomePage")


def own(request: Request, holding_id: str) -> CurrentHolding:
    return queries.own_one(customer_id(request), parse_public_id(CurrentHolding.PREFIX, holding_id))


class Holdings(Paged):
    """Money funds of the caller."""

    output_class = HoldingPage

    @extend_schema(operation_id="wealth_current_holdings_list", examples=[examples.HOLDINGS])
    def get(self, request: Request) -> Response:
        """What the caller holds or held of money funds, newest first."""
        return self.page(request, queries.own(customer_id(request)), lambda rows: CurrentHoldingShown(rows, many=True).data)


class OneHolding(View):
    """One holding."""

    output_class = CurrentHoldingShown
    refusals = (NotFound,)

    @extend_schema(examples=[examples.HOLDING])
    def get(self, request: Request, holding_id: str) -> Response:
        """Read a holding: units, what of them is free, its income and the fraction of a fen it carries."""
        return Response(CurrentHoldingShown(own(request, holding_id)).data)


class DayCursor(Cursor):
    ordering = ("-day", "-booking", "-reversal")


class IncomeDays(Paged):
    """The days of one holding."""

    paginator_class = DayCursor
    output_class = IncomePage
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_current_holdings_income_list", examples=[examples.DAYS])
    def get(self, request: Request, holding_id: str) -> Response:
        """Every day's income, newest first. A day whose quote was revised stands here three times: booked, taken back, booked anew."""
        rows: QuerySet[CurrentIncome] = queries.days(own(request, holding_id).pk)
        return self.page(request, rows, lambda days: CurrentIncomeShown(days, many=True).data)
