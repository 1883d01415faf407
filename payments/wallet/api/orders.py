"""Top-ups and withdrawals: card money, so written first and asked of the bank after."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.ledger.refusals import InsufficientFunds, LedgerHalted
from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from core.api.views import OutboundEffectView, View
from core.business_day.queries import NoOpenDay
from core.clock import queries as clock
from core.errors import NotFound
from core.ids import parse_public_id
from core.limits.services import LimitReached
from payments.cards.queries import CardNotUsable
from payments.cards.services import OverSingleLimit, SceneNotOffered
from payments.channels.breaker import ChannelResting
from payments.channels.routing import AmountNotServed
from payments.channels.services import ChannelNotConnected, ChannelOff, ChannelUnderMaintenance
from payments.risk.services.deciding import RiskRefused, StrongerProofNeeded
from payments.wallet import outbound, queries
from payments.wallet.api.base import Paged, customer_id, intent, message_at, page_of
from payments.wallet.api.shapes import (
    AmountIn,
    QuoteShown,
    TopUpIn,
    TopUpLine,
    TopUpShown,
    WithdrawalIn,
    WithdrawalLine,
    WithdrawalShown,
)
from payments.wallet.models import TopUp, Withdrawal
from payments.wallet.services import top_ups, withdrawals
from payments.wallet.services.parties import CustomerNotActive

CHANNEL_REFUSALS = (
    CustomerNotActive,
    NotFound,
    CardNotUsable,
    SceneNotOffered,
    OverSingleLimit,
    LimitReached,
    ChannelOff,
    ChannelUnderMaintenance,
    ChannelNotConnected,
    ChannelResting,
    AmountNotServed,
    LedgerHalted,
    NoOpenDay,
)
PROOF_REFUSALS = (StepUpNeeded, ProofMismatch, ProofExpired)
TopUpPage = page_of(TopUpLine, "TopUpPage")
WithdrawalPage = page_of(WithdrawalLine, "WithdrawalPage")
ARRIVES_WITHIN = timedelta(hours=2)
TOP_UP_EXAMPLE = {
    "id": "top_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "result": "succeeded",
    "amount": 10000,
    "currency": "CNY",
    "created_at": "2026-11-22T02:00:00Z",
    "changed_at": "2026-11-22T02:00:01Z",
    "state": "succeeded",
    "card_id": "crd_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "code": "",
    "message": "",
}
WITHDRAWAL_EXAMPLE = TOP_UP_EXAMPLE | {"id": "wdr_06a1m5x9q0e7z8r2k4w6t1y3v5", "state": "paid", "amount": 60000, "fee": 200}


def shown(shape: Any, order: Any) -> Any:
    return shape(order, context={"message": message_at(clock.now())}).data


class TopUps(OutboundEffectView, Paged):
    """Money from a card into the balance."""

    input_class = TopUpIn
    output_class = TopUpShown
    refusals = (*CHANNEL_REFUSALS, *PROOF_REFUSALS, StrongerProofNeeded, RiskRefused)

    @extend_schema(
        examples=[
            OpenApiExample("100 yuan", value={"card_id": "crd_06a1m5x9q0e7z8r2k4w6t1y3v5", "amount": 10000}, request_only=True),
            OpenApiExample(
                "500 yuan, approved",
                value={"card_id": "crd_06a1m5x9q0e7z8r2k4w6t1y3v5", "amount": 50000, "proof": "prf_06a1m5x9q0e7z8r2k4w6t1y3v5"},
                request_only=True,
            ),
            OpenApiExample("done", value=TOP_UP_EXAMPLE, response_only=True, status_codes=["201"]),
            OpenApiExample(
                "the bank has not decided yet",
                value=TOP_UP_EXAMPLE | {"result": "processing", "state": "processing"},
                response_only=True,
                status_codes=["201"],
            ),
            OpenApiExample(
                "refused by the bank",
                value=TOP_UP_EXAMPLE
                | {"result": "refused", "state": "failed", "code": "INSUFFICIENT_FUNDS", "message": "The card has not enough money."},
                response_only=True,
                status_codes=["201"],
            ),
        ]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Top up the balance. Answers within ten seconds: succeeded, refused, or processing with an id to read again."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> TopUp:
        card_id = parse_public_id("crd", data["card_id"])
        return top_ups.start(intent=intent(request, data["proof"]), card_id=card_id, amount_fen=data["amount"], at=at)

    def proceed(self, row: TopUp, *, at: datetime) -> TopUp:
        return outbound.ask_top_up(top_up_id=row.id, at=at)

    def recall(self, resource: str) -> TopUp:
        return queries.top_up(uuid.UUID(resource))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return shown(TopUpShown, row)

    @extend_schema(
        operation_id="payments_wallet_top_ups_list",
        responses=TopUpPage,
        examples=[OpenApiExample("a page", value={"items": [TOP_UP_EXAMPLE], "next": None, "previous": None}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """The caller's top-ups, newest first."""
        return self.page(request, queries.own_top_ups(customer_id(request)), lambda rows: TopUpLine(rows, many=True).data)


