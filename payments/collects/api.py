"""Collects: asking, seeing who has paid, chasing, closing; and being asked, paying, declining."""

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity import queries as identity
from accounts.identity.phones import e164, masked
from accounts.ledger.refusals import AccountFrozen, InsufficientFunds, LedgerHalted
from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from accounts.verification.services import NotVerified, OutflowLimitReached
from core.api.views import EffectView, View
from core.business_day.queries import NoOpenDay
from core.clock import queries as clock
from core.errors import Invalid, NotFound, TooManyRequests
from core.idempotency import queries as idempotency
from core.ids import parse_public_id
from payments.collects import examples, queries, refusals, services
from payments.collects.links import LINKS
from payments.collects.models import Collect, CollectShare, CollectShareState
from payments.collects.shapes import (
    CollectIn,
    CollectLinkIn,
    CollectLinkPaymentIn,
    CollectPaymentIn,
    CollectRemindedShown,
    CollectSeen,
    CollectShown,
    MyCollectShareLine,
    MyCollectShareShown,
)
from payments.risk.services.deciding import RiskRefused, StrongerProofNeeded
from payments.wallet import queries as wallet
from payments.wallet.api.base import Paged, asker, customer_id, intent, page_of
from payments.wallet.services import payees
from payments.wallet.services.parties import CustomerNotActive

