"""A customer's own merchants: applying, reading, the card that payouts go to, what is earned and what it costs, closing."""

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
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from core.limits.services import LimitReached
from core.money import CNY
from core.moves import WrongState
from payments.cards.queries import CardNotUsable
from payments.merchants import queries
from payments.merchants.api import examples as ex
from payments.merchants.api.server import CREATED, balances_of
from payments.merchants.api.shapes import (
    ApplicationIn,
    CardChoiceIn,
    CategoriesShown,
    MerchantBalancesShown,
    MerchantShown,
    ProofIn,
    TermsShown,
)
from payments.merchants.models import Merchant
from payments.merchants.services import applications, closing
from payments.merchants.services.applications import Application, CategoryClosed, DebitCardNeeded, MerchantNotOpen, OwnerNotVerified
from payments.wallet.api.base import customer_id, intent
from payments.wallet.services.parties import CustomerNotActive

APPLYING_REFUSALS = (CustomerNotActive, OwnerNotVerified, CategoryClosed, Invalid, LimitReached)
PROOF_REFUSALS = (StepUpNeeded, ProofMismatch, ProofExpired)


def merchant_id_of(url: dict[str, str]) -> UUID:
    """Raises NotFound for what is no merchant's id."""
    return parse_public_id(Merchant.PREFIX, url["merchant_id"])


def own(request: Request, **url: str) -> Merchant:
    """The caller's merchant of the address. Raises NotFound."""
    return queries.own_merchant(customer_id(request), merchant_id_of(url))


class Categories(View):
    """What a merchant may sell here, by its category's four digits."""

    output_class = CategoriesShown

    @extend_schema(operation_id="payments_merchants_categories_list", examples=[ex.answer("Categories", ex.CATEGORIES, 200)])
    def get(self, request: Request) -> Response:
        return Response(self.shown({"items": queries.open_categories()}))


class Merchants(EffectView, Listing):
    """My merchants."""

    input_class = ApplicationIn
    output_class = MerchantShown
    refusals = APPLYING_REFUSALS

    @extend_schema(operation_id="payments_merchants_list", examples=[ex.page("A merchant", ex.MERCHANT)])
    def get(self, request: Request, **url: str) -> Response:
        """My merchants in whatever state, newest first."""
        return super().get(request, **url)

    @extend_schema(examples=[ex.asked("A company", ex.APPLICATION), ex.answer("Applied", ex.APPLIED, CREATED)])
    def post(self, request: Request, **url: str) -> Any:
        """Apply to be a merchant, at most five times a day. Two people look at it; `state` says how far it is."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Merchant]:
        return queries.own(customer_id(request))

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Merchant:
        return applications.apply(owner_id=customer_id(request), application=Application(**data), at=at)


class OneMerchant(View):
    """One merchant of mine."""

    output_class = MerchantShown
    refusals = (NotFound,)

    @extend_schema(examples=[ex.answer("Active", ex.MERCHANT, 200), ex.answer("Refused", ex.REFUSED, 200)])
    def get(self, request: Request, **url: str) -> Response:
        return Response(self.shown(own(request, **url)))


@extend_schema(examples=[ex.asked("Mended", ex.APPLICATION), ex.answer("Applied again", ex.APPLIED, CREATED)])
class Applications(EffectView):
    """Mend a refused application and hand it in again."""

    input_class = ApplicationIn
    output_class = MerchantShown
    refusals = (NotFound, WrongState, *APPLYING_REFUSALS)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Merchant:
        return applications.apply_again(
            owner_id=customer_id(request), merchant_id=merchant_id_of(url), application=Application(**data), at=at
        )


@extend_schema(examples=[ex.asked("A card", ex.CARD_CHOICE), ex.answer("Chosen", ex.MERCHANT, CREATED)])
class SettlementCards(EffectView):
    """Name the debit card of mine that payouts go to from now on."""

    input_class = CardChoiceIn
    output_class = MerchantShown
    refusals = (NotFound, MerchantNotOpen, CardNotUsable, DebitCardNeeded, *PROOF_REFUSALS)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Merchant:
        merchant_id = own(request, **url).id
        card_id = parse_public_id("crd", data["card_id"])
        return applications.choose_card(intent=intent(request, data["proof"]), merchant_id=merchant_id, card_id=card_id, at=at)


class MerchantBalances(View):
    """What my merchant has: to be settled, to be paid out, kept back, and frozen in disputes."""

    output_class = MerchantBalancesShown
    refusals = (NotFound,)

    @extend_schema(examples=[ex.answer("Balances", ex.BALANCES, 200)])
    def get(self, request: Request, **url: str) -> Response:
        return Response(self.shown(balances_of(own(request, **url).id)))


class Terms(View):
    """What a payment costs my merchant in each scene, and how it is settled, from today's rules."""

    output_class = TermsShown
    refusals = (NotFound,)

    @extend_schema(examples=[ex.answer("Terms", ex.TERMS, 200)])
    def get(self, request: Request, **url: str) -> Response:
        merchant_id, at = own(request, **url).id, clock.now()
        terms = queries.terms_in_force(merchant_id, at)
        rates = [rate_line(scene, rate) for scene, rate in queries.rates_in_force(merchant_id, at).items()]
        told = {field.attname: getattr(terms, field.attname) for field in terms._meta.concrete_fields}
        return Response(self.shown(told | {"rates": rates, "currency": CNY.code}))


def rate_line(scene: str, rate: Any) -> dict[str, Any]:
    """A scene with the rate that applies to it, which may be everybody's or every scene's."""
    return {
        "scene": scene,
        "rate_ppm": rate.rate_ppm,
        "floor_fen": rate.floor_fen,
        "cap_fen": rate.cap_fen,
        "effective_on": rate.effective_on,
    }


@extend_schema(examples=[ex.asked("Close", {"proof": ex.PROOF}), ex.answer("Closed", ex.MERCHANT | {"state": "closed"}, CREATED)])
class Closings(EffectView):
    """Close my merchant for good, once nothing of it is under way or left; its apps, keys and stores end with it."""

    before_consent = True
    input_class = ProofIn
    output_class = MerchantShown
    refusals = (NotFound, MerchantNotOpen, closing.MerchantBusy, *PROOF_REFUSALS)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Merchant:
        return closing.close(intent=intent(request, data["proof"]), merchant_id=own(request, **url).id, at=at)
