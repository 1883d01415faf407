"""Money between customers: who the payee is, sending, taking and declining."""

import uuid
from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity import queries as identity
from accounts.ledger.refusals import AccountFrozen, InsufficientFunds, LedgerHalted
from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from accounts.verification.services import NotVerified, OutflowLimitReached
from core.api.views import EffectView, View
from core.business_day.queries import NoOpenDay
from core.clock import queries as clock
from core.errors import Invalid, NotFound, TooManyRequests
from core.idempotency import queries as idempotency
from core.ids import parse_public_id
from core.moves import WrongState
from payments.risk.services.deciding import RiskRefused, StrongerProofNeeded
from payments.wallet import queries
from payments.wallet.api.base import Paged, asker, customer_id, intent, page_of
from payments.wallet.api.shapes import SIDES, PayeeIn, PersonShown, TransferIn, TransferLine, TransferShown
from payments.wallet.models import Transfer
from payments.wallet.services import authority, payees, transfers
from payments.wallet.services.parties import CustomerNotActive, PayeeCannotReceive, PayeeIsPayer

SHUT = (LedgerHalted, NoOpenDay)
TransferPage = page_of(TransferLine, "TransferPage")
PERSON_EXAMPLE = {"customer_id": "cus_06a1m5x9q0e7z8r2k4w6t1y3v5", "name": "**满", "phone": "+86 199****0001"}
TRANSFER_EXAMPLE = {
    "id": "trf_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "result": "succeeded",
    "amount": 5000,
    "currency": "CNY",
    "created_at": "2026-11-22T02:00:00Z",
    "changed_at": "2026-11-22T02:00:00Z",
    "state": "succeeded",
    "payer_id": "cus_06a1m5x9q0e7z8r2k4w6t1y3v4",
    "payee_id": "cus_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "remark": "午饭",
    "expires_at": None,
}
LINE_EXAMPLE = TRANSFER_EXAMPLE | {"side": "out", "counterparty": PERSON_EXAMPLE}


class Payees(View):
    """Who a phone number or customer id belongs to. A read, though a POST: numbers stay out of addresses and logs."""

    input_class = PayeeIn
    output_class = PersonShown
    refusals = (NotFound, Invalid, TooManyRequests)

    @extend_schema(
        examples=[
            OpenApiExample("by phone", value={"phone": "19900000001"}, request_only=True),
            OpenApiExample("found", value=PERSON_EXAMPLE, response_only=True),
        ]
    )
    def post(self, request: Request) -> Response:
        """The payee's masked name and number, to be confirmed by the payer before sending.

        A number nobody has and a payee who cannot receive are both `not_found`. A customer has a hundred look-ups a day, of which
        twenty may find nobody; an installation of an app twice as many over all accounts. Past that: `too_many_requests`.
        """
        data = self.validated(request)
        with payees.looking_up(asker=asker(request), at=clock.now()):
            found = queries.person(payee_id(data))
            if not found.active:
                raise NotFound()
        return Response(PersonShown(found).data)


