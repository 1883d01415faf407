"""Merchants as operators see them: the queue of applications, one page with all of a merchant, its stores, apps and keys."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.ledger.queries import Balance
from core.clock import queries as clock
from core.desk.acts import Act, Doing, Outcome
from core.desk.base import DeskAdmin
from core.desk.counted import of_customer
from core.desk.customers import count_reveal, customer_link
from core.desk.dashboard import figure
from core.desk.forms import ReasonForm
from core.desk.panels import customer_panel
from core.desk.proposing import proposing
from core.desk.shown import age, badge, link, money, mono, on, table, when
from core.desk.site import desk
from core.desk.sockets import COUNTERS, CUSTOMER_PANELS, FIGURES, Figure, Panel, Words
from core.ids import public_id
from payments.merchants import admin_rules, licences, queries
from payments.merchants.masks import masked_licence, masked_phone
from payments.merchants.models import REASON_LENGTH, AppKey, Merchant, MerchantApp, Store
from payments.merchants.services import applications, closing, keys, reviewing
from payments.merchants.states import OPENED, KeyState, MerchantState

WAITING = (MerchantState.APPLIED, MerchantState.UNDER_REVIEW)
LATE_AFTER_HOURS = 24
SHOWN = 50
GROUP = "merchants"


class ToldForm(ReasonForm):
    """What the owner reads, apart from the reason in the audit log."""

    told = forms.CharField(
        label=_("What the owner reads"),
        min_length=5,
        max_length=REASON_LENGTH,
        help_text=_("In the owner's language: what is wrong, and what to do."),
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )


def take_up(doing: Doing) -> Words:
    reviewing.take_up(merchant_id=doing.row.pk, reviewer=doing.staff, at=doing.at)
    return _("You review it now.")


def refuse(doing: Doing) -> Words:
    reviewing.refuse(merchant_id=doing.row.pk, reason=doing.data["told"], at=doing.at)
    return _("The application is refused; the owner reads why and may apply again.")


def suspend(doing: Doing) -> Words:
    reviewing.suspend(merchant_id=doing.row.pk, reason=doing.data["told"], at=doing.at)
    return _("The merchant is suspended: it takes no new payments.")


def reveal(doing: Doing) -> Outcome:
    count_reveal(doing.staff, doing.at)
    return {str(_("Contact phone")): doing.row.contact_phone or "-", str(_("Licence number")): doing.row.licence_number or "-"}


def target(doing: Doing) -> dict[str, Any]:
    return {"target": doing.row.public_id}


def told(doing: Doing) -> dict[str, Any]:
    return target(doing) | {"told": doing.data["told"]}


def others_review(row: Merchant, staff: User) -> bool:
    return row.reviewer_id != staff.pk


ACTS = (
    Act(
        name="take-up",
        right="merchant.review",
        title=_("Take up the review"),
        run=take_up,
        icon="front_hand",
        open_to=lambda row: row.state in WAITING,
        open_for=others_review,
    ),
    proposing(
        "approve",
        act=reviewing.APPROVE,
        right="merchant.review",
        title=_("Propose to approve"),
        named=_("Open a merchant"),
        payload=lambda doing: target(doing) | {"applied_at": doing.row.applied_at.isoformat()},
        icon="verified",
        open_to=lambda row: row.state == MerchantState.UNDER_REVIEW,
    ),
    Act(
        name="refuse",
        right="merchant.review",
        title=_("Refuse the application"),
        run=refuse,
        form=ToldForm,
        icon="block",
        variant="danger",
        open_to=lambda row: row.state == MerchantState.UNDER_REVIEW,
        details=lambda doing: {"told": doing.data["told"]},
    ),
    Act(
        name="suspend",
        right="merchant.suspend",
        title=_("Suspend"),
        run=suspend,
        form=ToldForm,
        icon="pause_circle",
        variant="danger",
        explain=_("New payments stop at once; what was paid is still settled and may be refunded by operators."),
        open_to=lambda row: row.state == MerchantState.ACTIVE,
        details=lambda doing: {"told": doing.data["told"]},
    ),
    proposing(
        "resume",
        act=reviewing.RESUME,
        right="merchant.review",
        title=_("Propose to resume"),
        named=_("Resume a merchant"),
        payload=target,
        icon="play_circle",
        open_to=lambda row: row.state == MerchantState.SUSPENDED,
    ),
    proposing(
        "close",
        act=closing.CLOSE,
        right="merchant.review",
        title=_("Propose to close"),
        named=_("Close a merchant"),
        payload=told,
        form=ToldForm,
        icon="delete_forever",
        variant="danger",
        open_to=lambda row: row.state in OPENED,
    ),
    Act(
        name="reveal",
        right="merchant.reveal",
        title=_("Reveal licence and phone"),
        button=_("Reveal"),
        run=reveal,
        icon="visibility",
        explain=_("Shown once, on this page only. Your name, the merchant and the reason go into the audit log."),
    ),
)


def merchant_link(merchant_id: uuid.UUID) -> SafeString | str:
    return link("payments.merchant", merchant_id, public_id(Merchant.PREFIX, merchant_id))


def merchant_state(row: Merchant) -> SafeString:
    """`applied` elsewhere means that something was done; here somebody has yet to look."""
    return badge("pending", gettext("to review")) if row.state == MerchantState.APPLIED else badge(row.state)


class OfMerchant(DeskAdmin):
    """What the pages about a merchant's things have in common."""

    group = GROUP
    search_help_text = _("A public id, of the row or of its merchant")

    @display(description=_("Id"), ordering="id")
    def number(self, row: Any) -> SafeString | str:
        return link(self.opts.label_lower, row.pk, row.public_id)

    @display(description=_("Merchant"), ordering="merchant_id")
    def of_merchant(self, row: Any) -> SafeString | str:
        return merchant_link(row.merchant_id)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: Any) -> SafeString:
        return badge(str(row.state))

    @display(description=_("Created"), ordering="id")
    def created(self, row: Any) -> str:
        return when(row.created_at)

    @display(description=_("Changed"))
    def changed(self, row: Any) -> str:
        return when(row.changed_at)


