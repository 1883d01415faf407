"""The caller's credit lines: offered, said yes or no to, raised, closed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from core.api.pages import Listing
from core.api.views import EffectView, View
from core.errors import NotFound
from core.ids import parse_public_id
from credit.lines import queries, refusals
from credit.lines.api import examples as ex
from credit.lines.api.shapes import ActivateIn, CreditLineShown, CreditLineWhole, LineRaiseShown, RaiseIn
from credit.lines.models import CreditLine, LineRaise
from credit.lines.services import changing, opening, raising
from credit.products.queries import CreditNotOffered
from payments.merchants.api.examples import answer, asked, page
from payments.wallet.api.base import customer_id, intent
from payments.wallet.services.parties import CustomerNotActive


def line_of(url: dict[str, str]) -> UUID:
    """Raises NotFound."""
    return parse_public_id(CreditLine.PREFIX, url["line_id"])


class CreditLines(Listing):
    """The caller's lines."""

    output_class = CreditLineShown

    @extend_schema(operation_id="credit_lines_list", examples=[page("A line", ex.LINE)])
    def get(self, request: Request, **url: str) -> Response:
        """Lines and offers of lines, newest first, also those that are over."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[CreditLine]:
        return queries.own_lines(customer_id(request))


class OneCreditLine(View):
    """One line."""

    output_class = CreditLineWhole
    refusals = (NotFound,)

    @extend_schema(operation_id="credit_lines_read", examples=[answer("A line", ex.WHOLE, 200)])
    def get(self, request: Request, **url: str) -> Response:
        """With what happened to it."""
        row = queries.own_line(customer_id(request), line_of(url))
        return Response(CreditLineWhole(row, context={"events": queries.events(row.id)[:100]}).data)


@extend_schema(examples=[asked("Yes", ex.ACTIVATE_IN), answer("Active", ex.LINE, 200)])
class Activations(EffectView):
    """Say yes to a line you are offered, with a proof. Its price and rules are those of its product, whatever that becomes later."""

    input_class = ActivateIn
    output_class = CreditLineShown
    success_status = 200
    refusals = (
        NotFound,
        CustomerNotActive,
        CreditNotOffered,
        refusals.InvitationOver,
        refusals.LineChanged,
        StepUpNeeded,
        ProofMismatch,
        ProofExpired,
    )

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> CreditLine:
        return opening.activate(intent=intent(request, data["proof"]), line_id=line_of(url), shown_fen=data["limit"], at=at)


@extend_schema(request=None, examples=[answer("Declined", ex.LINE | {"state": "declined", "activated_at": None}, 200)])
class Declines(EffectView):
    """Say no to a line you are offered."""

    output_class = CreditLineShown
    success_status = 200
    refusals = (NotFound, refusals.InvitationOver)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> CreditLine:
        return opening.decline(customer_id=customer_id(request), line_id=line_of(url), at=at)


@extend_schema(request=None, examples=[answer("Closed", ex.LINE | {"state": "closed"}, 200)])
class Closings(EffectView):
    """Close a line for good."""

    output_class = CreditLineShown
    success_status = 200
    refusals = (NotFound, refusals.LineNotOpen, refusals.LineOwes)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> CreditLine:
        return changing.close_own(customer_id=customer_id(request), line_id=line_of(url), at=at)


@extend_schema(examples=[asked("More", ex.RAISE_IN), answer("Asked for", ex.RAISE, 201)])
class Raises(EffectView):
    """Ask for a higher limit. A person decides; the answer says why."""

    input_class = RaiseIn
    output_class = LineRaiseShown
    refusals = (
        NotFound,
        CustomerNotActive,
        refusals.LineNotOpen,
        refusals.NothingToRaise,
        refusals.LineTooHigh,
        refusals.RaiseOpen,
    )

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> LineRaise:
        return raising.ask(customer_id=customer_id(request), line_id=line_of(url), amount_fen=data["amount"], at=at)


class OwnRaises(Listing):
    """The caller's raises."""

    output_class = LineRaiseShown

    @extend_schema(operation_id="credit_raises_list", examples=[page("A raise", ex.RAISE)])
    def get(self, request: Request, **url: str) -> Response:
        """Higher limits asked for, newest first, with what was decided."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[LineRaise]:
        return queries.own_raises(customer_id(request))


@extend_schema(request=None, examples=[answer("Withdrawn", ex.RAISE | {"state": "withdrawn"}, 200)])
class RaiseWithdrawals(EffectView):
    """Ask for a higher limit no more."""

    output_class = LineRaiseShown
    success_status = 200
    refusals = (NotFound, refusals.RaiseNotOpen)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> LineRaise:
        wanted = parse_public_id(LineRaise.PREFIX, url["raise_id"])
        return raising.withdraw(customer_id=customer_id(request), raise_id=wanted, at=at)
