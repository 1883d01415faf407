"""Codes as operators see them: what was shown and read, what is printed where, and the terms of both."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.counted import Counted, of_customer
from core.desk.customers import OfCustomer
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.shown import badge, link, money, mono, plainly, when
from core.desk.site import desk
from core.desk.sockets import COUNTERS, Words
from payments.cashier.story import STORY, Chapter
from payments.qr import digits, queries
from payments.qr.models import PayerCode, QrCode, QrTerms
from payments.qr.services import charging, printed, showing
from payments.qr.states import QrCodeState

TERMS = ("starts_at", "code_seconds", "codes_per_minute", "confirm_minutes", "wrong_per_hour", "static_fen_per_day")


def revoke(doing: Doing) -> Words:
    printed.revoke(code_id=doing.row.pk, at=doing.at, by=doing.actor, reason=doing.data["reason"])
    return _("The code takes no payments any more.")


@admin.register(PayerCode, site=desk)
class PayerCodeAdmin(OfCustomer):
    group = "payments"
    place, icon, heading = 7, "barcode_scanner", _("Payers' codes")
    finds = {"pcd": "pk", "cus": "customer_id", "ord": "order_id"}
    list_display = ("number", "owner", "state_label", "order_link", "why", "created")
    list_filter = ("state",)
    fieldsets = ((None, {"fields": (("number", "state_label"), ("owner", "order_link"), "why", ("created", "expires"), "used")}),)

    @display(description=_("Payment order"))
    def order_link(self, row: PayerCode) -> SafeString | str:
        return "-" if row.order_id is None else link("payments.paymentorder", row.order_id, str(row.order_public_id))

    @display(description=_("Why refused, or why the payer is asked"))
    def why(self, row: PayerCode) -> SafeString | str:
        return plainly(row.code)

    @display(description=_("Expires"))
    def expires(self, row: PayerCode) -> str:
        return when(row.expires_at)

    @display(description=_("Read at"))
    def used(self, row: PayerCode) -> str:
        return when(row.used_at)


@admin.register(QrCode, site=desk)
class QrCodeAdmin(DeskAdmin):
    group, place, icon, heading = "merchants", 40, "qr_code_2", _("Printed codes")
    acts = (
        Act(
            name="revoke",
            right="qr_code.revoke",
            title=_("Revoke the code"),
            run=revoke,
            icon="block",
            variant="danger",
            open_to=lambda row: row.state == QrCodeState.ACTIVE,
            audited=False,
        ),
    )
    finds = {"qrc": "pk", "mch": "merchant_id", "sto": "store_id", "app": "app_id"}
    search_help_text = _("A public id (code, merchant, store, app)")
    ordering = ("-id",)
    list_display = ("number", "title", "merchant_name", "store_name", "amount", "state_label", "created")
    list_filter = ("state",)
    list_select_related = ("merchant", "store", "app")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("merchant_name", "store_name"),
                    ("app_link", "title"),
                    ("amount", "text"),
                    ("created", "changed"),
                )
            },
        ),
    )

    @display(description=_("Id"), ordering="id")
    def number(self, row: QrCode) -> SafeString | str:
        return link("payments.qrcode", row.pk, row.public_id)

    @display(description=_("Merchant"))
    def merchant_name(self, row: QrCode) -> SafeString | str:
        return link("payments.merchant", row.merchant_id, row.merchant.short_name)

    @display(description=_("Store"))
    def store_name(self, row: QrCode) -> SafeString | str:
        return link("payments.store", row.store_id, row.store.name)

    @display(description=_("App"))
    def app_link(self, row: QrCode) -> SafeString | str:
        return link("payments.merchantapp", row.app_id, row.app.name)

    @display(description=_("Fixed amount (yuan)"))
    def amount(self, row: QrCode) -> SafeString | str:
        return "-" if row.amount_fen is None else money(row.amount_fen)

    @display(description=_("What is printed"))
    def text(self, row: QrCode) -> SafeString:
        return mono(digits.text_of(row.public_id))

    @display(description=_("State"), ordering="state")
    def state_label(self, row: QrCode) -> SafeString:
        return badge(str(row.state))

    @display(description=_("Created"), ordering="id")
    def created(self, row: QrCode) -> str:
        return when(row.created_at)

    @display(description=_("Changed"))
    def changed(self, row: QrCode) -> str:
        return when(row.changed_at)


@admin.register(QrTerms, site=desk)
class QrTermsAdmin(ProposedAdmin):
    place, icon, heading = 25, "gavel", _("Terms of codes")
    table = RuleTable(QrTerms, TERMS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "code_seconds": _("How long a code on a payer's phone is good, 10 to 300."),
        "codes_per_minute": _("How many codes a phone may show in a minute, and how many orders it may make from printed ones."),
        "confirm_minutes": _("How long a payer who is asked has to confirm, 1 to 60."),
        "wrong_per_hour": _("An app that reads more codes than this in an hour that are none is held off."),
        "static_fen_per_day": _("What a person pays by printed codes in a day at most."),
    }
    list_display = ("starts", "code_seconds", "codes_per_minute", "confirm_minutes", "wrong_per_hour", "static_day")
    ordering = ("-starts_at",)

    @display(description=_("From"), ordering="starts_at")
    def starts(self, row: QrTerms) -> str:
        return when(row.starts_at)

    @display(description=_("Printed codes a day (yuan)"))
    def static_day(self, row: QrTerms) -> SafeString:
        return money(row.static_fen_per_day)


class ReadCode:
    """The code an order was made of."""

    order = 5

    def chapter(self, *, order_id: uuid.UUID, at: datetime) -> Chapter:
        header = (_("Payer's code"), _("State"), _("Why refused, or why the payer is asked"), _("Shown"), _("Read at"))
        code, rows = queries.code_of_order(order_id), []
        if code is not None:
            shown: list[Any] = [link("payments.payercode", code.pk, code.public_id), badge(code.state), plainly(code.code)]
            rows = [[*shown, when(code.created_at), when(code.used_at)]]
        return Chapter(_("Paid by a shown code"), header, rows)


STORY.plug("payments.qr", ReadCode())
COUNTERS.plug(showing.SHOWN_COUNTER, of_customer())
COUNTERS.plug(printed.SCANNED_COUNTER, of_customer())
COUNTERS.plug(charging.WRONG_COUNTER, Counted("payments.merchantapp", "app"))
COUNTERS.plug(queries.STATIC_COUNTER, Counted(in_fen=True))