@dataclass(frozen=True)
class Whole:
    """What a merchant's page shows beside its row."""

    balances: dict[str, Balance]
    stores: list[Store]
    apps: list[MerchantApp]
    serials: dict[uuid.UUID, list[str]]
    others: list[Merchant]


def whole(row: Merchant) -> Whole:
    """Read once a page: the page's template asks for each field several times."""
    kept: Whole | None = getattr(row, "desk_whole", None)
    if kept is None:
        kept = row.desk_whole = read_whole(row)  # type: ignore[attr-defined]
    return kept


def read_whole(row: Merchant) -> Whole:
    serials: dict[uuid.UUID, list[str]] = {}
    for key in AppKey.objects.filter(app__merchant_id=row.pk, state=KeyState.ACTIVE).order_by("-id"):
        serials.setdefault(key.app_id, []).append(key.serial_no)
    licensed = Merchant.objects.filter(licence_index=row.licence_index) if row.licence_index else Merchant.objects.none()
    return Whole(
        balances=queries.balances(row.pk),
        stores=list(queries.stores(row.pk)[:SHOWN]),
        apps=list(queries.apps(row.pk)[:SHOWN]),
        serials=serials,
        others=list(licensed.exclude(pk=row.pk).order_by("-id")[:SHOWN]),
    )


