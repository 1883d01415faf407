"""What both ways in share: a page of settlements, one in full, its lines, its file, and the bill of a day. Subclasses say whose."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import get_language
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Cursor, Listing
from core.api.views import FileView, View
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from payments.merchants.api.signed import CONTENT_HASH
from payments.settlement import bills, queries, statement_file
from payments.settlement.api.shapes import LineShown, SettlementInFullShown, SettlementShown
from payments.settlement.bills import BillKind, BillNotReady
from payments.settlement.files import File
from payments.settlement.models import Settlement, SettlementLine


class ByDay(Cursor):
    ordering = ("-business_on", "-id")


class ByTime(Cursor):
    ordering = ("posted_at", "id")


class Whose:
    """Whose settlements an address shows."""

    def merchant_id(self, request: Request, **url: str) -> UUID:
        raise NotImplementedError

    def one(self, request: Request, **url: str) -> Settlement:
        """Raises NotFound, also for another merchant's."""
        return queries.own(self.merchant_id(request, **url), parse_public_id(Settlement.PREFIX, url["settlement_id"]))


class SettlementList(Whose, Listing):
    output_class = SettlementShown
    pagination_class = ByDay
    refusals = (NotFound,)

    def rows(self, request: Request, **url: str) -> QuerySet[Settlement]:
        return queries.of_merchant(self.merchant_id(request, **url))


class SettlementInFull(Whose, View):
    output_class = SettlementInFullShown
    refusals = (NotFound,)

    def show(self, request: Request, **url: str) -> Response:
        found: Any = self.one(request, **url)
        found.payouts = queries.payouts(found.id)
        return Response(self.shown(found))


class SettlementLines(Whose, Listing):
    output_class = LineShown
    pagination_class = ByTime
    refusals = (NotFound,)

    def rows(self, request: Request, **url: str) -> QuerySet[SettlementLine]:
        return queries.lines(self.one(request, **url).id)


class SettlementFile(Whose, FileView):
    refusals = (NotFound,)

    def send(self, request: Request, **url: str) -> StreamingHttpResponse:
        found = self.one(request, **url)
        return sent(statement_file.statement(found, get_language() or "en"), f"settlement-{found.business_on.isoformat()}.csv")


class BillFile(Whose, FileView):
    refusals = (NotFound, Invalid, BillNotReady)

    def send(self, request: Request, **url: str) -> StreamingHttpResponse:
        merchant_id, day = self.merchant_id(request, **url), day_of(request.query_params.get("date", ""))
        kind = request.query_params.get("kind", BillKind.ALL)
        if kind not in BillKind.values:
            raise Invalid("kind", "Ask for all, paid or refunds.", "kind 须为 all、paid 或 refunds。")
        made = bills.bill(merchant_id=merchant_id, day=day, kind=kind, language=get_language() or "en")
        return sent(made, f"bill-{day.isoformat()}-{kind}.csv")


def day_of(text: str) -> date:
    """Raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise Invalid("date", "Name the day as YYYY-MM-DD.", "请填写日期(YYYY-MM-DD)。") from problem


def sent(file: File, name: str) -> StreamingHttpResponse:
    """A file with its hash ahead of it."""
    answer = StreamingHttpResponse(file.pieces, content_type="text/csv; charset=utf-8")
    answer[CONTENT_HASH] = file.sha256
    answer["Content-Length"] = str(file.size)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
