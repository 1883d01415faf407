"""Red packets: sending one, looking at it, taking a share, and what was sent and taken."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.ledger.refusals import AccountFrozen, InsufficientFunds, LedgerHalted
from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from accounts.verification.services import NotVerified, OutflowLimitReached
from core.api.pages import Cursor
from core.api.views import EffectView, View
from core.business_day.queries import NoOpenDay
from core.clock import queries as clock
from core.errors import Invalid, NotFound, TooManyRequests
from core.idempotency import queries as idempotency
from core.ids import parse_public_id
from payments.red_packets import examples, queries, refusals, services
from payments.red_packets.links import LINKS
from payments.red_packets.models import RedPacket, RedPacketShare
from payments.red_packets.shapes import (
    RedPacketIn,
    RedPacketLine,
    RedPacketLinkIn,
    RedPacketSeen,
    RedPacketShareLine,
    RedPacketShareShown,
    RedPacketShown,
)
from payments.risk.services.deciding import RiskRefused, StrongerProofNeeded
from payments.wallet import queries as wallet
from payments.wallet.api.base import Paged, asker, customer_id, intent, page_of
from payments.wallet.api.transfers import names_phone, payee_id
from payments.wallet.services import authority, payees
from payments.wallet.services.parties import CustomerNotActive, PayeeCannotReceive, PayeeIsPayer

RedPacketPage = page_of(RedPacketShown, "RedPacketPage")
AddressedPage = page_of(RedPacketLine, "AddressedRedPacketPage")
SharePage = page_of(RedPacketShareLine, "RedPacketSharePage")
TAKING = (
    NotFound,
    CustomerNotActive,
    refusals.SenderTakesNone,
    refusals.RedPacketTaken,
    refusals.RedPacketGone,
    refusals.RedPacketOver,
    refusals.RedPacketPaused,
    AccountFrozen,
    LedgerHalted,
    NoOpenDay,
    RiskRefused,
)


class RedPackets(EffectView, Paged):
    """Red packets of the caller."""

    input_class = RedPacketIn
    output_class = RedPacketShown
    refusals = (
        NotFound,
        Invalid,
        CustomerNotActive,
        PayeeIsPayer,
        PayeeCannotReceive,
        TooManyRequests,
        refusals.PersonalNotShared,
        refusals.TooManyShares,
        refusals.SharesTooSmall,
        refusals.ShareTooLarge,
        refusals.SharesUneven,
        refusals.DailyNumberReached,
        StepUpNeeded,
        ProofMismatch,
        ProofExpired,
        StrongerProofNeeded,
        RiskRefused,
        NotVerified,
        OutflowLimitReached,
        InsufficientFunds,
        AccountFrozen,
        LedgerHalted,
        NoOpenDay,
    )

    @extend_schema(examples=[examples.LUCKY_IN, examples.PERSONAL_IN, examples.SENT])
    def post(self, request: Request, **url: str) -> Any:
        """Send a red packet: the whole amount leaves the balance now, and what nobody takes within 24 hours comes back.

        Without `to` it is sent by link: read the packet to get the secret for it. A customer named by phone counts as a look-up of
        the day, as with a transfer. Shares are cut now; nobody's luck depends on when they come.
        """
        key = request.headers.get("Idempotency-Key", "")
        if not names_phone(request) or idempotency.answered(owner=self.owner(request), key=key):
            return super().post(request, **url)
        with payees.looking_up(asker=asker(request), at=clock.now()):
            return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> RedPacket:
        given, to = intent(request, data["proof"]), data.get("to") or {}
        if "phone" in to:
            authority.refuse_unapproved(intent=given, purpose=services.PURPOSE, amount_fen=data["amount"], at=at)
        try:
            return services.send(
                intent=given,
                kind=data["kind"],
                count=data["count"],
                total_fen=data["amount"],
                message=data["message"],
                payee_id=payee_id(to) if to else None,
                at=at,
            )
        except PayeeCannotReceive as refused:
            if "phone" in to:
                raise NotFound() from refused
            raise

    @extend_schema(operation_id="payments_red_packets_list", responses=RedPacketPage, examples=[examples.SENT_PAGE])
    def get(self, request: Request) -> Response:
        """The packets the caller sent, newest first."""
        return self.page(request, queries.sent_by(customer_id(request)), lambda rows: RedPacketShown(rows, many=True).data)


class Addressed(Paged):
    """Red packets for the caller alone."""

    output_class = AddressedPage

    @extend_schema(operation_id="payments_red_packets_addressed_list", examples=[examples.ADDRESSED_PAGE])
    def get(self, request: Request) -> Response:
        """The packets others sent to the caller alone, taken or not, newest first."""
        rows = queries.addressed_to(customer_id(request))
        return self.page(
            request, rows, lambda page: RedPacketLine(page, many=True, context=people_of(row.customer_id for row in page)).data
        )


class ShareCursor(Cursor):
    ordering = ("-taken_at", "-id")


class Received(Paged):
    """Shares the caller took."""

    paginator_class = ShareCursor
    output_class = SharePage

    @extend_schema(operation_id="payments_red_packets_received_list", examples=[examples.RECEIVED_PAGE])
    def get(self, request: Request) -> Response:
        """The shares the caller took, newest first."""
        rows = queries.shares_of(customer_id(request))
        return self.page(
            request, rows, lambda page: RedPacketShareLine(page, many=True, context=people_of(row.packet.customer_id for row in page)).data
        )


class OneRedPacket(View):
    """One packet."""

    output_class = RedPacketSeen
    refusals = (NotFound,)

    @extend_schema(examples=[examples.SEEN_BY_SENDER, examples.SEEN_BY_TAKER])
    def get(self, request: Request, red_packet_id: str) -> Response:
        """Read a packet as its sender, as the customer it is for, or as who has a share of it."""
        found = queries.seen_by(customer_id(request), parse_public_id("rpk", red_packet_id))
        return Response(RedPacketSeen(found).data)


class Taking(EffectView):
    """Taking a packet that is for the caller alone."""

    output_class = RedPacketShareShown
    refusals = TAKING

    @extend_schema(request=None, examples=[examples.TAKEN])
    def post(self, request: Request, **url: str) -> Any:
        """Take the packet to the caller's balance."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> RedPacketShare:
        packet_id = parse_public_id("rpk", url["red_packet_id"])
        return services.take(taker_id=customer_id(request), packet_id=packet_id, by_link=False, at=at)


class LinkLook(View):
    """What a link leads to. A read, though a POST: secrets stay out of addresses and logs."""

    input_class = RedPacketLinkIn
    output_class = RedPacketSeen
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_red_packets_links_look", examples=[examples.LINK_IN, examples.SEEN_BY_TAKER])
    def post(self, request: Request) -> Response:
        """The packet behind a link, with who took how much."""
        return Response(RedPacketSeen(queries.seen_by_link(customer_id(request), self.validated(request)["token"])).data)


class LinkTaking(EffectView):
    """Taking a share by link."""

    input_class = RedPacketLinkIn
    output_class = RedPacketShareShown
    refusals = TAKING

    @extend_schema(operation_id="payments_red_packets_links_take", examples=[examples.LINK_IN, examples.TAKEN])
    def post(self, request: Request, **url: str) -> Any:
        """Take the next share of the packet behind a link, one for each customer, as long as there are any."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> RedPacketShare:
        return services.take(taker_id=customer_id(request), packet_id=LINKS.row_of(data["token"]), by_link=True, at=at)


def people_of(ids: Any) -> dict[str, dict[uuid.UUID, wallet.Person]]:
    return {"people": wallet.people(ids)}
