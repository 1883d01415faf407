"""Refunds at the desk: what went back of which leg, the queue of what a channel refused, and refunds operators decide on."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.ledger.shown import journal_link
from core.clock import queries as clock
from core.desk.acts import Doing
from core.desk.base import DeskAdmin
from core.desk.customers import customer_link
from core.desk.dashboard import counts, figure
from core.desk.forms import ReasonForm, YuanField
from core.desk.panels import customer_panel
from core.desk.proposing import proposing
from core.desk.shown import age, badge, link, money, mono, table, when
from core.desk.site import desk
from core.desk.sockets import CUSTOMER_PANELS, FIGURES, Figure, Panel
from core.ids import public_id
from core.work.sockets import WORK_KINDS, KindOfWork
from payments.cashier.admin import target
from payments.channels import queries as requests
from payments.channels.fitting import fitting
from payments.channels.shown import CALL_COLUMNS, call_rows
from payments.merchants import accounts
from payments.refunds import queries
from payments.refunds.models import REASON_LENGTH, Refund
from payments.refunds.services import by_hand, placing, settling
from payments.refunds.states import OPEN, RefundState
from payments.wallet.admin import HandForm, with_reference

CHANNEL_MAY_TAKE = timedelta(minutes=5)
PART_COLUMNS = (_("Source"), _("Amount (yuan)"), _("Goes through a channel"), _("Leg"))
ACCOUNTS = {
    accounts.PENDING: _("To be settled"),
    accounts.AVAILABLE: _("To be paid out"),
    accounts.RESERVE: _("Reserve"),
    accounts.FROZEN: _("Frozen in disputes"),
}


class Waiting(admin.SimpleListFilter):
    """What does not go on by itself, or does for too long."""

    title = _("Stuck")
    parameter_name = "stuck"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("bank", _("Waiting for the bank")), ("hand", _("Refused by the channel"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Refund]) -> QuerySet[Refund]:
        match self.value():
            case "bank":
                return queryset.filter(pk__in=queries.waiting_since(clock.now() - CHANNEL_MAY_TAKE).values("pk"))
            case "hand":
                return queryset.filter(pk__in=queries.to_manual().values("pk"))
        return queryset


def refused(row: Refund) -> bool:
    return row.state == RefundState.TO_MANUAL


class RefundForm(ReasonForm):
    """A refund that the platform itself decides on. The reason is what the merchant and the payer read."""

    order = forms.CharField(label=_("Payment order"), max_length=40, widget=UnfoldAdminTextInputWidget())
    amount = YuanField(label=_("Amount (yuan)"), min_value=Decimal("0.01"))
    words = forms.CharField(
        label=_("Words for the merchant and the payer"),
        max_length=REASON_LENGTH,
        help_text=_("Name no personal data."),
        widget=UnfoldAdminTextInputWidget(),
    )
    field_order = ("order", "amount", "words", "reason")


def refund_payload(doing: Doing) -> dict[str, Any]:
    return {"order": doing.data["order"].strip(), "amount": doing.data["amount"], "words": doing.data["words"].strip()}


@admin.register(Refund, site=desk)
class RefundAdmin(DeskAdmin):
    group, place, icon, heading = "payments", 6, "undo", _("Refunds")
    acts = (
        proposing(
            "ask-again",
            act=by_hand.AGAIN,
            right="refund.decide",
            title=_("Propose to ask again"),
            named=_("Ask the channel for a refund again"),
            payload=target,
            icon="replay",
            open_to=refused,
        ),
        proposing(
            "paid-by-hand",
            act=by_hand.PAID_BY_HAND,
            right="refund.decide",
            title=_("Propose as paid by hand"),
            named=_("Book a refund as paid by hand"),
            payload=with_reference,
            form=HandForm,
            icon="back_hand",
            open_to=refused,
        ),
        proposing(
            "give-up",
            act=by_hand.GIVEN_UP,
            right="refund.decide",
            title=_("Propose to give up"),
            named=_("Give a refused refund up: the merchant keeps the money"),
            payload=target,
            icon="block",
            variant="danger",
            open_to=refused,
        ),
    )
    list_acts = (
        proposing(
            "refund",
            act=by_hand.OPERATOR_REFUND,
            right="refund.decide",
            title=_("Propose a refund"),
            named=_("Refund a payment order"),
            payload=refund_payload,
            form=RefundForm,
            icon="undo",
        ),
    )
    finds = {"rfd": "pk", "ord": "order_id", "mch": "merchant_id", "cus": "payer_id"}
    search_help_text = _("A public id (refund, order, merchant, payer)")
    ordering = ("-id",)
    list_display = ("number", "state_label", "waits", "amount", "order_link", "merchant_name", "code", "asked_by_label", "created")
    list_filter = ("state", Waiting, "asked_by")
    list_select_related = ("merchant",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("order_link", "out_refund_no"),
                    ("merchant_name", "payer_link"),
                    ("amount", "fee_back"),
                    ("asked_by_label", "asker"),
                    ("reason", "code"),
                    ("created", "changed"),
                    ("journal", "booked_on"),
                    "hand_reference",
                )
            },
        ),
        (_("What to do"), {"fields": ("which_act",)}),
        (_("The whole story"), {"fields": ("parts", "paid_from", "requests")}),
    )

    @display(description=_("Id"), ordering="id")
    def number(self, row: Refund) -> SafeString:
        return mono(row.public_id)

    @display(description=_("Payment order"))
    def order_link(self, row: Refund) -> SafeString | str:
        return link("payments.paymentorder", row.order_id, row.order_public_id)

    @display(description=_("Merchant"))
    def merchant_name(self, row: Refund) -> SafeString | str:
        if row.merchant is None:
            return row.asker
        return link("payments.merchant", row.merchant_id, row.merchant.short_name)

    @display(description=_("Payer"))
    def payer_link(self, row: Refund) -> SafeString | str:
        return customer_link(row.payer_id)

    @display(description=_("Amount (yuan)"), ordering="amount_fen")
    def amount(self, row: Refund) -> SafeString:
        return money(row.amount_fen)

    @display(description=_("Fee given back (yuan)"))
    def fee_back(self, row: Refund) -> SafeString:
        return money(row.fee_back_fen)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: Refund) -> SafeString:
        return badge(str(row.state))

    @display(description=_("Asked by"))
    def asked_by_label(self, row: Refund) -> SafeString:
        return badge(str(row.asked_by), str(row.get_asked_by_display()))

    @display(description=_("Waits for"))
    def waits(self, row: Refund) -> str:
        """How long a refund that is not over has been as it is."""
        return age(row.changed_at, clock.now()) if row.state in OPEN else "-"

    @display(description=_("Created"), ordering="id")
    def created(self, row: Refund) -> SafeString | str:
        return when(row.created_at)

    @display(description=_("Changed"))
    def changed(self, row: Refund) -> SafeString | str:
        return when(row.changed_at)

    @display(description=_("Journal"))
    def journal(self, row: Refund) -> SafeString | str:
        return journal_link(row.journal_id) if row.journal_id else "-"

    @display(description=_("Parts"))
    def parts(self, row: Refund) -> SafeString:
        found = queries.parts(row.pk)
        rows = ((part.leg.source, money(part.amount_fen), _("yes") if part.asked else _("no"), mono(part.leg.public_id)) for part in found)
        return table(PART_COLUMNS, rows)

    @display(description=_("Paid by the merchant from"))
    def paid_from(self, row: Refund) -> SafeString:
        """The merchant's accounts, with what is set aside there."""
        holds = dict(zip(row.taken, row.hold_ids, strict=False))
        rows = (
            (ACCOUNTS[role], money(fen), link("accounts.hold", holds[role], public_id("hld", holds[role])) if role in holds else "-")
            for role, fen in row.taken.items()
        )
        return table((_("Account"), _("Amount (yuan)"), _("Hold")), rows)

    @display(description=_("Which act fits"))
    def which_act(self, row: Refund) -> SafeString | str:
        if not refused(row):
            return "-"
        asked = next((part for part in queries.parts(row.pk) if part.asked), None)
        return fitting(asked.request_id if asked else None, self.acts)

    @display(description=_("Calls to channels"))
    def requests(self, row: Refund) -> SafeString:
        made = requests.made_for([part.pk for part in queries.parts(row.pk) if part.asked])
        return table(CALL_COLUMNS, call_rows(made))


