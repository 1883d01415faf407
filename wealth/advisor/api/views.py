"""Where the caller stands beside their model, and the plans that lead there."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.ledger.refusals import LedgerHalted
from core.api.pages import Listing
from core.api.views import EffectView, View
from core.business_day.queries import NoOpenDay
from core.clock import queries as clock
from core.errors import NotFound
from core.ids import parse_public_id
from core.limits.services import LimitReached
from payments.merchants.api.examples import answer, asked, page
from payments.wallet.api.base import customer_id
from payments.wallet.services.parties import CustomerNotActive
from wealth.advisor import advice, queries
from wealth.advisor.api import examples as ex
from wealth.advisor.api.shapes import AdviceShown, PlanIn, PlanShown
from wealth.advisor.models import AdvisorPlan
from wealth.advisor.refusals import NoModel, NothingToDo, PlanChanged, PlanOver
from wealth.advisor.services import confirming, planning
from wealth.suitability.services.answering import ProfileExpired, ProfileMissing


class Advice(View):
    """The caller's money beside their model."""

    output_class = AdviceShown

    @extend_schema(operation_id="wealth_advisor_read", examples=[answer("Drifted", ex.ADVICE, 200)])
    def get(self, request: Request) -> Response:
        """What the model for the caller's level would hold, what they hold, how far that is apart, and whether to rebalance."""
        return Response(self.shown(advice.standing(customer_id(request), clock.now())))


class ShowsPlans(View):
    """Plans are shown with their items, read at once."""

    output_class = PlanShown

    def shown(self, row: Any, *, many: bool = False) -> Any:
        rows = row if many else [row]
        context = {"request": self.request, "items": queries.items_of([one.id for one in rows])}
        return PlanShown(row, many=many, context=context).data


class Plans(ShowsPlans, EffectView, Listing):
    """The caller's plans."""

    input_class = PlanIn
    refusals = (CustomerNotActive, LimitReached, ProfileMissing, ProfileExpired, NoModel, NothingToDo)

    @extend_schema(operation_id="wealth_advisor_plans_list", examples=[page("A plan", ex.PLAN)])
    def get(self, request: Request, **url: str) -> Response:
        """The plans the caller was shown, newest first."""
        return super().get(request, **url)

    @extend_schema(operation_id="wealth_advisor_plans_create", examples=[asked("New money", ex.PLAN_IN), answer("Shown", ex.PLAN, 201)])
    def post(self, request: Request, **url: str) -> Any:
        """What to buy and sell to come to the model: new money first, selling only where the drift is worth it. Nothing is ordered until
        the plan is confirmed, and a newer plan takes its place."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[AdvisorPlan]:
        return queries.plans(customer_id(request))

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> AdvisorPlan:
        return planning.show(customer_id=customer_id(request), cash_fen=data["cash"], at=at)


def id_of(text: str) -> Any:
    return parse_public_id(AdvisorPlan.PREFIX, text)


class OnePlan(ShowsPlans):
    """One plan."""

    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_advisor_plans_read", examples=[answer("A plan", ex.PLAN, 200)])
    def get(self, request: Request, advisor_plan_id: str) -> Response:
        """What it showed, and what became of each of its orders."""
        return Response(self.shown(queries.own_plan(customer_id(request), id_of(advisor_plan_id))))


class Confirming(ShowsPlans, EffectView):
    """Ordering what a plan says."""

    success_status = 200
    refusals = (NotFound, CustomerNotActive, PlanOver, PlanChanged, NoOpenDay, LedgerHalted)

    @extend_schema(operation_id="wealth_advisor_plans_confirm", request=None, examples=[answer("Ordered", ex.CONFIRMED, 200)])
    def post(self, request: Request, **url: str) -> Any:
        """Order everything the plan shows, once. Purchases are then paid at the cashier like every order; sales are under way. An order
        that is refused says why in `code`, and the others go on."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> AdvisorPlan:
        return confirming.confirm(customer_id=customer_id(request), plan_id=id_of(url["advisor_plan_id"]), at=at)