class Transfers(EffectView, Paged):
    """Money to another customer."""

    input_class = TransferIn
    output_class = TransferShown
    refusals = (
        NotFound,
        Invalid,
        CustomerNotActive,
        PayeeIsPayer,
        PayeeCannotReceive,
        TooManyRequests,
        StepUpNeeded,
        ProofMismatch,
        ProofExpired,
        StrongerProofNeeded,
        RiskRefused,
        NotVerified,
        OutflowLimitReached,
        InsufficientFunds,
        AccountFrozen,
        *SHUT,
    )

    @extend_schema(
        examples=[
            OpenApiExample(
                "50 yuan at once",
                value={"to": {"customer_id": "cus_06a1m5x9q0e7z8r2k4w6t1y3v5"}, "amount": 5000, "remark": "午饭"},
                request_only=True,
            ),
            OpenApiExample(
                "2,000 yuan to be accepted",
                value={
                    "to": {"phone": "19900000001"},
                    "amount": 200000,
                    "mode": "acceptance",
                    "proof": "prf_06a1m5x9q0e7z8r2k4w6t1y3v5",
                },
                request_only=True,
            ),
            OpenApiExample("done", value=TRANSFER_EXAMPLE, response_only=True, status_codes=["201"]),
        ]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Send money, at once or to be accepted within 24 hours.

        A payee named by phone counts as a look-up of the day (a repeat does not), with the same caps and the same `not_found`.
        Where the amount needs a proof, the lack of one is told before the number is looked up: that answer says nothing about it.
        A transfer that looks unlike its payer may wait for a check (`in_review`, result `processing`); the payee hears of it once released.
        """
        key = request.headers.get("Idempotency-Key", "")
        if not names_phone(request) or idempotency.answered(owner=self.owner(request), key=key):
            return super().post(request, **url)
        with payees.looking_up(asker=asker(request), at=clock.now()):
            return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Transfer:
        act = transfers.send if data["mode"] == "instant" else transfers.offer
        given = intent(request, data["proof"])
        if "phone" in data["to"]:
            authority.refuse_unapproved(intent=given, purpose=authority.TRANSFER, amount_fen=data["amount"], at=at)
        try:
            return act(
                intent=given,
                payee_id=payee_id(data["to"]),
                amount_fen=data["amount"],
                remark=data["remark"],
                at=at,
            )
        except PayeeCannotReceive as refused:
            if "phone" in data["to"]:
                raise NotFound() from refused
            raise

    @extend_schema(
        operation_id="payments_wallet_transfers_list",
        parameters=[OpenApiParameter("side", str, enum=SIDES, description="in: received; out: sent; both unless told.")],
        responses=TransferPage,
        examples=[OpenApiExample("a page", value={"items": [LINE_EXAMPLE], "next": None, "previous": None}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """The caller's transfers, newest first, both those sent and those received."""
        mine = customer_id(request)
        rows = queries.page_of_transfers(mine, side=request.query_params.get("side", ""))
        return self.page(request, rows, lambda page: lines(page, mine))


class TransferById(View):
    """One transfer."""

    output_class = TransferLine
    refusals = (NotFound,)

    @extend_schema(examples=[OpenApiExample("sent", value=LINE_EXAMPLE, response_only=True)])
    def get(self, request: Request, transfer_id: str) -> Response:
        """Read one transfer, as its payer or its payee."""
        mine = customer_id(request)
        row = queries.own_transfers(mine).filter(pk=parse_public_id("trf", transfer_id)).first()
        if row is None:
            raise NotFound()
        return Response(lines([row], mine)[0])


class TransferAcceptance(EffectView):
    """Taking a transfer that waits."""

    output_class = TransferShown
    success_status = 200
    refusals = (NotFound, CustomerNotActive, WrongState, transfers.AcceptanceOver, transfers.PayerNotActive, *SHUT)

    @extend_schema(request=None, examples=[OpenApiExample("taken", value=TRANSFER_EXAMPLE | {"state": "accepted"}, response_only=True)])
    def post(self, request: Request, **url: str) -> Any:
        """Take the money of a transfer to the caller."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Transfer:
        return transfers.accept(payee_id=customer_id(request), transfer_id=parse_public_id("trf", url["transfer_id"]), at=at)


class TransferRefusal(EffectView):
    """Sending a waiting transfer back."""

    before_consent = True
    output_class = TransferShown
    success_status = 200
    refusals = (NotFound, WrongState, *SHUT)

    @extend_schema(
        request=None,
        examples=[OpenApiExample("sent back", value=TRANSFER_EXAMPLE | {"state": "declined", "result": "returned"}, response_only=True)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Decline a transfer to the caller: the money goes back to the payer, to the fen."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Transfer:
        return transfers.decline(payee_id=customer_id(request), transfer_id=parse_public_id("trf", url["transfer_id"]), at=at)


def names_phone(request: Request) -> bool:
    """Whether the payee is named by phone.

    The raw body is read first: the idempotency record needs it, and after parsing it cannot be read any more.
    """
    raw = request.body
    to = request.data.get("to") if raw and isinstance(request.data, dict) else None
    return isinstance(to, dict) and "phone" in to


def payee_id(to: dict[str, str]) -> uuid.UUID:
    """Raises NotFound for a number nobody has or an id that is none, Invalid for what is no mobile number."""
    if "customer_id" in to:
        return parse_public_id("cus", to["customer_id"])
    found = identity.by_phone(to["phone"])
    if found is None:
        raise NotFound()
    return found.id


def lines(rows: list[Transfer], mine: uuid.UUID) -> Any:
    people = queries.people(row.other(mine) for row in rows)
    return TransferLine(rows, many=True, context={"customer_id": mine, "people": people}).data
