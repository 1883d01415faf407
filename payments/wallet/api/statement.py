"""Balance, overview, statement, months, the CSV file and receipts."""

from datetime import date
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Cursor
from core.api.views import FileView, View
from core.clock import queries as clock
from core.columns import MAX_FEN
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from core.money import CNY
from payments.wallet import csv_file, kinds, queries, receipts, statement
from payments.wallet.api.base import Paged, customer_id, page_of
from payments.wallet.api.shapes import SIDES, BalanceShown, PersonShown

CSV_ROWS = 20_000
MONTHS_BACK = 12
MONTHS_SHOWN = 24
RECEIPT_EXAMPLE = {
    "id": "jrn_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "time": "2026-11-22T02:00:00Z",
    "business_day": "2026-11-22",
    "kind": "transfer_out",
    "title": "Transfer to",
    "side": "out",
    "amount": 5000,
    "balance": 95000,
    "currency": "CNY",
    "order_id": "trf_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "counterparty": {"customer_id": "cus_06a1m5x9q0e7z8r2k4w6t1y3v5", "name": "**满", "phone": "+86 199****0001"},
    "party": "",
    "card": "",
    "remark": "午饭",
    "fee": 0,
}
MONTH_EXAMPLE = {"month": "2026-11", "in": 100000, "out": 5000, "currency": "CNY"}
BALANCE_EXAMPLE = {"posted": 95000, "held": 0, "available": 95000, "currency": "CNY"}


class SearchIn(serializers.Serializer[Any]):
    text = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=60, help_text="In a remark; a card's last four digits; an order's id."
    )
    kind = serializers.ChoiceField(choices=kinds.choices(), required=False, default="", allow_blank=True)
    side = serializers.ChoiceField(choices=SIDES, required=False, default="", allow_blank=True)
    month = serializers.CharField(required=False, default="", allow_blank=True, max_length=7, help_text="YYYY-MM, Shanghai.")
    least = serializers.IntegerField(required=False, default=None, min_value=0, max_value=MAX_FEN, help_text="Least amount, fen.")
    most = serializers.IntegerField(required=False, default=None, min_value=0, max_value=MAX_FEN, help_text="Largest amount, fen.")


class MovementShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id", help_text="The journal's number; the receipt's address.")
    time = serializers.DateTimeField(source="posted_at")
    business_day = serializers.DateField(source="business_on")
    kind = serializers.ChoiceField(choices=kinds.choices())
    title = serializers.SerializerMethodField()
    side = serializers.ChoiceField(choices=SIDES)
    amount = serializers.IntegerField()
    balance = serializers.IntegerField(source="balance_after", help_text="The balance after it.")
    currency = serializers.SerializerMethodField()
    order_id = serializers.CharField(source="reference")
    counterparty = serializers.SerializerMethodField()
    party = serializers.CharField(help_text="Who is on the other side when it is no customer, such as a merchant.")
    card = serializers.CharField(help_text="Bank and last four digits.")
    remark = serializers.CharField()
    fee = serializers.IntegerField(help_text="How much of it is the fee.")

    def get_title(self, movement: Any) -> str:
        title: str = movement.title_zh if (get_language() or "en").startswith("zh") else movement.title_en
        return title

    def get_currency(self, movement: Any) -> str:
        return CNY.code

    @extend_schema_field(PersonShown(allow_null=True))
    def get_counterparty(self, movement: Any) -> Any:
        return PersonShown(movement.counterparty).data if movement.counterparty else None


class MonthShown(serializers.Serializer[Any]):
    month = serializers.SerializerMethodField()
    currency = serializers.SerializerMethodField()

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {
            "in": serializers.IntegerField(source="into"),
            "out": serializers.IntegerField(source="out_of"),
        }

    def get_month(self, total: Any) -> str:
        return f"{total.month:%Y-%m}"

    def get_currency(self, total: Any) -> str:
        return CNY.code