@admin.register(Merchant, site=desk)
class MerchantAdmin(OfMerchant):
    place, icon, heading = 10, "storefront", _("Merchants")
    acts = ACTS
    finds = {"cus": "owner_id", "mch": "pk", "crd": "settlement_card_id"}
    search_help_text = _("A public id, of the merchant or its owner, a licence number or a name as written")
    list_display = ("number", "short_name", "kind", "sells", "state_label", "waits", "reviewer", "created")
    list_filter = ("state", "kind", "category")
    list_select_related = ("category", "reviewer")
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("name", "short_name"), ("kind", "sells"), ("owner_link", "card_link"))}),
        (None, {"fields": (("licence", "phone"), "same_licence")}),
        (_("Review"), {"fields": (("reviewer", "reason"), ("applied", "waits"), ("opened", "changed"))}),
        (_("Money (yuan)"), {"fields": ("balances",)}),
        (_("Stores, apps and keys"), {"fields": ("stores", "apps")}),
    )

    def find(self, term: str) -> Q | None:
        number = licences.normal(term)
        return Q(short_name=term) | Q(name=term) if number is None else Q(licence_index=queries.licence_index(number))

    @display(description=_("State"), ordering="state")
    def state_label(self, row: Merchant) -> SafeString:
        return merchant_state(row)

    @display(description=_("Owner"), ordering="owner_id")
    def owner_link(self, row: Merchant) -> SafeString | str:
        return customer_link(row.owner_id)

    @display(description=_("Category"), ordering="category")
    def sells(self, row: Merchant) -> str:
        chinese = (get_language() or "en").startswith("zh")
        return f"{row.category_id} {row.category.name_zh if chinese else row.category.name_en}"

    @display(description=_("Waits"), ordering="applied_at")
    def waits(self, row: Merchant) -> str:
        return age(row.applied_at, clock.now()) if row.state in WAITING else "-"

    @display(description=_("Settlement card"))
    def card_link(self, row: Merchant) -> SafeString | str:
        return link("payments.card", row.settlement_card_id, row.settlement_card_public_id or "-")

    @display(description=_("Licence number"))
    def licence(self, row: Merchant) -> SafeString:
        return mono(masked_licence(row) or "-")

    @display(description=_("Contact phone"))
    def phone(self, row: Merchant) -> str:
        return masked_phone(row) or "-"

    @display(description=_("Others with this licence"))
    def same_licence(self, row: Merchant) -> SafeString | str:
        rows = ((merchant_link(one.pk), one.short_name, merchant_state(one), customer_link(one.owner_id)) for one in whole(row).others)
        return "-" if row.licence_index is None else table((_("Merchant"), _("Short name"), _("State"), _("Owner")), rows)

    @display(description=_("Last application"))
    def applied(self, row: Merchant) -> str:
        return when(row.applied_at)

    @display(description=_("Opened"))
    def opened(self, row: Merchant) -> str:
        return when(row.opened_at)

    @display(description=_("Balances"))
    def balances(self, row: Merchant) -> SafeString:
        rows = ((mono(role), money(one.posted), money(one.held)) for role, one in whole(row).balances.items())
        return table((_("Account"), _("Posted"), _("Held")), rows)

    @display(description=_("Stores"))
    def stores(self, row: Merchant) -> SafeString:
        rows = ((link("payments.store", one.pk, one.public_id), one.name, badge(one.state)) for one in whole(row).stores)
        return table((_("Store"), _("Name"), _("State")), rows)

    @display(description=_("Apps and keys"))
    def apps(self, row: Merchant) -> SafeString:
        """Each app with its active keys."""
        serials = whole(row).serials
        rows = (
            (
                link("payments.merchantapp", one.pk, one.public_id),
                one.name,
                badge(one.state),
                mono(" ".join(serials.get(one.pk, [])) or "-"),
            )
            for one in whole(row).apps
        )
        return table((_("App"), _("Name"), _("State"), _("Active keys")), rows)


@admin.register(Store, site=desk)
class StoreAdmin(OfMerchant):
    place, icon, heading = 20, "store", _("Stores")
    finds = {"mch": "merchant_id", "sto": "pk"}
    list_display = ("number", "of_merchant", "name", "address", "state_label", "created")
    list_filter = ("state",)
    fieldsets = ((None, {"fields": (("number", "state_label"), ("of_merchant", "name"), "address", ("created", "changed"))}),)


