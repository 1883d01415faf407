"""A customer's fixed terms: what each is worth, now and at its end, and what happens then."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import EffectView, View
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from payments.merchants.api.examples import answer, asked, page
from payments.wallet.api.base import Paged, customer_id, page_of
from wealth.fixed_term import queries, refusals
from wealth.fixed_term.api import examples as ex
from wealth.fixed_term.api.shapes import FixedHoldingShown, InstructionIn
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.services import instructing
from wealth.fixed_term.states import LotState
from wealth.fixed_term.worth import Rhythms, worth

HoldingPage = page_of(FixedHoldingShown, "FixedHoldingPage")
STATE = OpenApiParameter("state", str, enum=LotState.values, description="One state; all unless told.")


def valued(lots: Iterable[FixedHolding], at: datetime) -> list[FixedHolding]:
    """With `worth` beside each."""
    rhythms, found = Rhythms(at), list(lots)
    for lot in found:
        lot.worth = worth(lot, at, rhythms.dates(lot.product.current))  # type: ignore[attr-defined]
    return found


def lot_id(url: str) -> UUID:
    return parse_public_id(FixedHolding.PREFIX, url)


class Holdings(Paged):
    """Fixed terms of the caller."""

    output_class = HoldingPage
    refusals = (Invalid,)

    @extend_schema(operation_id="wealth_fixed_term_holdings_list", parameters=[STATE], examples=[page("A holding", ex.HOLDING)])
    def get(self, request: Request) -> Response:
        """What the caller has or had in fixed terms, newest first: one holding for each purchase, and for each time it was rolled on."""
        state, at = request.query_params.get("state", ""), clock.now()
        if state and state not in LotState.values:
            raise Invalid("state", "There is no such state.", "没有该状态。")
        rows = queries.own(customer_id(request))
        rows = rows.filter(state=state) if state else rows
        return self.page(request, rows, lambda lots: FixedHoldingShown(valued(lots, at), many=True).data)


class OneHolding(View):
    """One holding."""

    output_class = FixedHoldingShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_fixed_term_holdings_read", examples=[answer("A holding", ex.HOLDING, 200)])
    def get(self, request: Request, fixed_holding_id: str) -> Response:
        """What it has accrued, what it comes to at its end, and what it would come to now."""
        lot = queries.own_one(customer_id(request), lot_id(fixed_holding_id))
        return Response(self.shown(valued([lot], clock.now())[0]))


class Instructing(EffectView):
    """Choosing what happens at the end."""

    input_class = InstructionIn
    output_class = FixedHoldingShown
    success_status = 200
    refusals = (NotFound, Invalid, refusals.LotEnded, refusals.InstructionLate)

    @extend_schema(
        operation_id="wealth_fixed_term_holdings_instruct",
        examples=[asked("Roll all on", ex.INSTRUCT_IN), answer("Chosen", ex.INSTRUCTED, 200)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Choose what happens at the end, until the day before it: `pay_out` (all to the balance), `roll_principal` (interest to the
        balance, the principal goes on) or `roll_all`. What goes on does so at the rate of that day; where it cannot, it is paid out and
        `code` says why."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> FixedHolding:
        lot = instructing.instruct(
            customer_id=customer_id(request), holding_id=lot_id(url["fixed_holding_id"]), instruction=data["instruction"], at=at
        )
        return valued([lot], at)[0]