class MonthsShown(serializers.Serializer[Any]):
    items = MonthShown(many=True)


class OverviewShown(serializers.Serializer[Any]):
    balance = BalanceShown()
    month = MonthShown(help_text="The present month.")
    waiting_for_me = serializers.IntegerField(help_text="Transfers to the caller that wait to be accepted.")
    processing = serializers.IntegerField(help_text="Top-ups, withdrawals and transfers of the caller that are not over.")


MovementPage = page_of(MovementShown, "MovementPage")
SEARCH_PARAMETERS = [SearchIn]


class MovementCursor(Cursor):
    ordering = statement.ORDERING


def search_of(request: Request) -> statement.Search:
    asked = SearchIn(data=request.query_params)
    asked.is_valid(raise_exception=True)
    data = asked.validated_data
    return statement.Search(
        text=data["text"], kind=data["kind"], side=data["side"], month=data["month"], least_fen=data["least"], most_fen=data["most"]
    )


class BalanceView(View):
    """The balance."""

    output_class = BalanceShown

    @extend_schema(examples=[OpenApiExample("950 yuan", value=BALANCE_EXAMPLE, response_only=True)])
    def get(self, request: Request) -> Response:
        """What is booked, what is held of it, and what may be spent."""
        return Response(shown_balance(request))


def shown_balance(request: Request) -> dict[str, Any]:
    found = queries.balance(customer_id(request))
    return {"posted": found.posted, "held": found.held, "available": found.available, "currency": CNY.code}


class Overview(View):
    """The wallet at a glance."""

    output_class = OverviewShown

    @extend_schema(
        examples=[
            OpenApiExample(
                "a wallet",
                value={"balance": BALANCE_EXAMPLE, "month": MONTH_EXAMPLE, "waiting_for_me": 1, "processing": 0},
                response_only=True,
            )
        ]
    )
    def get(self, request: Request) -> Response:
        """Balance, the present month in and out, and what waits."""
        mine = customer_id(request)
        month = f"{clock.local(clock.now()):%Y-%m}"
        since, until = statement.month_span(month)
        totals = statement.months(mine, since=since, until=until)
        into, out_of = (totals[0].into, totals[0].out_of) if totals else (0, 0)
        return Response(
            {
                "balance": shown_balance(request),
                "month": {"month": month, "currency": CNY.code, "in": into, "out": out_of},
                "waiting_for_me": queries.waiting_for(mine),
                "processing": sum(queries.open_orders(mine).values()),
            }
        )


