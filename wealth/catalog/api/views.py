"""Finding products, one of them, several side by side, and what an amount would become."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Cursor, Listing
from core.api.views import View
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from payments.merchants.api.examples import answer, page
from wealth.catalog import queries
from wealth.catalog.api import examples as ex
from wealth.catalog.api.shapes import (
    MOST_COMPARED,
    CalculatedShown,
    CalculateIn,
    ComparedShown,
    CompareIn,
    DisclosureShown,
    ProductLine,
    ProductShown,
    ProductsIn,
    Sort,
    outcome_of,
    page_of,
)
from wealth.catalog.models import Product
from wealth.catalog.states import Risk


def asked(shape: Any, request: Request) -> dict[str, Any]:
    """The query through a serializer. Raises DRF's ValidationError."""
    wanted = shape(data=request.query_params)
    wanted.is_valid(raise_exception=True)
    data: dict[str, Any] = wanted.validated_data
    return data


def named(product_id: str, at: datetime) -> Product:
    """Raises NotFound."""
    return queries.one_shown(parse_public_id(Product.PREFIX, product_id), at)


class Sorted(Cursor):
    """A page in the order that `sort` names."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        return Sort.BY.get(request.query_params.get("sort", "newest"), Sort.BY["newest"])


def conditions(data: dict[str, Any]) -> Q:
    """The filters of a list as one condition."""
    found = Q()
    if data["q"]:
        found &= Q(current__name_zh__icontains=data["q"]) | Q(current__name_en__icontains=data["q"]) | Q(code__icontains=data["q"])
    if "risk_most" in data:
        found &= Q(current__risk__in=Risk.values[: Risk.values.index(data["risk_most"]) + 1])
    if data["fast"] is not None:
        found &= Q(current__t0_cap_fen__gt=0) if data["fast"] else Q(current__t0_cap_fen=0)
    plain = {
        "kind": "kind", "principal_protected": "current__principal_protected", "transferable": "current__transferable",
        "yield_least_bp": "yield_sort__gte", "term_least": "current__term_days__gte", "term_most": "current__term_days__lte",
        "minimum_most": "current__minimum_fen__lte",
    }  # fmt: skip
    return found & Q(**{column: data[name] for name, column in plain.items() if data.get(name) is not None})


class Products(Listing):
    """What can be bought."""

    output_class = ProductLine
    pagination_class = Sorted
    query_checked = True

    @extend_schema(operation_id="wealth_products_list", parameters=[ProductsIn], examples=[page("A product", ex.LINE)])
    def get(self, request: Request, **url: str) -> Response:
        """Products on sale or suspended; what has no quota left is left out. Sorted by one of the four elements, or the newest first."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Product]:
        data = asked(ProductsIn, request)
        return queries.sortable(queries.shown(clock.now())).filter(conditions(data))


class Compared(View):
    """Products side by side."""

    output_class = ComparedShown
    refusals = (NotFound, Invalid)
    query_checked = True

    @extend_schema(operation_id="wealth_products_compare", parameters=[CompareIn], examples=[answer("Two", ex.COMPARED, 200)])
    def get(self, request: Request) -> Response:
        """Two to four products with everything their pages say, in the order asked for."""
        ids = [one.strip() for one in asked(CompareIn, request)["ids"].split(",")]
        if not 2 <= len(ids) <= MOST_COMPARED or len(set(ids)) < len(ids):
            raise Invalid("ids", "Name two to four different products.", "请选择 2 至 4 个不同的产品。")
        at = clock.now()
        found = queries.many_shown([parse_public_id(Product.PREFIX, one) for one in ids], at)
        context = page_of(found, at)
        return Response({"items": [ProductShown(product, context=context).data for product in found]})


class OneProduct(View):
    """One product."""

    output_class = ProductShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_products_read", examples=[answer("A product", ex.PRODUCT, 200)])
    def get(self, request: Request, product_id: str) -> Response:
        """All that is asked before buying: the four elements, fees, the way out, the dates of an order made now, what one would have."""
        at = clock.now()
        product = named(product_id, at)
        return Response(ProductShown(product, context=page_of([product], at)).data)


class Calculator(View):
    """What an amount would become."""

    output_class = CalculatedShown
    refusals = (NotFound, queries.AmountTooSmall, queries.AmountOffStep)
    query_checked = True

    @extend_schema(
        operation_id="wealth_products_calculate", parameters=[CalculateIn], examples=[answer("30 days", {"outcome": ex.OUTCOME}, 200)]
    )
    def get(self, request: Request, product_id: str) -> Response:
        """By the same rule as the booking."""
        at = clock.now()
        product = named(product_id, at)
        data = asked(CalculateIn, request)
        version = queries.current_version(product)
        queries.require_amount(version, data["amount"])
        return Response(self.shown({"outcome": outcome_of(product, version, data["amount"], data["days"], at)}))


class Disclosure(View):
    """Who keeps the money of a product, under which licence, at which fees and risks."""

    output_class = DisclosureShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_products_disclosure", examples=[answer("A disclosure", ex.DISCLOSURE, 200)])
    def get(self, request: Request, product_id: str) -> Response:
        """As reviewed by two people with the version that is sold now."""
        at = clock.now()
        product = named(product_id, at)
        return Response(DisclosureShown(product, context=page_of([product], at)).data)
