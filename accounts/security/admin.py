"""What support sees of payment PINs and passkeys (never a secret: the customer alone sets a new PIN), and the PIN-free rule."""

from datetime import datetime

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.security.models import PIN_TRIES, Passkey, PaymentPin, PinFreeLimit
from core.clock import queries as clock
from core.desk.customers import OfCustomer
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.shown import badge, money, when
from core.desk.site import desk
from core.ids import public_id


def is_locked(row: PaymentPin, at: datetime) -> bool:
    return row.locked_until is not None and row.locked_until > at


@admin.register(PaymentPin, site=desk)
class PaymentPinAdmin(OfCustomer):
    group, place, icon, heading = "customers", 32, "pin", _("Payment PINs")
    exports = False
    list_display = ("owner_number", "lock", "wrong_tries", "until", "created", "changed")
    fieldsets = (
        (None, {"fields": (("owner", "lock"), ("wrong_tries", "until"), ("created", "changed"))}),
        (_("What to say"), {"fields": ("advice",)}),
    )

    def name_of(self, row: PaymentPin) -> str:
        return public_id("cus", row.customer_id)

    @display(description=_("Customer"), ordering="id")
    def owner_number(self, row: PaymentPin) -> SafeString | str:
        return self.owner(row)

    @display(description=_("State"))
    def lock(self, row: PaymentPin) -> SafeString:
        return badge("failed", gettext("locked")) if is_locked(row, clock.now()) else badge("active", gettext("usable"))

    @display(description=_("Wrong tries in a row"))
    def wrong_tries(self, row: PaymentPin) -> str:
        return f"{row.tries} / {PIN_TRIES}"

    @display(description=_("Locked until"))
    def until(self, row: PaymentPin) -> str:
        return when(row.locked_until) if is_locked(row, clock.now()) else "-"

    @display(description=_("To the customer"))
    def advice(self, row: PaymentPin) -> str:
        return gettext(
            "Nobody here can see, set or unlock a PIN. A new one is chosen in the app, with a text code and the proven identity."
        )


@admin.register(Passkey, site=desk)
class PasskeyAdmin(OfCustomer):
    group, place, icon, heading = "customers", 34, "passkey", _("Passkeys")
    finds = {"cus": "customer_id", "psk": "pk"}
    list_display = ("number", "owner", "name", "state_text", "backed_up", "created", "last_used", "removed")
    fieldsets = ((None, {"fields": (("number", "owner"), ("name", "state_text"), "backed_up", ("created", "last_used", "removed"))}),)

    @display(description=_("State"))
    def state_text(self, row: Passkey) -> SafeString:
        return badge("active") if row.removed_at is None else badge("closed", gettext("removed"))

    @display(description=_("Last used"))
    def last_used(self, row: Passkey) -> str:
        return when(row.last_used_at)

    @display(description=_("Removed"))
    def removed(self, row: Passkey) -> str:
        return when(row.removed_at)


@admin.register(PinFreeLimit, site=desk)
class PinFreeLimitAdmin(ProposedAdmin):
    place, icon, heading = 45, "contactless", _("PIN-free payments")
    table = RuleTable(PinFreeLimit, ("starts_on", "amount_fen", "per_day", "source"), RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "amount_fen": _("A payment up to this amount needs no proof. 0: every payment needs one."),
        "per_day": _("How many of them a customer may make a day."),
        "source": _("The regulation and its article."),
    }
    list_display = ("starts_on", "cap", "per_day", "source")
    ordering = ("-starts_on",)

    @display(description=_("Up to (yuan)"), ordering="amount_fen")
    def cap(self, row: PinFreeLimit) -> SafeString:
        return money(row.amount_fen)