class Movements(Paged):
    """The statement."""

    paginator_class = MovementCursor
    output_class = MovementPage
    refusals = (Invalid,)

    @extend_schema(
        operation_id="payments_wallet_movements_list",
        parameters=SEARCH_PARAMETERS,
        examples=[OpenApiExample("a page", value={"items": [RECEIPT_EXAMPLE], "next": None, "previous": None}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """Every movement of the balance, newest first, searched and filtered."""
        mine = customer_id(request)
        found = statement.movements(mine, search_of(request))
        return self.page(request, found, lambda entries: MovementShown(statement.joined(mine, entries), many=True).data)


class MovementsFile(FileView):
    """The statement as a file."""

    refusals = (Invalid,)

    @extend_schema(
        operation_id="payments_wallet_movements_csv",
        parameters=SEARCH_PARAMETERS,
        responses={(200, "text/csv"): OpenApiTypes.STR},
        examples=[OpenApiExample("a file", value="time,business day,kind,...", response_only=True, media_type="text/csv")],
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """The same movements as CSV: UTF-8 with a byte order mark, cells safe for spreadsheets, up to 20,000 lines."""
        search = search_of(request)
        found = statement.in_batches(customer_id(request), search, most=CSV_ROWS)
        if search.month:
            statement.month_span(search.month)
        answer = StreamingHttpResponse(csv_file.rows(found, get_language() or "en"), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="statement-{search.month or "all"}.csv"'
        answer["Cache-Control"] = "no-store"
        return answer


class Months(View):
    """Totals by month."""

    output_class = MonthsShown
    refusals = (Invalid,)

    @extend_schema(
        parameters=[OpenApiParameter("from", str, description="YYYY-MM, at most 24 months back from `to`; 12 months unless told."),
                    OpenApiParameter("to", str, description="YYYY-MM, inclusive; the present month unless told.")],
        examples=[OpenApiExample("two months", value={"items": [MONTH_EXAMPLE, MONTH_EXAMPLE | {"month": "2026-10"}]}, response_only=True)],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """What came in and went out by month, newest first; months without movements are left out."""
        last = request.query_params.get("to") or f"{clock.local(clock.now()):%Y-%m}"
        until = statement.month_span(last)[1]
        first = request.query_params.get("from") or f"{months_before(last, MONTHS_BACK - 1):%Y-%m}"
        since = statement.month_span(first)[0]
        if since >= until or since < clock.start_of_day(months_before(last, MONTHS_SHOWN)):
            raise Invalid("from", "Ask for 1 to 24 months, from not after to.", "请查询 1 至 24 个月,起始月份不得晚于结束月份。")
        return Response({"items": MonthShown(statement.months(customer_id(request), since=since, until=until), many=True).data})


def months_before(month: str, count: int) -> date:
    """The first day of the month `count` months before `month`."""
    year, number = (int(part) for part in month.split("-"))
    return date(year + (number - 1 - count) // 12, (number - 1 - count) % 12 + 1, 1)


class Receipt(View):
    """One movement in full."""

    output_class = MovementShown
    refusals = (NotFound,)

    @extend_schema(examples=[OpenApiExample("a transfer", value=RECEIPT_EXAMPLE, response_only=True)])
    def get(self, request: Request, journal_id: str) -> Response:
        """The receipt of one movement, with the number of its journal."""
        return Response(MovementShown(statement.receipt(customer_id(request), parse_public_id("jrn", journal_id))).data)


class ReceiptPage(FileView):
    """One movement on paper."""

    refusals = (NotFound,)

    @extend_schema(
        operation_id="payments_wallet_receipts_print",
        responses={(200, "text/html"): OpenApiTypes.STR},
        examples=[OpenApiExample("a page", value="<!doctype html>...", response_only=True, media_type="text/html")],
    )
    def get(self, request: Request, journal_id: str) -> HttpResponse:
        """The receipt as a page to print."""
        answer = HttpResponse(render_to_string("payments/receipt.html", {"receipt": own_receipt(request, journal_id)}))
        answer["Cache-Control"] = "no-store"
        return answer


class ReceiptPdf(FileView):
    """One movement as a file to keep or to hand on."""

    refusals = (NotFound,)

    @extend_schema(
        operation_id="payments_wallet_receipts_pdf",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        examples=[OpenApiExample("a file", value="%PDF-1.3 ...", response_only=True, media_type="application/pdf")],
    )
    def get(self, request: Request, journal_id: str) -> HttpResponse:
        """The receipt as a PDF, in Chinese or English by Accept-Language, both sides masked, the font embedded."""
        # Half a second of import, kept out of the start of every process that never prints one.
        from payments.wallet import receipt_pdf  # noqa: PLC0415

        found = own_receipt(request, journal_id)
        answer = HttpResponse(receipt_pdf.rendered(found), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="receipt-{found.number}.pdf"'
        answer["Cache-Control"] = "no-store"
        return answer


def own_receipt(request: Request, journal_id: str) -> receipts.Receipt:
    """The receipt of the caller's movement in the request's language. Raises NotFound, also for another's."""
    mine = customer_id(request)
    movement = statement.receipt(mine, parse_public_id("jrn", journal_id))
    return receipts.receipt(movement, holder=queries.person(mine), language=get_language() or "en", at=clock.now())
