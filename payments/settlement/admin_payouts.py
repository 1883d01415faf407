"""Payouts of settlements at the desk, and the columns that the pages of settlement share."""

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.ledger.shown import journal_link
from core.desk.base import DeskAdmin
from core.desk.shown import badge, link, money, mono, plainly, table, when
from core.desk.site import desk
from core.desk.sockets import Words
from core.ids import public_id
from payments.channels import queries as requests
from payments.channels.shown import CALL_COLUMNS, call_rows
from payments.settlement.models import MerchantPayout


class Sums:
    """Columns of amounts, which both pages share."""

    @display(description=_("Merchant"), ordering="merchant_id")
    def merchant_link(self, row: Any) -> SafeString | str:
        return link("payments.merchant", row.merchant_id, public_id("mch", row.merchant_id))


def yuan_column(name: str, words: Words) -> Any:
    @display(description=words, ordering=name)
    def column(self: Any, row: Any) -> SafeString:
        return money(getattr(row, name))

    return column


@admin.register(MerchantPayout, site=desk)
class MerchantPayoutAdmin(Sums, DeskAdmin):
    group, place, icon, heading = "merchants", 42, "payments", _("Merchant payouts")
    finds = {"pyo": "pk", "stl": "settlement_id", "mch": "merchant_id"}
    search_help_text = _("A public id (payout, settlement, merchant)")
    list_display = ("number_shown", "state_label", "amount", "merchant_link", "settlement_link", "why", "begun", "changed")
    list_filter = ("state",)
    ordering = ("-id",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number_shown", "state_label"),
                    ("merchant_link", "settlement_link"),
                    ("amount", "number"),
                    ("card_link", "why"),
                    ("begun", "changed"),
                    "journals",
                )
            },
        ),
        (_("Calls to channels"), {"fields": ("requests",)}),
    )
    amount = yuan_column("amount_fen", _("Amount (yuan)"))

    @display(description=_("Id"), ordering="id")
    def number_shown(self, row: MerchantPayout) -> SafeString:
        return mono(row.public_id)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: MerchantPayout) -> SafeString:
        return badge(row.state)

    @display(description=_("Settlement"))
    def settlement_link(self, row: MerchantPayout) -> SafeString | str:
        return link("payments.settlement", row.settlement_id, row.settlement_public_id)

    @display(description=_("Card"))
    def card_link(self, row: MerchantPayout) -> SafeString | str:
        return link("payments.card", row.card_id, public_id("crd", row.card_id))

    @display(description=_("Calls to channels"))
    def requests(self, row: MerchantPayout) -> SafeString:
        """First to last: the next channel's come after a definite no."""
        return table(CALL_COLUMNS, call_rows(requests.made_for([row.pk])))

    @display(description=_("Result code"))
    def why(self, row: MerchantPayout) -> object:
        return plainly(row.code)

    @display(description=_("Begun"), ordering="created_at")
    def begun(self, row: MerchantPayout) -> SafeString | str:
        return when(row.created_at)

    @display(description=_("Changed"))
    def changed(self, row: MerchantPayout) -> SafeString | str:
        return when(row.changed_at)

    @display(description=_("Journals"))
    def journals(self, row: MerchantPayout) -> SafeString:
        named = ((_("Sent"), row.sent_journal_id), (_("Paid"), row.paid_journal_id), (_("Given back"), row.back_journal_id))
        return table((_("What"), _("Journal")), ((words, journal_link(key)) for words, key in named if key))