class TopUpById(View):
    """One top-up."""

    output_class = TopUpShown
    refusals = (NotFound,)

    @extend_schema(examples=[OpenApiExample("done", value=TOP_UP_EXAMPLE, response_only=True)])
    def get(self, request: Request, top_up_id: str) -> Response:
        """Read one top-up: poll it while it is processing."""
        row = queries.own_top_ups(customer_id(request)).filter(pk=parse_public_id("top", top_up_id)).first()
        if row is None:
            raise NotFound()
        return Response(shown(TopUpShown, row))


class Withdrawals(OutboundEffectView, Paged):
    """Money from the balance to a card."""

    before_consent = True
    input_class = WithdrawalIn
    output_class = WithdrawalShown
    refusals = (*CHANNEL_REFUSALS, *PROOF_REFUSALS, StrongerProofNeeded, RiskRefused, InsufficientFunds, withdrawals.AllowanceBusy)

    @extend_schema(
        examples=[
            OpenApiExample(
                "600 yuan",
                value={"card_id": "crd_06a1m5x9q0e7z8r2k4w6t1y3v5", "amount": 60000, "proof": "prf_06a1m5x9q0e7z8r2k4w6t1y3v5"},
                request_only=True,
            ),
            OpenApiExample("done", value=WITHDRAWAL_EXAMPLE, response_only=True, status_codes=["201"]),
        ]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Withdraw to a card. Answers within ten seconds: succeeded, refused, or processing with an id to read again."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Withdrawal:
        card_id = parse_public_id("crd", data["card_id"])
        return withdrawals.hold(intent=intent(request, data["proof"]), card_id=card_id, amount_fen=data["amount"], at=at)

    def proceed(self, row: Withdrawal, *, at: datetime) -> Withdrawal:
        return outbound.send_withdrawal(withdrawal_id=row.id, at=at)

    def recall(self, resource: str) -> Withdrawal:
        return queries.withdrawal(uuid.UUID(resource))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return shown(WithdrawalShown, row)

    @extend_schema(
        operation_id="payments_wallet_withdrawals_list",
        responses=WithdrawalPage,
        examples=[OpenApiExample("a page", value={"items": [WITHDRAWAL_EXAMPLE], "next": None, "previous": None}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """The caller's withdrawals, newest first."""
        return self.page(request, queries.own_withdrawals(customer_id(request)), lambda rows: WithdrawalLine(rows, many=True).data)


class WithdrawalById(View):
    """One withdrawal."""

    output_class = WithdrawalShown
    refusals = (NotFound,)

    @extend_schema(examples=[OpenApiExample("paid", value=WITHDRAWAL_EXAMPLE, response_only=True)])
    def get(self, request: Request, withdrawal_id: str) -> Response:
        """Read one withdrawal: poll it while it is processing. A paid one may still be returned by the bank."""
        row = queries.own_withdrawals(customer_id(request)).filter(pk=parse_public_id("wdr", withdrawal_id)).first()
        if row is None:
            raise NotFound()
        return Response(shown(WithdrawalShown, row))


class WithdrawalQuote(View):
    """What a withdrawal would cost."""

    output_class = QuoteShown
    query_checked = True

    @extend_schema(
        operation_id="payments_wallet_withdrawals_quote",
        parameters=[OpenApiParameter("amount", int, required=True, description="Whole fen.")],
        examples=[
            OpenApiExample(
                "600 yuan with 100 free",
                value={
                    "amount": 60000,
                    "fee": 200,
                    "total": 60200,
                    "free": 10000,
                    "free_left": 10000,
                    "currency": "CNY",
                    "arrival": "T+0",
                    "arrives_by": "2026-11-22T04:00:00Z",
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """The fee of a withdrawal, and when the money arrives."""
        asked = AmountIn(data={"amount": request.query_params.get("amount")})
        asked.is_valid(raise_exception=True)
        at, amount_fen = clock.now(), asked.validated_data["amount"]
        quoted = withdrawals.quote(customer_id=customer_id(request), amount_fen=amount_fen, at=at)
        fee = quoted.fee
        body = {"amount": amount_fen, "fee": fee.fee_fen, "total": amount_fen + fee.fee_fen, "free": fee.free_fen}
        rest = {"free_left": quoted.free_left_fen, "currency": "CNY", "arrival": "T+0", "arrives_by": at + ARRIVES_WITHIN}
        return Response(QuoteShown(body | rest).data)