class RefundsPanel:
    order = 39

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """The newest refunds to a payer."""
        rows = (
            (link("payments.refund", row.pk, row.public_id), money(row.amount_fen), badge(row.state), when(row.created_at))
            for row in queries.of_payer(customer_id).order_by("-created_at", "-id")[:5]
        )
        header = (_("Refund"), _("Amount (yuan)"), _("State"), _("Created"))
        return customer_panel(_("Refunds"), "payments.refund", customer_id, header, rows)


class RefundFigures:
    order = 14

    def figures(self, *, at: datetime) -> list[Figure]:
        page = "payments.refund"
        bank, hand = counts(queries.waiting_since(at - CHANNEL_MAY_TAKE), queries.to_manual())
        found = [
            (bank, figure(_("Refunds waiting for the bank"), bank, page, level="warning", stuck="bank")),
            (hand, figure(_("Refunds a channel refused"), hand, page, level="bad", stuck="hand")),
        ]
        return [shown for number, shown in found if number]


CUSTOMER_PANELS.plug("payments.refunds", RefundsPanel())
FIGURES.plug("payments.refunds", RefundFigures())
WORK_KINDS.plug(
    settling.REFUSED,
    KindOfWork(
        _("A channel refused a refund"),
        _("Open the refund: ask again, pay it by hand and book that, or give it up."),
        ends=_("Once two people decide on one of the three, on the refund's page."),
    ),
)
WORK_KINDS.plug(
    placing.WAITING,
    KindOfWork(
        _("A refund cannot be sent"),
        _("See why the channel takes none; it is tried again by itself once the reason is gone."),
        ends=_("Once the refund is sent."),
    ),
)
