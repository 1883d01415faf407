"""A customer's portfolio: everything in one view, over time, looked at, and by month."""

from collections.abc import Callable, Mapping

from django.http import HttpResponse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import FileView, View
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.money import CNY
from payments.wallet import queries as wallet
from payments.wallet.api.base import customer_id
from wealth.portfolio import queries
from wealth.portfolio.api import examples
from wealth.portfolio.api.shapes import (
    CheckupsShown,
    FormIn,
    HistoryIn,
    HistoryShown,
    PortfolioMonthsShown,
    PortfolioShown,
    StatementShown,
    history_of,
    overview_of,
    span,
)
from wealth.portfolio.checkups import checkups
from wealth.portfolio.overview import overview
from wealth.portfolio.statement import Statement, months, statement

TYPES = {"csv": "text/csv", "pdf": "application/pdf"}


class Overviews(View):
    """Everything the caller has."""

    output_class = PortfolioShown

    @extend_schema(operation_id="wealth_portfolio_retrieve", examples=[examples.PORTFOLIO])
    def get(self, request: Request) -> Response:
        """Products of every kind, the wallet and what else floors tell of: net worth, allocation, income and returns. What cannot be known
        is null with a reason."""
        seen = overview(customer_id=customer_id(request), at=clock.now())
        return Response(overview_of(seen))


class History(View):
    """The days behind."""

    output_class = HistoryShown
    refusals = (Invalid,)
    query_checked = True

    @extend_schema(operation_id="wealth_portfolio_history", parameters=[HistoryIn], examples=[examples.HISTORY])
    def get(self, request: Request) -> Response:
        """What products were worth at the end of each day, what came in and went out, and their income; days in order, none left out. A day
        whose income was revised shows what is known now."""
        asked = HistoryIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        mine = customer_id(request)
        kept = queries.kept(mine)
        if kept is None:
            return Response(HistoryShown(history_of(None, None, None, [])).data)
        first, last = span(asked.validated_data, kept)
        found = queries.history(mine, since=first, through=last) if first <= last else []
        return Response(HistoryShown(history_of(kept, first, last, found)).data)


class Checkups(View):
    """What is worth a look."""

    output_class = CheckupsShown

    @extend_schema(operation_id="wealth_portfolio_checkups", examples=[examples.CHECKUPS])
    def get(self, request: Request) -> Response:
        """Emergency money, concentration, idle cash, what falls due together, and debts against deposits: each ok, attention or
        not_available, with the numbers it was answered by."""
        return Response(CheckupsShown({"items": checkups(customer_id=customer_id(request), at=clock.now())}).data)


class Months(View):
    """Statements there are."""

    output_class = PortfolioMonthsShown

    @extend_schema(operation_id="wealth_portfolio_statements_list", examples=[examples.MONTHS])
    def get(self, request: Request) -> Response:
        """The months there is a statement of, newest first, with their sums; the present month up to the last day that is over."""
        return Response(PortfolioMonthsShown({"currency": CNY.code, "items": months(customer_id(request))}).data)


class OneMonth(FileView):
    """The statement of a month."""

    output_class = StatementShown
    refusals = (NotFound,)
    query_checked = True

    @extend_schema(
        operation_id="wealth_portfolio_statements_retrieve",
        parameters=[FormIn],
        responses={
            (200, "application/json"): StatementShown,
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        },
        examples=[examples.STATEMENT, examples.CSV, examples.PDF],
    )
    def get(self, request: Request, month: str) -> HttpResponse:
        """Opening, in, out, income and closing of each product in a month (YYYY-MM): each line and the sum add up to the fen. As JSON, CSV
        or PDF, by `form` or else by `Accept`."""
        form, mine = form_of(request), customer_id(request)
        found = statement(customer_id=mine, month=month)
        if form == "json":
            return Response(StatementShown({"currency": CNY.code, "month": found.month, "lines": found.lines}).data)
        answer = HttpResponse(written(form, found, request), content_type=f"{TYPES[form]}{'; charset=utf-8' if form == 'csv' else ''}")
        answer["Content-Disposition"] = f'attachment; filename="portfolio-{month}.{form}"'
        answer["Cache-Control"] = "no-store"
        return answer


def form_of(request: Request) -> str:
    asked = FormIn(data=request.query_params)
    asked.is_valid(raise_exception=True)
    accepted = request.headers.get("Accept", "")
    by_accept = next((form for form, kind in TYPES.items() if kind in accepted), "json")
    return str(asked.validated_data.get("form", by_accept))


def written(form: str, found: Statement, request: Request) -> str | bytes:
    # Half a second of import, kept out of the start of every process that never prints one.
    from wealth.portfolio import files  # noqa: PLC0415

    language = "zh" if (get_language() or "en").startswith("zh") else "en"
    paper = files.Paper(found, wallet.person(customer_id(request)).name, clock.now(), language)
    forms: Mapping[str, Callable[[files.Paper], str | bytes]] = {"csv": files.as_csv, "pdf": files.as_pdf}
    return forms[form](paper)
