"""Finding credit products, one of them, and what borrowing would cost."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Listing
from core.api.views import View
from core.clock import queries as clock
from core.clock.queries import local_day
from core.errors import NotFound
from core.ids import parse_public_id
from credit.products import queries, quoting, refusals
from credit.products.api import examples as ex
from credit.products.api.shapes import CreditProductLine, CreditProductShown, CreditQuotesIn, CreditQuotesShown
from credit.products.models import CreditProduct
from payments.merchants.api.examples import answer, page


def named(credit_product_id: str) -> CreditProduct:
    """Raises NotFound."""
    return queries.one_shown(parse_public_id(CreditProduct.PREFIX, credit_product_id))


class CreditProducts(Listing):
    """What is lent."""

    output_class = CreditProductLine

    @extend_schema(operation_id="credit_products_list", examples=[page("A product", ex.LINE)])
    def get(self, request: Request, **url: str) -> Response:
        """Credit products on offer or suspended, newest first, each with its price a year."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[CreditProduct]:
        return queries.shown()

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return CreditProductLine(row, many=many, context={"day": local_day(clock.now())}).data


class OneCreditProduct(View):
    """One credit product."""

    output_class = CreditProductShown
    refusals = (NotFound,)

    @extend_schema(operation_id="credit_products_read", examples=[answer("A product", ex.PRODUCT, 200)])
    def get(self, request: Request, credit_product_id: str) -> Response:
        """All that is asked before borrowing: the price a year, an example with each payment, being late, paying ahead, risks."""
        product = named(credit_product_id)
        return Response(CreditProductShown(product, context=page_of(product, clock.now())).data)


def page_of(product: CreditProduct, at: datetime) -> dict[str, Any]:
    version, day, most_ppm = queries.current_version(product), local_day(at), queries.most_ppm(at)
    example = quoting.offers(version, amount_fen=version.most_fen, grade="", starts_on=day, most_ppm=most_ppm)
    return {"day": day, "most_ppm": most_ppm, "example": next(iter(example), None)}


class Quotes(View):
    """What borrowing would cost."""

    output_class = CreditQuotesShown
    refusals = (
        NotFound,
        queries.CreditNotOffered,
        refusals.AmountNotOffered,
        refusals.PeriodsNotOffered,
        refusals.GradeNotPriced,
        refusals.PriceAboveCap,
    )
    query_checked = True

    @extend_schema(operation_id="credit_products_quotes", parameters=[CreditQuotesIn], examples=[answer("In three", ex.QUOTES, 200)])
    def get(self, request: Request, credit_product_id: str) -> Response:
        """By the very engine that books it, from today on: each payment, the price a year, the cost in all."""
        product, at = named(credit_product_id), clock.now()
        wanted = CreditQuotesIn(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        data, version = wanted.validated_data, queries.offered(product.id)
        facts = {"amount_fen": data["amount"], "grade": data["grade"], "starts_on": local_day(at), "most_ppm": queries.most_ppm(at)}
        one = "periods" in data
        found = [quoting.quote(version, periods=data["periods"], **facts)] if one else quoting.offers(version, **facts)
        return Response(CreditQuotesShown({"items": found}).data)
