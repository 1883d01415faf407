"""What merchants pay, their terms and categories, changed by two people; and the platform's own keys."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from core.clock import queries as clock
from core.desk.acts import Doing
from core.desk.base import DeskAdmin
from core.desk.forms import ReasonForm
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.proposing import proposing
from core.desk.shown import badge, link, money, mono, when
from core.desk.site import desk
from core.errors import NotFound
from core.ids import parse_public_id, public_id
from payments.merchants.models import Merchant, MerchantCategory, MerchantRate, MerchantTerms, PlatformKey
from payments.merchants.services import platform_keys

RATE = ("merchant", "scene", "rate_ppm", "floor_fen", "cap_fen", "effective_on")
TERMS = (
    "merchant", "settlement_delay_days", "reserve_bp", "least_payout_fen", "split_cap_bp", "fee_returned_on_refund",
    "refund_days", "refunds_most", "effective_on",
)  # fmt: skip
EVERYBODY = _("everybody")
WHOSE = _("A merchant's id; empty for every merchant without a rule of its own.")


class MerchantField(forms.ModelChoiceField):
    """A merchant by its public id: there are too many for a list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Merchant.objects.all(), required=False, widget=UnfoldAdminTextInputWidget(), **options)

    def prepare_value(self, value: Any) -> Any:
        return public_id(Merchant.PREFIX, value) if isinstance(value, uuid.UUID) else value

    def to_python(self, value: Any) -> Merchant | None:
        if value in self.empty_values:
            return None
        try:
            key = parse_public_id(Merchant.PREFIX, str(value).strip())
        except NotFound as problem:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}) from problem
        found: Merchant | None = super().to_python(key)
        return found


class OfMerchants(ProposedAdmin):
    """A rule of one merchant or of everybody, found by the merchant's id."""

    finds: ClassVar[dict[str, str]] = {"mch": "merchant_id"}
    search_help_text = _("A merchant's id")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "merchant":
            return MerchantField(label=_("Merchant"), help_text=WHOSE)
        return super().formfield_for_dbfield(db_field, request, **options)

    @display(description=_("Merchant"), ordering="merchant_id")
    def whose(self, row: MerchantRate | MerchantTerms) -> Any:
        return EVERYBODY if row.merchant_id is None else link("payments.merchant", row.merchant_id, public_id("mch", row.merchant_id))


@admin.register(MerchantRate, site=desk)
class MerchantRateAdmin(OfMerchants):
    place, icon, heading = 22, "percent", _("Merchants' rates")
    table = RuleTable(MerchantRate, RATE, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "scene": _("Empty for every scene without a rate of its own."),
        "rate_ppm": _("Parts per million: 6000 is 0.60 %."),
        "cap_fen": _("Empty for no cap."),
    }
    list_display = ("whose", "scene", "percent", "floor", "cap", "effective_on")
    list_filter = ("scene",)
    ordering = ("-effective_on", "-id")

    @display(description=_("Percent"), ordering="rate_ppm")
    def percent(self, row: MerchantRate) -> SafeString:
        return mono(f"{row.rate_ppm / 10_000:.4f} %")

    @display(description=_("Floor (yuan)"))
    def floor(self, row: MerchantRate) -> SafeString:
        return money(row.floor_fen)

    @display(description=_("Cap (yuan)"))
    def cap(self, row: MerchantRate) -> SafeString:
        return money(row.cap_fen)