CollectPage = page_of(CollectShown, "CollectPage")
AskedPage = page_of(MyCollectShareLine, "AskedCollectPage")
PAYING = (
    NotFound,
    CustomerNotActive,
    refusals.SharePaid,
    refusals.CollectClosed,
    refusals.OrganiserCannotReceive,
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


class Collects(EffectView, Paged):
    """Collects of the caller. `known`: who has the numbers this request names."""

    known: Mapping[str, uuid.UUID] = MappingProxyType({})
    input_class = CollectIn
    output_class = CollectShown
    refusals = (
        NotFound,
        Invalid,
        CustomerNotActive,
        TooManyRequests,
        refusals.PeopleUnknown,
        refusals.TooManyPeople,
        refusals.PartsTooSmall,
        refusals.AmountTooLarge,
        refusals.OrganiserIsPayer,
        refusals.DailyCollectsReached,
    )

    @extend_schema(examples=[examples.SPLIT_IN, examples.LINK_COLLECT_IN, examples.MADE])
    def post(self, request: Request, **url: str) -> Any:
        """Ask people for their part: each the same, or a total split evenly; or by link of as many as come first.

        Each person named by phone counts as a look-up of the day; numbers of nobody who can pay are refused together, each a miss.
        """
        phones = phones_in(request)
        if phones and not idempotency.answered(owner=self.owner(request), key=request.headers.get("Idempotency-Key", "")):
            self.known = self.looked_up(request, phones)
        return super().post(request, **url)

    def looked_up(self, request: Request, phones: list[str]) -> dict[str, uuid.UUID]:
        """Who has these numbers. Raises PeopleUnknown, TooManyRequests, Invalid."""
        at = clock.now()
        services.refuse_too_many_phones(len(phones), at)
        with payees.looking_up(asker=asker(request), at=at, numbers=len(phones)) as look:
            known = identity.active_by_phones(phones)
            unknown = [phone for phone in phones if phone not in known]
            look.missed = len(unknown)
        if unknown:
            raise refusals.PeopleUnknown(field="people", phones=", ".join(masked(e164(phone)) for phone in unknown))
        return known

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> Collect:
        facts = {"organiser_id": customer_id(request), "title": data["title"], "at": at}
        if "heads" in data:
            return services.ask_by_link(each_fen=data["amount"], heads=data["heads"], **facts)
        payer_ids = list(dict.fromkeys(self.payer_id(person) for person in data["people"]))
        if data["split"] == "each":
            return services.ask_each(each_fen=data["amount"], payer_ids=payer_ids, **facts)
        return services.split_among(total_fen=data["amount"], payer_ids=payer_ids, with_me=data["with_me"], **facts)

    def payer_id(self, person: dict[str, str]) -> uuid.UUID:
        """Raises NotFound."""
        if "customer_id" in person:
            return parse_public_id("cus", person["customer_id"])
        if person["phone"] not in self.known:
            raise NotFound()
        return self.known[person["phone"]]

    @extend_schema(operation_id="payments_collects_list", responses=CollectPage, examples=[examples.MADE_PAGE])
    def get(self, request: Request) -> Response:
        """The collects the caller organised, newest first."""
        return self.page(request, queries.organised_by(customer_id(request)), lambda rows: CollectShown(rows, many=True).data)


class Asked(Paged):
    """What others ask of the caller."""

    output_class = AskedPage
    refusals = (Invalid,)

    @extend_schema(
        operation_id="payments_collects_asked_list",
        parameters=[OpenApiParameter("state", str, enum=CollectShareState.values, description="One state; all unless told.")],
        examples=[examples.ASKED_PAGE],
    )
    def get(self, request: Request) -> Response:
        """The shares asked of the caller, or paid by link, newest first."""
        state = request.query_params.get("state", "")
        if state and state not in CollectShareState.values:
            raise Invalid("state", "There is no such state.", "没有该状态。")
        rows = queries.asked_of(customer_id(request), state)
        return self.page(request, rows, lines)


def lines(rows: list[CollectShare]) -> Any:
    people = wallet.people(row.collect.customer_id for row in rows)
    return MyCollectShareLine(rows, many=True, context={"people": people}).data


class OneCollect(View):
    """One collect."""

    output_class = CollectSeen
    refusals = (NotFound,)

    @extend_schema(examples=[examples.SEEN_BY_ORGANISER, examples.SEEN_BY_PAYER])
    def get(self, request: Request, collect_id: str) -> Response:
        """Read a collect as its organiser, who sees everybody's part, or as who is asked, who sees their own."""
        return Response(CollectSeen(queries.seen_by(customer_id(request), parse_public_id("clt", collect_id))).data)


class Reminders(EffectView):
    """Chasing."""

    output_class = CollectRemindedShown
    success_status = 200
    refusals = (NotFound, CustomerNotActive, refusals.CollectClosed, refusals.NobodyToRemind)

    @extend_schema(request=None, examples=[examples.REMINDED])
    def post(self, request: Request, **url: str) -> Any:
        """Remind everybody who has neither paid nor declined: each once a day and three times in all."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> dict[str, int]:
        collect_id = parse_public_id("clt", url["collect_id"])
        return {"reminded": services.remind(organiser_id=customer_id(request), collect_id=collect_id, at=at)}


class Closing(EffectView):
    """Asking nobody any more."""

    before_consent = True
    output_class = CollectShown
    success_status = 200
    refusals = (NotFound, refusals.CollectClosed)

    @extend_schema(request=None, examples=[examples.CLOSED])
    def post(self, request: Request, **url: str) -> Any:
        """Close a collect: what is paid stays the caller's, nothing more is asked."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> Collect:
        return services.close(organiser_id=customer_id(request), collect_id=parse_public_id("clt", url["collect_id"]), at=at)


class Payment(EffectView):
    """Paying a share."""

    input_class = CollectPaymentIn
    output_class = MyCollectShareShown
    refusals = (*PAYING, refusals.ShareDeclined)

    @extend_schema(examples=[examples.PAYMENT_IN, examples.PAID])
    def post(self, request: Request, **url: str) -> Any:
        """Pay what the caller is asked, out of the balance to the organiser's."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> CollectShare:
        share_id = parse_public_id("cls", url["collect_share_id"])
        return services.pay(intent=intent(request, data["proof"]), share_id=share_id, at=at)


class Refusal(EffectView):
    """Declining a share."""

    before_consent = True
    output_class = MyCollectShareShown
    success_status = 200
    refusals = (NotFound, refusals.SharePaid, refusals.ShareDeclined, refusals.CollectClosed)

    @extend_schema(request=None, examples=[examples.DECLINED])
    def post(self, request: Request, **url: str) -> Any:
        """Decline what the caller is asked, for good."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> CollectShare:
        share_id = parse_public_id("cls", url["collect_share_id"])
        return services.decline(payer_id=customer_id(request), share_id=share_id, at=at)


class LinkLook(View):
    """What a link leads to. A read, though a POST: secrets stay out of addresses and logs."""

    input_class = CollectLinkIn
    output_class = CollectSeen
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_collects_links_look", examples=[examples.LINK_IN, examples.SEEN_BY_PAYER])
    def post(self, request: Request) -> Response:
        """The collect behind a link: who asks, for what, and how much."""
        return Response(CollectSeen(queries.seen_by_link(customer_id(request), self.validated(request)["token"])).data)


class LinkPayment(EffectView):
    """Paying by link."""

    input_class = CollectLinkPaymentIn
    output_class = MyCollectShareShown
    refusals = (*PAYING, refusals.OrganiserIsPayer, refusals.CollectFull)

    @extend_schema(operation_id="payments_collects_links_pay", examples=[examples.LINK_PAYMENT_IN, examples.PAID])
    def post(self, request: Request, **url: str) -> Any:
        """Pay one part of the collect behind a link, once a customer, as long as people are missing."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> CollectShare:
        given = intent(request, data["proof"])
        return services.pay_by_link(intent=given, collect_id=LINKS.row_of(data["token"]), at=at)


def phones_in(request: Request) -> list[str]:
    """The numbers a request names, without checking the rest of it.

    The raw body is read first: the idempotency record needs it, and after parsing it cannot be read any more.
    """
    raw = request.body
    checked = CollectIn(data=request.data) if raw else None
    if checked is None or not checked.is_valid():
        return []
    return list(dict.fromkeys(person["phone"] for person in checked.validated_data.get("people", []) if "phone" in person))
