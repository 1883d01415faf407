"""Agreements as operators see them, each with its deductions; the queue of deductions; and their terms."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.desk.customers import OfCustomer
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.shown import badge, link, money, on, plainly, table, when
from core.desk.site import desk
from payments.agreements import queries
from payments.agreements.models import Agreement, AgreementTerms, Deduction

TERMS = ("starts_at", "sign_days", "notice_hours", "retry_hours", "tries_most")
SHOWN = 50


@admin.register(Agreement, site=desk)
class AgreementAdmin(OfCustomer):
    group = "payments"
    place, icon, heading = 8, "contract", _("Agreements")
    finds = {"agr": "pk", "cus": "customer_id", "mch": "merchant_id"}
    search_help_text = _("A public id (agreement, customer, merchant)")
    list_display = ("number", "merchant_name", "owner", "title", "cap", "taken", "period", "state_label", "created")
    list_filter = ("state", "period")
    list_select_related = ("merchant",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("merchant_name", "out_agreement_no"),
                    ("owner", "title"),
                    ("cap", "total_cap"),
                    ("taken", "end"),
                    ("period", "period_days"),
                    ("first", "methods"),
                    ("created", "expires"),
                    ("signed", "changed"),
                )
            },
        ),
        (_("Deductions"), {"fields": ("deductions",)}),
    )

    @display(description=_("Merchant"))
    def merchant_name(self, row: Agreement) -> SafeString | str:
        return link("payments.merchant", row.merchant_id, row.merchant.short_name)

    @display(description=_("Cap of one (yuan)"))
    def cap(self, row: Agreement) -> SafeString:
        return money(row.cap_fen)

    @display(description=_("Cap of all (yuan)"))
    def total_cap(self, row: Agreement) -> SafeString | str:
        return "-" if row.total_cap_fen is None else money(row.total_cap_fen)

    @display(description=_("Taken or asked for (yuan)"))
    def taken(self, row: Agreement) -> SafeString:
        return money(row.taken_fen)

    @display(description=_("First due day"))
    def first(self, row: Agreement) -> str:
        return on(row.first_on)

    @display(description=_("To be signed until"))
    def expires(self, row: Agreement) -> str:
        return when(row.expires_at)

    @display(description=_("Signed"))
    def signed(self, row: Agreement) -> str:
        return when(row.signed_at)

    @display(description=_("Deductions"))
    def deductions(self, row: Agreement) -> SafeString:
        header = (_("Deduction"), _("Payment order"), _("Amount (yuan)"), _("State"), _("Result code"), _("Tries"), _("Next try"))
        found = queries.deductions(row.pk).order_by("-created_at", "-id")[:SHOWN]
        return table(
            header,
            (
                (
                    link("payments.deduction", one.pk, one.public_id),
                    link("payments.paymentorder", one.order_id, one.order_public_id),
                    money(one.amount_fen),
                    badge(one.state),
                    plainly(one.code),
                    one.tries,
                    when(one.next_at),
                )
                for one in found
            ),
        )


@admin.register(Deduction, site=desk)
class DeductionAdmin(OfCustomer):
    group = "payments"
    place, icon, heading = 9, "event_repeat", _("Deductions")
    finds = {"ded": "pk", "agr": "agreement_id", "ord": "order_id", "cus": "customer_id"}
    search_help_text = _("A public id (deduction, agreement, order, customer)")
    list_display = ("number", "agreement_link", "owner", "amount", "state_label", "why", "tries", "next_try", "created")
    list_filter = ("state",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("agreement_link", "order_link"),
                    ("owner", "amount"),
                    ("why", "tries"),
                    ("next_try", "changed"),
                    "created",
                )
            },
        ),
    )

    @display(description=_("Id"), ordering="id")
    def number(self, row: Deduction) -> SafeString | str:
        return link("payments.deduction", row.pk, row.public_id)

    @display(description=_("Agreement"))
    def agreement_link(self, row: Deduction) -> SafeString | str:
        return link("payments.agreement", row.agreement_id, row.agreement_public_id)

    @display(description=_("Payment order"))
    def order_link(self, row: Deduction) -> SafeString | str:
        return link("payments.paymentorder", row.order_id, row.order_public_id)

    @display(description=_("Result code"))
    def why(self, row: Deduction) -> SafeString | str:
        return plainly(row.code)

    @display(description=_("Next try"))
    def next_try(self, row: Deduction) -> str:
        return when(row.next_at)


@admin.register(AgreementTerms, site=desk)
class AgreementTermsAdmin(ProposedAdmin):
    place, icon, heading = 27, "gavel", _("Agreement terms")
    table = RuleTable(AgreementTerms, TERMS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "sign_days": _("How long a proposed agreement waits for its customer."),
        "notice_hours": _("How long before it is tried a customer is told of a deduction, 0 to 24."),
        "retry_hours": _("How long after a try that came to nothing the next one is made, 1 to 24."),
        "tries_most": _("How often a deduction is tried, 1 to 5."),
    }
    list_display = ("starts", "sign_days", "notice_hours", "retry_hours", "tries_most")
    ordering = ("-starts_at",)

    @display(description=_("From"), ordering="starts_at")
    def starts(self, row: AgreementTerms) -> str:
        return when(row.starts_at)
