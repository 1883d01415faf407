"""Billers, opened by two people, and the payments of bills with what their billers said."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.counted import of_customer
from core.desk.customers import OfCustomer
from core.desk.dashboard import figure
from core.desk.panels import customer_panel
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.shown import age, badge, link, money, mono, plainly, when
from core.desk.site import desk
from core.desk.sockets import COUNTERS, CUSTOMER_PANELS, FIGURES, Figure, Panel, Words
from core.errors import NotFound
from core.ids import parse_public_id, public_id
from core.work.sockets import WORK_KINDS, KindOfWork
from payments.bills import queries, services
from payments.bills.api.shapes import masked
from payments.bills.models import Biller, BillPayment
from payments.bills.states import BillState
from payments.cashier.story import STORY, Chapter
from payments.merchants.admin_rules import MerchantField
from payments.merchants.models import MerchantApp

COLUMNS = (
    "merchant", "app", "category", "name_en", "name_zh", "system", "code", "account_format", "account_hint_en", "account_hint_zh", "open",
)  # fmt: skip
LATE = timedelta(minutes=15)


class AppField(forms.ModelChoiceField):
    """An app by its public id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=MerchantApp.objects.all(), widget=UnfoldAdminTextInputWidget(), **options)

    def prepare_value(self, value: Any) -> Any:
        return public_id(MerchantApp.PREFIX, value) if isinstance(value, uuid.UUID) else super().prepare_value(value)

    def to_python(self, value: Any) -> MerchantApp | None:
        try:
            return None if value in self.empty_values else super().to_python(parse_public_id(MerchantApp.PREFIX, value))
        except NotFound as unknown:
            raise forms.ValidationError(_("There is no such app.")) from unknown


@admin.register(Biller, site=desk)
class BillerAdmin(ProposedAdmin):
    place, icon, heading = 27, "water_drop", _("Billers")
    table = RuleTable(Biller, COLUMNS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "merchant": _("The biller's own merchant, by its id: the money of its bills is settled to it."),
        "app": _("The app of that merchant whose orders its bills become, by its id."),
        "system": _("The name of the system that talks to it."),
        "code": _("What that system calls it."),
        "account_format": _("A regular expression that a whole account number matches."),
        "open": _("When off, no bills of it are looked up or paid; what is paid already goes on."),
    }
    finds = {"blr": "pk", "mch": "merchant_id"}
    search_help_text = _("A public id, of the biller or its merchant")
    list_display = ("name_zh", "name_en", "category", "system", "code", "open")
    list_filter = ("category", "open")
    ordering = ("category", "name_en")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = {"merchant": MerchantField, "app": AppField}.get(db_field.name)
        if field is None:
            return super().formfield_for_dbfield(db_field, request, **options)
        return field(label=db_field.verbose_name, help_text=self.helps[db_field.name])


def go_on(doing: Doing) -> Words:
    services.ask_soon(payment_id=doing.row.pk, at=doing.at)
    return _("The next step is due now; the worker takes it in a few seconds.")


def biller_name(biller: Biller) -> str:
    return biller.name_zh if (get_language() or "en").startswith("zh") else biller.name_en


@admin.register(BillPayment, site=desk)
class BillPaymentAdmin(OfCustomer):
    group, place, icon, heading = "payments", 44, "receipt", _("Bills")
    acts = (
        Act(
            name="go-on",
            right="bill.go_on",
            title=_("Go on now"),
            run=go_on,
            icon="sync",
            explain=_("Tells or asks the biller, or begins the refund, without waiting for its turn."),
            open_to=lambda row: row.due_at is not None,
        ),
    )
    finds = {"cus": "customer_id", "blr": "biller_id", "ord": "order_id", "bil": "pk"}
    search_help_text = _("A public id, of the bill, its order, its biller or its customer")
    list_display = ("number", "state_label", "waits", "owner", "of_biller", "period", "amount", "code", "created")
    list_filter = ("state",)
    list_select_related = ("biller",)
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("owner", "of_biller"), ("account", "bill_no"), ("period", "amount"))}),
        (_("What happened"), {"fields": (("order_link", "refund_link"), ("code", "asks"), ("next_step", "waits"), ("created", "changed"))}),
    )

    @display(description=_("Biller"), ordering="biller_id")
    def of_biller(self, row: BillPayment) -> SafeString | str:
        return link("payments.biller", row.biller_id, biller_name(row.biller))

    @display(description=_("Account number"))
    def account(self, row: BillPayment) -> SafeString:
        return mono(masked(row.account_no or ""))

    @display(description=_("Order"))
    def order_link(self, row: BillPayment) -> SafeString | str:
        return link("payments.paymentorder", row.order_id, row.order_public_id)

    @display(description=_("Refund"))
    def refund_link(self, row: BillPayment) -> SafeString | str:
        return link("payments.refund", row.refund_id, public_id("rfd", row.refund_id)) if row.refund_id else "-"

    @display(description=_("Next step"))
    def next_step(self, row: BillPayment) -> SafeString | str:
        return when(row.due_at)

    @display(description=_("Waits for"))
    def waits(self, row: BillPayment) -> str:
        return age(row.changed_at, clock.now()) if row.due_at is not None or row.state == BillState.REFUNDING else "-"


class BillsPanel:
    order = 43

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """The newest bills a customer paid."""
        rows = (
            (
                link("payments.billpayment", one.pk, one.public_id),
                biller_name(one.biller),
                one.period,
                money(one.amount_fen),
                badge(one.state),
            )
            for one in queries.payments(customer_id)[:5]
        )
        header = (_("Bill"), _("Biller"), _("Period"), _("Amount (yuan)"), _("State"))
        return customer_panel(_("Bills"), "payments.billpayment", customer_id, header, rows)


class BillOfOrder:
    order = 15

    def chapter(self, *, order_id: uuid.UUID, at: datetime) -> Chapter:
        """The bill an order pays."""
        found = queries.of_order(order_id)
        header = (_("Bill"), _("State"), _("Period"), _("Why not taken"), _("Times asked"))
        rows: list[list[object]] = []
        if found is not None:
            shown = link("payments.billpayment", found.pk, found.public_id)
            rows = [[shown, badge(found.state), found.period, plainly(found.code), found.asks]]
        return Chapter(_("Bill"), header, rows)


class BillFigures:
    order = 17

    def figures(self, *, at: datetime) -> list[Figure]:
        late = queries.waiting_for_biller(at - LATE).count()
        shown = figure(
            _("Paid bills their biller has not confirmed"), late, "payments.billpayment", level="warning", state__exact="unknown"
        )
        return [shown] if late else []


COUNTERS.plug(services.COUNTER, of_customer())
CUSTOMER_PANELS.plug("payments.bills", BillsPanel())
STORY.plug("payments.bills", BillOfOrder())
FIGURES.plug("payments.bills", BillFigures())
WORK_KINDS.plug(
    services.SILENT,
    KindOfWork(
        _("A biller does not say whether a bill is paid"),
        _("Ask the biller; it is asked again by itself every six hours."),
        ends=_("Once the biller answers."),
    ),
)
WORK_KINDS.plug(
    services.NOT_REFUNDED,
    KindOfWork(
        _("A bill its biller did not take is not refunded"),
        _("Open the order: see why, and refund it in full by hand where it does not go by itself."),
        ends=_("Once the order is refunded in full."),
    ),
)
