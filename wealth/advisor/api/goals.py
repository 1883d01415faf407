"""The caller's goals."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Listing
from core.api.views import EffectView, View
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from payments.merchants.api.examples import answer, asked, page
from payments.wallet.api.base import customer_id
from payments.wallet.services.parties import CustomerNotActive
from wealth.advisor import queries
from wealth.advisor.api import examples as ex
from wealth.advisor.api.shapes import GoalIn, GoalPlain, GoalShown
from wealth.advisor.models import WealthGoal
from wealth.advisor.progress import progress
from wealth.advisor.refusals import TooManyGoals
from wealth.advisor.services import goals


def id_of(text: str) -> Any:
    return parse_public_id(WealthGoal.PREFIX, text)


class ShowsGoals(View):
    """Goals are shown with how far they are, which takes all of them."""

    output_class = GoalShown

    def shown(self, row: Any, *, many: bool = False) -> Any:
        found = progress(customer_id(self.request), clock.now())
        rows = [found[one.id] for one in row] if many else found[row.id]
        return super().shown(rows, many=many)


class Goals(ShowsGoals, EffectView, Listing):
    """The caller's goals."""

    input_class = GoalIn
    refusals = (CustomerNotActive, Invalid, TooManyGoals)

    @extend_schema(operation_id="wealth_goals_list", examples=[page("A goal", ex.GOAL)])
    def get(self, request: Request, **url: str) -> Response:
        """Newest first, each with what is saved for it and where it may lead."""
        return super().get(request, **url)

    @extend_schema(operation_id="wealth_goals_create", examples=[asked("A flat", ex.GOAL_IN), answer("A goal", ex.GOAL, 201)])
    def post(self, request: Request, **url: str) -> Any:
        """Set a goal. What is invested fills the goal due first, then the next."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[WealthGoal]:
        return queries.goals(customer_id(request))

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> WealthGoal:
        return goals.put(customer_id=customer_id(request), at=at, **said(data))


def said(data: dict[str, Any]) -> dict[str, Any]:
    return {"name": data["name"], "amount_fen": data["amount"], "monthly_fen": data["monthly"], "due_on": data["due_on"]}


class OneGoal(ShowsGoals, EffectView):
    """One goal."""

    input_class = GoalIn
    success_status = 200
    refusals = (NotFound, CustomerNotActive, Invalid)

    @extend_schema(operation_id="wealth_goals_read", examples=[answer("A goal", ex.GOAL, 200)])
    def get(self, request: Request, wealth_goal_id: str) -> Response:
        """What is saved for it, and where it may lead."""
        return Response(self.shown(queries.own_goal(customer_id(request), id_of(wealth_goal_id))))

    @extend_schema(operation_id="wealth_goals_change", examples=[asked("Change", ex.GOAL_IN), answer("Changed", ex.GOAL, 200)])
    def post(self, request: Request, **url: str) -> Any:
        """Say the goal anew."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> WealthGoal:
        return goals.put(customer_id=customer_id(request), at=at, goal_id=id_of(url["wealth_goal_id"]), **said(data))


class Deleting(EffectView):
    """Giving a goal up."""

    output_class = GoalPlain
    success_status = 200
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_goals_delete", request=None, examples=[answer("Deleted", ex.GOAL_ID, 200)])
    def post(self, request: Request, **url: str) -> Any:
        """Delete it; what is invested stays."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> WealthGoal:
        return goals.delete(customer_id=customer_id(request), goal_id=id_of(url["wealth_goal_id"]))
