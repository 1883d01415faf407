"""The questionnaire, what a customer's answers came to, how a product fits them, and insisting on one that does not."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Listing
from core.api.views import EffectView, View
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.ids import parse_public_id, public_id
from core.limits.services import LimitReached
from payments.merchants.api.examples import answer, asked, page
from payments.wallet.api.base import customer_id
from wealth.catalog import queries as catalog
from wealth.catalog.models import Product
from wealth.rules.suitability import Ruling
from wealth.suitability import queries
from wealth.suitability.api import examples as ex
from wealth.suitability.api.shapes import (
    QUESTIONNAIRE,
    AnswersIn,
    FitShown,
    InsistIn,
    ProfileShown,
    QuestionnaireShown,
    StandingShown,
    WarningShown,
    in_language,
)
from wealth.suitability.models import SuitabilityProfile, SuitabilityWarning
from wealth.suitability.queries import Fit
from wealth.suitability.services import answering
from wealth.suitability.services.answering import OnlyLowestRisk, ProfileExpired, ProfileMissing
from wealth.suitability.services.deciding import RiskTooHigh


class Questionnaire(View):
    """What is asked."""

    output_class = QuestionnaireShown

    @extend_schema(operation_id="wealth_suitability_questionnaire", examples=[answer("Questions", ex.QUESTIONNAIRE, 200)])
    def get(self, request: Request) -> Response:
        """The questionnaire in force."""
        return Response(self.shown(queries.questionnaire(clock.now())))


class Profiles(EffectView, Listing):
    """What the caller's answers came to."""

    input_class = AnswersIn
    output_class = ProfileShown
    refusals = (NotFound, answering.QuestionnaireChanged, Invalid, LimitReached)

    @extend_schema(operation_id="wealth_suitability_profiles_list", examples=[page("A profile", ex.PROFILE)])
    def get(self, request: Request, **url: str) -> Response:
        """All of the caller's profiles, the newest first; the first one counts."""
        return super().get(request, **url)

    @extend_schema(operation_id="wealth_suitability_answer", examples=[asked("Answers", ex.ANSWERS), answer("A profile", ex.PROFILE, 201)])
    def post(self, request: Request, **url: str) -> Any:
        """Answer every question of the questionnaire in force, a few times a day at most. The new profile counts at once."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[SuitabilityProfile]:
        return queries.profiles(customer_id(request)).defer("answers")

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> SuitabilityProfile:
        questionnaire_id = parse_public_id(QUESTIONNAIRE, data["questionnaire_id"])
        return answering.answer(customer_id=customer_id(request), questionnaire_id=questionnaire_id, answers=data["answers"], at=at)


class Standing(View):
    """The profile that counts."""

    output_class = StandingShown

    @extend_schema(operation_id="wealth_suitability_profile", examples=[answer("A profile", ex.STANDING, 200)])
    def get(self, request: Request) -> Response:
        """The caller's profile, and whether it is in force."""
        profile = queries.newest(customer_id(request))
        state = "missing" if profile is None else "expired" if profile.expires_at <= clock.now() else "valid"
        return Response(self.shown({"state": state, "profile": profile}))


def code_of(found: Fit) -> str:
    """What an order would be refused with now."""
    if found.ruling is None:
        return ProfileExpired.code if found.expired else ProfileMissing.code
    return {Ruling.ALLOW: "", Ruling.WARN: RiskTooHigh.code, Ruling.REJECT: OnlyLowestRisk.code}[found.ruling]


class ProductFit(View):
    """How a product fits the caller."""

    output_class = FitShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_suitability_fit", examples=[answer("Too risky", ex.FIT, 200)])
    def get(self, request: Request, product_id: str) -> Response:
        """Whether the caller may buy it, and the warning to be read where they have to insist."""
        at = clock.now()
        product = catalog.one_shown(parse_public_id(Product.PREFIX, product_id), at)
        found = queries.fit(customer_id=customer_id(request), risk=catalog.current_version(product).risk, at=at)
        level = "" if found.profile is None or found.expired else found.profile.level
        warning = None
        if found.ruling == Ruling.WARN:
            en, zh, sha = queries.warning_text(queries.questionnaire(at), level=level, risk=found.risk)
            warning = {"text": in_language({"en": en, "zh": zh}), "sha256": sha}
        told = {"risk": found.risk, "level": level, "ruling": found.ruling or Ruling.REJECT, "code": code_of(found), "warning": warning}
        return Response(self.shown({"product_id": public_id(Product.PREFIX, product.id)} | told))


class Warnings(EffectView, Listing):
    """Warnings the caller confirmed."""

    input_class = InsistIn
    output_class = WarningShown
    refusals = (
        NotFound, catalog.ProductNotOnSale, ProfileMissing, ProfileExpired, OnlyLowestRisk, answering.WarningNotNeeded,
        answering.WarningTextChanged,
    )  # fmt: skip

    @extend_schema(operation_id="wealth_suitability_warnings_list", examples=[page("A warning", ex.WARNING)])
    def get(self, request: Request, **url: str) -> Response:
        """The newest first."""
        return super().get(request, **url)

    @extend_schema(operation_id="wealth_suitability_warn", examples=[asked("Insist", ex.INSIST), answer("Confirmed", ex.WARNING, 201)])
    def post(self, request: Request, **url: str) -> Any:
        """Confirm the warning about a product above the caller's level, read in full and of their own accord: good for one order, soon."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[SuitabilityWarning]:
        return queries.warnings(customer_id(request))

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> SuitabilityWarning:
        product_id = parse_public_id(Product.PREFIX, data["product_id"])
        return answering.insist(customer_id=customer_id(request), product_id=product_id, text_sha256=data["text_sha256"], at=at)
