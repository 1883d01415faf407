"""Splits at the desk: what was given of which order, by whom to whom, and what came back."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.ledger.shown import journal_link
from core.desk.base import DeskAdmin
from core.desk.customers import customer_link
from core.desk.shown import badge, link, money, mono, table, when
from core.desk.site import desk
from core.ids import public_id
from payments.cashier.story import STORY, Chapter
from payments.splits import queries
from payments.splits.models import Split, SplitReceiver

PART_COLUMNS = (_("Receiver"), _("Account"), _("Amount (yuan)"), _("Given back (yuan)"))
RETURN_COLUMNS = (_("Return"), _("Receiver"), _("Cause"), _("Amount (yuan)"), _("Journal"), _("Made"))
CAUSES = {"asked": _("asked for by the merchant"), "refund": _("a refund needed it")}


def account_link(row: SplitReceiver) -> SafeString | str:
    if row.payee_merchant_id is not None:
        return link("payments.merchant", row.payee_merchant_id, row.account_public_id)
    return customer_link(row.payee_id)


def merchant_link(row: Any) -> SafeString | str:
    return link("payments.merchant", row.merchant_id, public_id("mch", row.merchant_id))


@admin.register(Split, site=desk)
class SplitAdmin(DeskAdmin):
    group, place, icon, heading = "merchants", 50, "call_split", _("Splits")
    finds = {"spl": "pk", "ord": "order_id", "mch": "merchant_id"}
    search_help_text = _("A public id (split, order, merchant)")
    list_display = ("number", "merchant", "order_shown", "amount", "returned", "out_split_no", "made")
    ordering = ("-id",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "made"),
                    ("merchant", "order_shown"),
                    ("amount", "returned"),
                    ("out_split_no", "remark"),
                    "journal",
                    "parts",
                    "returns",
                )
            },
        ),
    )

    @display(description=_("Id"), ordering="id")
    def number(self, row: Split) -> SafeString:
        return mono(row.public_id)

    @display(description=_("Merchant"))
    def merchant(self, row: Split) -> SafeString | str:
        return merchant_link(row)

    @display(description=_("Order"))
    def order_shown(self, row: Split) -> SafeString | str:
        return link("payments.paymentorder", row.order_id, row.order_public_id)

    @display(description=_("Amount (yuan)"), ordering="amount_fen")
    def amount(self, row: Split) -> SafeString:
        return money(row.amount_fen)

    @display(description=_("Given back (yuan)"))
    def returned(self, row: Split) -> SafeString:
        return money(row.returned_fen)

    @display(description=_("Made"), ordering="created_at")
    def made(self, row: Split) -> SafeString | str:
        return when(row.created_at)

    @display(description=_("Journal"))
    def journal(self, row: Split) -> object:
        return journal_link(row.journal_id)

    @display(description=_("Receivers"))
    def parts(self, row: Split) -> SafeString:
        return table(
            PART_COLUMNS,
            (
                (
                    link("payments.splitreceiver", part.receiver_id, part.receiver.public_id),
                    account_link(part.receiver),
                    money(part.amount_fen),
                    money(part.returned_fen),
                )
                for part in queries.parts(row.pk)
            ),
        )

    @display(description=_("Returns"))
    def returns(self, row: Split) -> SafeString:
        return table(
            RETURN_COLUMNS,
            (
                (
                    mono(back.public_id),
                    back.part.receiver.public_id,
                    CAUSES[back.cause],
                    money(back.amount_fen),
                    journal_link(back.journal_id),
                    when(back.created_at),
                )
                for back in queries.returns(row.pk)
            ),
        )


@admin.register(SplitReceiver, site=desk)
class SplitReceiverAdmin(DeskAdmin):
    group, place, icon, heading = "merchants", 52, "group", _("Split receivers")
    finds = {"rcv": "pk", "mch": "merchant_id", "cus": "payee_id"}
    search_help_text = _("A public id (receiver, merchant, customer)")
    list_display = ("number", "state_label", "merchant", "account", "made")
    list_filter = ("state", "kind")
    ordering = ("-id",)
    fieldsets = ((None, {"fields": (("number", "state_label"), ("merchant", "account"), ("kind", "made"))}),)

    @display(description=_("Id"), ordering="id")
    def number(self, row: SplitReceiver) -> SafeString:
        return mono(row.public_id)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: SplitReceiver) -> SafeString:
        return badge(row.state)

    @display(description=_("Merchant"))
    def merchant(self, row: SplitReceiver) -> SafeString | str:
        return merchant_link(row)

    @display(description=_("Account"))
    def account(self, row: SplitReceiver) -> SafeString | str:
        return account_link(row)

    @display(description=_("Made"), ordering="created_at")
    def made(self, row: SplitReceiver) -> SafeString | str:
        return when(row.created_at)


class SplitStory:
    """The splits of an order."""

    order = 40

    def chapter(self, *, order_id: uuid.UUID, at: datetime) -> Chapter:
        rows: list[list[object]] = [
            [
                link("payments.split", row.pk, row.public_id),
                row.out_split_no,
                money(row.amount_fen),
                money(row.returned_fen),
                when(row.created_at),
            ]
            for row in queries.of_order(order_id)
        ]
        header = (_("Split"), _("Merchant's number"), _("Amount (yuan)"), _("Given back (yuan)"), _("Made"))
        return Chapter(_("Splits"), header, rows)


STORY.plug("payments.splits", SplitStory())
