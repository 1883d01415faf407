"""What the caller invests regularly."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from core.api.pages import Listing
from core.api.views import EffectView, View
from core.business_day.queries import BeyondCalendar
from core.clock import queries as clock
from core.errors import DomainError, Invalid, NotFound
from core.ids import parse_public_id
from core.moves import WrongState
from payments.merchants.api.examples import answer, asked, page
from payments.risk.services.deciding import StrongerProofNeeded
from payments.wallet.api.base import customer_id, intent
from payments.wallet.services.parties import CustomerNotActive
from wealth.advisor import queries
from wealth.advisor.api import examples as ex
from wealth.advisor.api.shapes import InvestIn, InvestingShown, RunShown
from wealth.advisor.models import InvestingPlan, InvestingRun
from wealth.advisor.refusals import NotInvestedRegularly, TooManyInvestingPlans
from wealth.advisor.services import investing
from wealth.advisor.states import Every
from wealth.catalog import queries as catalog
from wealth.catalog.queries import Product
from wealth.orders.refusals import KindNotOrdered
from wealth.rules.investing import LAST, is_day
from wealth.suitability.services.answering import OnlyLowestRisk, ProfileExpired, ProfileMissing
from wealth.suitability.services.deciding import RiskTooHigh

WHICH_DAYS_EN = f"Give a day of the week, 1 to 7, or of the month, 1 to 28 or {LAST} for the last; 0 with idle."
WHICH_DAYS_ZH = f"请填写周几(1-7),或每月几日(1-28,{LAST} 为月末);闲钱转入填 0。"
KEEP_EN = "Say with idle, and with nothing else, how much stays on the balance."
KEEP_ZH = "仅闲钱转入需要填写余额保留金额。"


def id_of(text: str) -> Any:
    return parse_public_id(InvestingPlan.PREFIX, text)


class ShowsInvesting(View):
    """Regular investments are shown with their next dates, worked out at once."""

    output_class = InvestingShown

    def shown(self, row: Any, *, many: bool = False) -> Any:
        rows = row if many else [row]
        context = {"request": self.request, "coming": investing.coming(rows, clock.now())}
        return InvestingShown(row, many=many, context=context).data


class InvestingPlans(ShowsInvesting, EffectView, Listing):
    """The caller's regular investments."""

    input_class = InvestIn
    refusals = (
        NotFound,
        Invalid,
        CustomerNotActive,
        catalog.ProductNotOnSale,
        catalog.AmountTooSmall,
        catalog.AmountOffStep,
        KindNotOrdered,
        BeyondCalendar,
        NotInvestedRegularly,
        ProfileMissing,
        ProfileExpired,
        OnlyLowestRisk,
        RiskTooHigh,
        TooManyInvestingPlans,
        StepUpNeeded,
        ProofMismatch,
        ProofExpired,
        StrongerProofNeeded,
    )

    @extend_schema(operation_id="wealth_investing_list", examples=[page("Monthly", ex.INVESTING)])
    def get(self, request: Request, **url: str) -> Response:
        """Newest first, ended ones too, each with its next dates."""
        return super().get(request, **url)

    @extend_schema(operation_id="wealth_investing_create", examples=[asked("Monthly", ex.INVEST_IN), answer("Agreed", ex.INVESTING, 201)])
    def post(self, request: Request, **url: str) -> Any:
        """Let a product be bought again and again, paid from the balance without a PIN each time. It can be paused and ended at any
        time. A date without a trading day is taken on the next one; without enough money it is tried again that day, then missed."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[InvestingPlan]:
        return queries.investing(customer_id(request))

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> InvestingPlan:
        every, day = data["every"], data["day"]
        if not is_day(every=every, day=day):
            raise Invalid("day", WHICH_DAYS_EN, WHICH_DAYS_ZH)
        if (every == Every.IDLE) == (data["keep"] is None):
            raise Invalid("keep", KEEP_EN, KEEP_ZH)
        return investing.agree(
            intent=intent(request, data["proof"]),
            product_id=parse_public_id(Product.PREFIX, data["product_id"]),
            amount_fen=data["amount"],
            every=every,
            day=day,
            keep_fen=data["keep"],
            at=at,
        )


class OneInvestingPlan(ShowsInvesting):
    """One regular investment."""

    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_investing_read", examples=[answer("Monthly", ex.INVESTING, 200)])
    def get(self, request: Request, investing_id: str) -> Response:
        """It, with its next dates."""
        return Response(self.shown(queries.own_investing(customer_id(request), id_of(investing_id))))


class OfInvesting(ShowsInvesting, EffectView):
    """An act of the customer on one of theirs."""

    success_status = 200
    refusals: ClassVar[tuple[type[DomainError], ...]] = (NotFound, WrongState)


@extend_schema(request=None, examples=[answer("Paused", ex.INVESTING | {"state": "paused", "coming": []}, 200)])
class Pausing(OfInvesting):
    """Buy nothing until it is resumed."""

    before_consent = True

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> InvestingPlan:
        return investing.pause(customer_id=customer_id(request), investing_id=id_of(url["investing_id"]), at=at)


@extend_schema(request=None, examples=[answer("Going on", ex.INVESTING, 200)])
class Resuming(OfInvesting):
    """Go on with the next date; what was missed stays missed."""

    refusals = (NotFound, CustomerNotActive, WrongState)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> InvestingPlan:
        return investing.resume(customer_id=customer_id(request), investing_id=id_of(url["investing_id"]), at=at)


@extend_schema(request=None, examples=[answer("Ended", ex.INVESTING | {"state": "ended", "coming": []}, 200)])
class Ending(OfInvesting):
    """End it for good."""

    before_consent = True

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> InvestingPlan:
        return investing.end(customer_id=customer_id(request), investing_id=id_of(url["investing_id"]), at=at)


class Runs(Listing):
    """The dates of a regular investment."""

    output_class = RunShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_investing_runs_list", examples=[page("Bought", ex.RUN)])
    def get(self, request: Request, **url: str) -> Response:
        """What each date came to, newest first."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[InvestingRun]:
        return queries.runs(queries.own_investing(customer_id(request), id_of(url["investing_id"])).id)