@admin.register(MerchantTerms, site=desk)
class MerchantTermsAdmin(OfMerchants):
    place, icon, heading = 24, "handshake", _("Merchants' terms")
    table = RuleTable(MerchantTerms, TERMS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "settlement_delay_days": _("Working days from payment to settlement: 1 is the next one."),
        "reserve_bp": _("Kept back of each settlement, in hundredths of a percent."),
        "least_payout_fen": _("Less than this waits for the next settlement."),
        "split_cap_bp": _("At most this part of a payment may be split to others, in hundredths of a percent."),
        "fee_returned_on_refund": _("When on, the fee of what is refunded goes back to the merchant."),
        "refund_days": _("Days after the payment in which it may be refunded."),
        "refunds_most": _("How many refunds one payment may have."),
    }
    list_display = (
        "whose", "settlement_delay_days", "reserve_bp", "least", "split_cap_bp", "fee_returned_on_refund", "refund_days", "refunds_most",
        "effective_on",
    )  # fmt: skip
    ordering = ("-effective_on", "-id")

    @display(description=_("Least payout (yuan)"))
    def least(self, row: MerchantTerms) -> SafeString:
        return money(row.least_payout_fen)


@admin.register(MerchantCategory, site=desk)
class MerchantCategoryAdmin(ProposedAdmin):
    place, icon, heading = 26, "category", _("Merchant categories")
    table = RuleTable(MerchantCategory, ("code", "name_en", "name_zh", "open"), RULE_MAKERS, RULE_CHECKERS)
    helps = {"code": _("Four digits (ISO 18245)."), "open": _("When off, no new merchants of it are taken.")}
    list_display = ("code", "name_zh", "name_en", "open")
    list_filter = ("open",)
    ordering = ("code",)
    search_help_text = _("Four digits")

    def find(self, term: str) -> Q | None:
        return Q(code=term)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A category's code is what it is known by."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if obj is None or fixed else ["code"]


class RotationForm(ReasonForm):
    """How long merchants have to fetch the new key, and then to forget the old one."""

    overlap_days = forms.IntegerField(
        label=_("Days of overlap"),
        min_value=0,
        max_value=platform_keys.MOST_DAYS,
        initial=7,
        help_text=_("The new key signs after so many days and the old one is readable as long again. 0 only for a stolen key."),
        widget=UnfoldAdminTextInputWidget({"inputmode": "numeric"}),
    )


def rotation(doing: Doing) -> dict[str, Any]:
    return {"overlap_days": doing.data["overlap_days"]}


def as_lines(text: str) -> SafeString:
    return format_html('<pre class="font-mono text-xs">{}</pre>', text)


def standing(key: PlatformKey, at: datetime) -> str:
    """What a key does at `at`, for people: waiting for its turn, active, expiring (another follows it), ended."""
    if key.ends_at is not None and key.ends_at <= at:
        return "ended"
    if key.signs_from > at:
        return "waiting"
    return "active" if key.ends_at is None else "expiring"


@admin.register(PlatformKey, site=desk)
class PlatformKeyAdmin(DeskAdmin):
    group, place, icon, heading = "merchants", 90, "key", _("Platform keys")
    list_acts = (
        proposing(
            "rotate",
            act=platform_keys.ROTATE,
            right="platform_key.rotate",
            title=_("Propose a new key"),
            named=_("Replace the platform's key"),
            payload=rotation,
            form=RotationForm,
            icon="autorenew",
        ),
    )
    list_display = ("serial", "stands", "signs", "ends", "created")
    ordering = ("-signs_from",)
    fieldsets = ((None, {"fields": (("serial", "stands"), ("signs", "ends"), "created", "pem")}),)

    @display(description=_("Serial number"))
    def serial(self, row: PlatformKey) -> SafeString | str:
        return link("payments.platformkey", row.pk, row.serial_no)

    @display(description=_("State"))
    def stands(self, row: PlatformKey) -> SafeString:
        return badge(standing(row, clock.now()))

    @display(description=_("Signs from"), ordering="signs_from")
    def signs(self, row: PlatformKey) -> str:
        return when(row.signs_from)

    @display(description=_("Readable until"))
    def ends(self, row: PlatformKey) -> str:
        return when(row.ends_at)

    @display(description=_("Created"))
    def created(self, row: PlatformKey) -> str:
        return when(row.created_at)

    @display(description=_("Public key"))
    def pem(self, row: PlatformKey) -> SafeString:
        return as_lines(row.public_key_pem)
