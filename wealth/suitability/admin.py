"""Questionnaires (changed by two people from a day on), and what customers answered, confirmed and were told."""

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.desk.customers import OfCustomer
from core.desk.proposals import ProposedAdmin, RuleTable
from core.desk.roles import Role
from core.desk.shown import badge, link, mono, plainly, when
from core.desk.site import desk
from wealth.suitability.models import SuitabilityDecision, SuitabilityProfile, SuitabilityQuestionnaire, SuitabilityWarning

GROUP = "wealth"
COLUMNS = ("starts_on", "valid_days", "questions", "bands", "minimum", "warning_en", "warning_zh", "source")
MAKERS, CHECKERS = frozenset({Role.MARKETING, Role.RISK}), frozenset({Role.RISK, Role.FINANCE_CHECKER})


@admin.register(SuitabilityQuestionnaire, site=desk)
class SuitabilityQuestionnaireAdmin(ProposedAdmin):
    place, icon, heading = 40, "quiz", _("Risk questionnaires")
    table = RuleTable(SuitabilityQuestionnaire, COLUMNS, MAKERS, CHECKERS)
    helps = {
        "valid_days": _("How long answers to it count."),
        "questions": _("As JSON, in the form of the present ones."),
        "bands": _("The lowest score of each level, upward, in the form of the present ones."),
        "minimum": _("Who chose one of these options may buy the lowest risk alone; in the form of the present ones."),
        "warning_en": _("The customer's level and the product's risk stand in braces, as in the present text."),
        "warning_zh": _("The customer's level and the product's risk stand in braces, as in the present text."),
        "source": _("Whose rules it follows."),
    }
    list_display = ("starts_on", "valid_days", "source")
    ordering = ("-starts_on",)


@admin.register(SuitabilityProfile, site=desk)
class SuitabilityProfileAdmin(OfCustomer):
    group = GROUP
    place, icon, heading = 20, "psychology", _("Risk profiles")
    finds = {"spf": "pk", "cus": "customer_id"}
    list_display = ("number", "owner", "level", "score", "expires", "created")
    list_filter = ("level",)
    fieldsets = ((None, {"fields": (("number", "owner"), ("level", "score"), ("questions_of", "expires"), "created")}),)

    @display(description=_("Good until"), ordering="expires_at")
    def expires(self, row: SuitabilityProfile) -> str:
        return when(row.expires_at)

    @display(description=_("Questionnaire"))
    def questions_of(self, row: SuitabilityProfile) -> SafeString | str:
        return link("wealth.suitabilityquestionnaire", row.questionnaire_id, str(row.questionnaire))


class OfProduct(OfCustomer):
    """Pages about a customer and a product."""

    group = GROUP
    list_select_related = ("product",)

    @display(description=_("Product"), ordering="product_id")
    def product_link(self, row: Any) -> SafeString | str:
        return link("wealth.product", row.product_id, row.product.code)


@admin.register(SuitabilityWarning, site=desk)
class SuitabilityWarningAdmin(OfProduct):
    place, icon, heading = 22, "warning", _("Risk warnings confirmed")
    finds = {"swn": "pk", "cus": "customer_id", "prd": "product_id"}
    list_display = ("number", "owner", "product_link", "level", "risk", "used", "expires", "created")
    list_filter = ("level", "risk")
    fieldsets = (
        (None, {"fields": (("number", "owner"), ("product_link", "level"), ("risk", "used"), ("text_hash", "expires"), "created")}),
    )

    @display(description=_("Used"), boolean=True)
    def used(self, row: SuitabilityWarning) -> bool:
        return row.order_id is not None

    @display(description=_("Good until"), ordering="expires_at")
    def expires(self, row: SuitabilityWarning) -> str:
        return when(row.expires_at)

    @display(description=_("Hash of the text"))
    def text_hash(self, row: SuitabilityWarning) -> SafeString:
        return mono(row.text_sha256)


@admin.register(SuitabilityDecision, site=desk)
class SuitabilityDecisionAdmin(OfProduct):
    place, icon, heading = 24, "rule", _("Suitability decisions")
    finds = {"sdc": "pk", "cus": "customer_id", "prd": "product_id"}
    list_display = ("number", "owner", "product_link", "level", "risk", "ruling_label", "why", "moment", "created")
    list_filter = ("ruling", "moment", "risk")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "owner"), ("product_link", "moment"), ("level", "risk"), ("ruling_label", "why"),
                    ("profile_link", "warning_link"), "created",
                )
            },
        ),
    )  # fmt: skip

    @display(description=_("Ruling"), ordering="ruling")
    def ruling_label(self, row: SuitabilityDecision) -> SafeString:
        return badge(row.ruling)

    @display(description=_("Refused with"))
    def why(self, row: SuitabilityDecision) -> SafeString | str:
        return plainly(row.code)

    @display(description=_("Profile"))
    def profile_link(self, row: SuitabilityDecision) -> SafeString | str:
        return "-" if row.profile_id is None else link("wealth.suitabilityprofile", row.profile_id, str(row.profile))

    @display(description=_("Warning"))
    def warning_link(self, row: SuitabilityDecision) -> SafeString | str:
        return "-" if row.warning_id is None else link("wealth.suitabilitywarning", row.warning_id, str(row.warning))