@admin.register(MerchantApp, site=desk)
class MerchantAppAdmin(OfMerchant):
    place, icon, heading = 30, "terminal", _("Merchants' apps")
    finds = {"mch": "merchant_id", "app": "pk"}
    list_display = ("number", "of_merchant", "name", "state_label", "created")
    list_filter = ("state",)
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("of_merchant", "name"), "notify_url", ("created", "changed"))}),
        (_("Keys"), {"fields": ("keys",)}),
    )

    @display(description=_("Keys"))
    def keys(self, row: MerchantApp) -> SafeString:
        kept: list[AppKey] | None = getattr(row, "desk_keys", None)
        if kept is None:
            kept = row.desk_keys = list(queries.keys(row.pk)[:SHOWN])  # type: ignore[attr-defined]
        rows = ((link("payments.appkey", one.pk, one.serial_no), badge(one.state), when(one.expires_at), used(one)) for one in kept)
        return table((_("Serial number"), _("State"), _("Expires"), _("Last used")), rows)


def used(key: AppKey) -> SafeString | str:
    return "-" if key.last_used_on is None else on(key.last_used_on)


def revoke(doing: Doing) -> Words:
    keys.revoke_by_platform(key_id=doing.row.pk, at=doing.at)
    return _("Nothing this key signs is accepted any more.")


@admin.register(AppKey, site=desk)
class AppKeyAdmin(OfMerchant):
    place, icon, heading = 40, "vpn_key", _("Merchants' keys")
    acts = (
        Act(
            name="revoke",
            right="merchant.suspend",
            title=_("Revoke the key"),
            run=revoke,
            icon="key_off",
            variant="danger",
            explain=_("For a key that was published or stolen. The merchant's program stops working until its owner adds another."),
            open_to=lambda row: row.state == KeyState.ACTIVE,
        ),
    )
    finds = {"app": "app_id", "key": "pk"}
    search_help_text = _("A public id, of the key or of its app, or a serial number")
    list_display = ("number", "serial", "app_link", "state_label", "expires", "last_used", "created")
    list_filter = ("state",)
    fieldsets = (
        (None, {"fields": (("number", "state_label"), "serial", ("app_link", "last_used"), ("expires", "warned"))}),
        (None, {"fields": (("created", "ended"), "pem")}),
    )

    def find(self, term: str) -> Q | None:
        return Q(serial_no=term.upper())

    @display(description=_("Serial number"))
    def serial(self, row: AppKey) -> SafeString:
        return mono(row.serial_no)

    @display(description=_("App"))
    def app_link(self, row: AppKey) -> SafeString | str:
        return link("payments.merchantapp", row.app_id, public_id(MerchantApp.PREFIX, row.app_id))

    @display(description=_("Expires"), ordering="expires_at")
    def expires(self, row: AppKey) -> str:
        return when(row.expires_at)

    @display(description=_("Last used"))
    def last_used(self, row: AppKey) -> SafeString | str:
        return used(row)

    @display(description=_("Owner told of its end"))
    def warned(self, row: AppKey) -> str:
        return when(row.warned_at)

    @display(description=_("Ended"))
    def ended(self, row: AppKey) -> str:
        return when(row.ended_at)

    @display(description=_("Public key"))
    def pem(self, row: AppKey) -> SafeString:
        return admin_rules.as_lines(row.public_key_pem)


class MerchantsPanel:
    order = 60

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        rows = ((merchant_link(one.pk), one.short_name, merchant_state(one), when(one.created_at)) for one in queries.own(customer_id)[:8])
        header = (_("Merchant"), _("Short name"), _("State"), _("Created"))
        return customer_panel(_("Merchants"), "payments.merchant", customer_id, header, rows)


class MerchantFigures:
    order = 30

    def figures(self, *, at: datetime) -> list[Figure]:
        """How many applications wait, and for how long the oldest does."""
        waiting = queries.waiting()
        if not waiting.number:
            return []
        assert waiting.oldest is not None
        late = (at - waiting.oldest).total_seconds() > LATE_AFTER_HOURS * 3600
        told = _("the oldest for {age}").format(age=age(waiting.oldest, at))
        level = "warning" if late else "ok"
        shown = figure(_("Merchants to review"), waiting.number, "payments.merchant", level=level, detail=told, state__exact="applied")
        return [shown]


COUNTERS.plug(applications.COUNTER.partition(":")[0], of_customer())
CUSTOMER_PANELS.plug("payments.merchants", MerchantsPanel())
FIGURES.plug("payments.merchants", MerchantFigures())
