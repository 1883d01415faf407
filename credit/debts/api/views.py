"""Borrowing on a line, what is owed, and paying it back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.ledger.refusals import InsufficientFunds
from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from core.api.pages import Listing
from core.api.views import EffectView, View
from core.clock import queries as clock
from core.clock.queries import local_day
from core.errors import NotFound
from core.ids import parse_public_id
from core.money import CNY
from credit.debts import disclosing, page, queries, refusals
from credit.debts.api import examples as ex
from credit.debts.api.shapes import (
    DebtsShown,
    DrawIn,
    DrawQuoteIn,
    DrawQuoteShown,
    DrawShown,
    DrawTxnShown,
    DrawWhole,
    IfPaidIn,
    IfPaidShown,
    RepaymentIn,
)
from credit.debts.models import CreditTxn, Draw
from credit.debts.services import drawing, repaying
from credit.lines import queries as lines
from credit.lines import refusals as of_lines
from credit.lines.api.views import line_of
from credit.products.queries import CreditNotOffered
from credit.products.refusals import AmountNotOffered, GradeNotPriced, PeriodsNotOffered, PriceAboveCap
from payments.merchants.api.examples import answer, asked
from payments.merchants.api.examples import page as paged
from payments.wallet.api.base import customer_id, intent
from payments.wallet.services.parties import CustomerNotActive

QUOTED = (
    NotFound, CreditNotOffered, refusals.CashNotLent, AmountNotOffered, PeriodsNotOffered, GradeNotPriced, PriceAboveCap,
)  # fmt: skip
PROVEN = (StepUpNeeded, ProofMismatch, ProofExpired)


def draw_of(url: dict[str, str]) -> UUID:
    """Raises NotFound."""
    return parse_public_id(Draw.PREFIX, url["draw_id"])


def whole(row: Draw) -> dict[str, Any]:
    """A draw as its own page shows it."""
    [found] = page.standings([row], local_day(clock.now()))
    context = {"txns": list(queries.txns(row.pk)[:100]), "allocations": queries.allocations(row.pk)}
    shown: dict[str, Any] = DrawWhole(found, context=context).data
    return shown


class DrawQuotes(View):
    """What borrowing on a line costs."""

    output_class = DrawQuoteShown
    refusals = QUOTED
    query_checked = True

    @extend_schema(operation_id="credit_lines_quotes", parameters=[DrawQuoteIn], examples=[answer("In six", ex.QUOTE, 200)])
    def get(self, request: Request, **url: str) -> Response:
        """By the very engine that books it, from today on, at the price of the line. Send `quote_sha256` along to borrow at this."""
        line = lines.own_line(customer_id(request), line_of(url))
        wanted = DrawQuoteIn(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        data, version = wanted.validated_data, disclosing.version_of(line)
        quote = disclosing.quoted(line, version, amount_fen=data["amount"], periods=data["periods"], at=clock.now())
        facts = disclosing.facts_of(line, version, quote)
        return Response(DrawQuoteShown(facts | {"quote_sha256": disclosing.digest(facts)}).data)


@extend_schema(examples=[asked("Borrow", ex.DRAW_IN), answer("In the wallet", ex.WHOLE, 201)])
class Drawing(EffectView):
    """Borrow on a line to the wallet, at exactly the quote you were shown, with a proof."""

    input_class = DrawIn
    output_class = DrawWhole
    refusals = (
        *QUOTED, CustomerNotActive, refusals.CreditQuoteChanged, of_lines.LineFrozen, of_lines.LineExceeded, *PROVEN,
    )  # fmt: skip

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Draw:
        made = drawing.draw(
            intent=intent(request, data["proof"]),
            line_id=line_of(url),
            amount_fen=data["amount"],
            periods=data["periods"],
            shown_sha256=data["quote_sha256"],
            at=at,
        )
        return queries.draw(made.pk)

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return whole(row)


class Draws(Listing):
    """What the caller borrowed."""

    output_class = DrawShown

    @extend_schema(operation_id="credit_draws_list", examples=[paged("A draw", ex.DRAW)])
    def get(self, request: Request, **url: str) -> Response:
        """Every draw, newest first, with what is owed of it today."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Draw]:
        return queries.own_draws(customer_id(request))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return super().shown(page.standings(list(row), local_day(clock.now())), many=True)


class OneDraw(View):
    """One draw: what is owed of it, why, and by when."""

    output_class = DrawWhole
    refusals = (NotFound,)

    @extend_schema(operation_id="credit_draws_read", examples=[answer("A draw", ex.WHOLE, 200)])
    def get(self, request: Request, **url: str) -> Response:
        """With its schedule, which is the one booked, what ends it today, what being late costs, and what was paid."""
        return Response(whole(queries.own_draw(customer_id(request), draw_of(url))))


class Settlements(View):
    """What paying would do."""

    output_class = IfPaidShown
    refusals = (NotFound, refusals.SettlementDay, refusals.StrategyNotOffered)
    query_checked = True

    @extend_schema(operation_id="credit_draws_settlement", parameters=[IfPaidIn], examples=[answer("Some of it", ex.IF_PAID, 200)])
    def get(self, request: Request, **url: str) -> Response:
        """What ends a draw on a day, to the fen, and what an amount paid then would do. Nothing is booked."""
        row, today = queries.own_draw(customer_id(request), draw_of(url)), local_day(clock.now())
        wanted = IfPaidIn(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        data = wanted.validated_data
        found = page.if_paid(row, on=data.get("on", today), today=today, amount_fen=data.get("amount"), strategy=data["strategy"])
        return Response(IfPaidShown(found).data)


@extend_schema(examples=[asked("Pay", ex.REPAY_IN), answer("Paid", ex.TXN, 201)])
class Repaying(EffectView):
    """Pay a draw from the wallet: what is due first, then ahead, with a proof above small amounts."""

    input_class = RepaymentIn
    output_class = DrawTxnShown
    refusals = (
        NotFound, CustomerNotActive, refusals.DebtSettled, refusals.RepaymentTooMuch, refusals.StrategyNotOffered, InsufficientFunds,
        *PROVEN,
    )  # fmt: skip

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> CreditTxn:
        who = intent(request, data["proof"])
        return repaying.repay(intent=who, draw_id=draw_of(url), amount_fen=data["amount"], strategy=data["strategy"], at=at)

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return DrawTxnShown(row, context={"allocations": queries.allocations(row.draw_id)}).data


class Debts(View):
    """Everything the caller owes."""

    output_class = DebtsShown

    @extend_schema(operation_id="credit_debts", examples=[answer("Owed", ex.DEBTS, 200)])
    def get(self, request: Request) -> Response:
        """On all lines: principal, what is due now, what is overdue, what comes due next."""
        found = page.standings(list(queries.open_draws(customer_id(request)).order_by("-created_at", "-id")), local_day(clock.now()))
        next_on = min((one.next_due_on for one in found if one.next_due_on), default=None)
        shown = {
            "principal": sum(one.debt.principal_fen for one in found),
            "due_now": sum(one.due_fen for one in found),
            "overdue": sum(one.late_fen for one in found),
            "next_due_on": next_on,
            "next_due": sum(one.next_fen for one in found if one.next_due_on == next_on),
            "currency": CNY.code,
            "draws": found,
        }
        return Response(DebtsShown(shown).data)
