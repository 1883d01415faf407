"""Quotes and applications of insurance."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Listing
from core.api.views import EffectView, View
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from payments.merchants.api.examples import answer, asked, page
from payments.wallet.api.base import customer_id
from payments.wallet.services.parties import CustomerNotActive
from wealth.catalog.queries import Product, ProductNotOnSale
from wealth.insurance import queries, refusals
from wealth.insurance.api import examples as ex
from wealth.insurance.api.shapes import ApplicationShown, InsuranceApplicationIn, QuoteIn
from wealth.insurance.models import InsuranceApplication
from wealth.insurance.services import applying
from wealth.insurance.states import ApplicationState

STATE = OpenApiParameter("state", str, enum=ApplicationState.values, description="One state; all unless told.")


@extend_schema(examples=[asked("For oneself", ex.QUOTE_IN), answer("Quoted", ex.QUOTE, 201)])
class Quotes(EffectView):
    """What each payment would cost, for who is insured, a cover and the answers to the product's questions; good for some days. Hand it in
    as an application."""

    input_class = QuoteIn
    output_class = ApplicationShown
    refusals = (CustomerNotActive, *applying.OFFERED)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> InsuranceApplication:
        return applying.quote(
            customer_id=customer_id(request),
            product_id=parse_public_id(Product.PREFIX, data["product_id"]),
            cover_fen=data["cover"],
            born_on=data["born_on"],
            answers=data["answers"],
            at=at,
        )


class Applications(EffectView, Listing):
    """The caller's applications."""

    input_class = InsuranceApplicationIn
    output_class = ApplicationShown
    refusals = (NotFound, Invalid, CustomerNotActive, refusals.QuoteOver, refusals.NotTheQuoted, refusals.DeclinedBefore, ProductNotOnSale)

    @extend_schema(operation_id="wealth_insurance_applications_list", parameters=[STATE], examples=[page("One", ex.APPLICATION)])
    def get(self, request: Request, **url: str) -> Response:
        """The quotes the caller asked for, and what became of those that were handed in, newest first."""
        return super().get(request, **url)

    @extend_schema(
        operation_id="wealth_insurance_applications_create",
        examples=[asked("Hand it in", ex.APPLICATION_IN), answer("Accepted", ex.APPLICATION, 201)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Hand a quote in with who is insured: the product's rules accept or decline it, or a person decides (`referred`). Then order the
        product for exactly the premium, with `details` {"application_id": ...}."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[InsuranceApplication]:
        state = request.query_params.get("state", "")
        if state and state not in ApplicationState.values:
            raise Invalid("state", "There is no such state.", "没有该状态。")
        mine = queries.own_applications(customer_id(request))
        return mine.filter(state=state) if state else mine

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> InsuranceApplication:
        return applying.apply(
            customer_id=customer_id(request),
            application_id=parse_public_id(InsuranceApplication.PREFIX, data["quote_id"]),
            name=data["insured_name"],
            id_number=data["insured_id_number"],
            at=at,
        )


class OneApplication(View):
    """One application."""

    output_class = ApplicationShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_insurance_applications_read", examples=[answer("One", ex.APPLICATION, 200)])
    def get(self, request: Request, application_id: str) -> Response:
        """What became of it."""
        wanted = parse_public_id(InsuranceApplication.PREFIX, application_id)
        return Response(self.shown(queries.own_application(customer_id(request), wanted)))
