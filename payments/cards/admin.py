"""Cards and bindings, by token, BIN and last four alone; the tables of banks, BINs and limits, changed by two people."""

import uuid
from datetime import datetime

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.desk.acts import Act, Doing
from core.desk.counted import Counted, of_customer
from core.desk.customers import OfCustomer
from core.desk.panels import customer_panel
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.proposing import proposing
from core.desk.shown import badge, link, money, when
from core.desk.site import desk
from core.desk.sockets import COUNTERS, CUSTOMER_PANELS, Panel, Words
from core.ids import public_id
from core.work.sockets import WORK_KINDS, KindOfWork
from payments.cards import agreements, services, unsigning
from payments.cards.models import Bank, Card, CardBin, CardBinding, CardLimit
from payments.cards.states import CardState

LIMIT_FIELDS = ("channel", "bank", "kind", "scene", "single_fen", "day_fen", "month_fen", "effective_on")


def unsignable(row: Card) -> bool:
    return row.state == CardState.UNBOUND and unsigning.waits(row)


def unsign_again(doing: Doing) -> Words:
    unsigning.send_again(card_id=doing.row.pk, at=doing.at)
    return _("It is sent again.")


def suspend(doing: Doing) -> Words:
    services.suspend(card_id=doing.row.pk, at=doing.at)
    return _("The card is suspended: no money goes to or from it.")


@admin.register(Card, site=desk)
class CardAdmin(OfCustomer):
    group, place, icon, heading = "customers", 60, "credit_card", _("Cards")
    finds = {"cus": "customer_id", "crd": "pk"}
    acts = (
        Act(
            name="suspend",
            right="card.suspend",
            title=_("Suspend"),
            run=suspend,
            icon="pause_circle",
            variant="danger",
            open_to=lambda row: row.state == CardState.ACTIVE,
        ),
        Act(
            name="unsign-again",
            right="card.unsign",
            title=_("Send the unsigning again"),
            run=unsign_again,
            icon="link_off",
            open_to=unsignable,
        ),
        proposing(
            "unsign-taken",
            act=unsigning.TAKEN,
            right="card.unsign",
            title=_("Propose to take the unsigning as done"),
            named=_("Take an unsigning as done"),
            payload=lambda doing: {"target": doing.row.public_id},
            icon="fact_check",
            open_to=unsignable,
        ),
        proposing(
            "resume",
            act="card.resume",
            right="card.suspend",
            title=_("Propose to resume"),
            named=_("Resume a card"),
            payload=lambda doing: {"target": doing.row.public_id},
            icon="play_circle",
            open_to=lambda row: row.state == CardState.SUSPENDED,
        ),
    )
    list_display = ("number", "owner", "bank_code_text", "kind", "digits", "state_label", "is_default", "created")
    list_filter = ("state", "kind", "bank")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("owner", "channel_code"),
                    ("bank_code_text", "kind"),
                    "digits",
                    ("is_default", "nickname"),
                    "other_channels",
                )
            },
        ),
        (None, {"fields": ("created", ("unbound", "unbound_by"))}),
    )

    @display(description=_("Number"))
    def digits(self, row: Card) -> str:
        return f"{row.bin} **** {row.last4}"

    @display(description=_("Agreed with too"))
    def other_channels(self, row: Card) -> str:
        return ", ".join(one.channel_id for one in agreements.alive([row.pk])) or "-"

    @display(description=_("Unbound"))
    def unbound(self, row: Card) -> str:
        return when(row.unbound_at)


@admin.register(CardBinding, site=desk)
class CardBindingAdmin(OfCustomer):
    group, place, icon, heading = "customers", 70, "add_card", _("Card bindings")
    finds = {"cus": "customer_id", "bnd": "pk"}
    list_display = ("number", "owner", "bank_code_text", "digits", "state_label", "code", "tries", "created")
    list_filter = ("state", "bank")
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("owner", "channel_code"), ("bank_code_text", "kind"), ("digits", "mobile_masked"))}),
        (None, {"fields": (("code", "tries"), ("created", "changed"), ("expires", "card_link"))}),
    )

    @display(description=_("Number"))
    def digits(self, row: CardBinding) -> str:
        return f"{row.bin} **** {row.last4}"

    @display(description=_("Expires"))
    def expires(self, row: CardBinding) -> str:
        return when(row.expires_at)

    @display(description=_("Card"))
    def card_link(self, row: CardBinding) -> SafeString | str:
        return "-" if row.card_id is None else link("payments.card", row.card_id, public_id("crd", row.card_id))


@admin.register(Bank, site=desk)
class BankAdmin(ProposedAdmin):
    place, icon, heading = 80, "account_balance", _("Banks")
    table = RuleTable(Bank, ("code", "name_en", "name_zh", "supported", "position"), RULE_MAKERS, RULE_CHECKERS)
    helps = {"supported": _("When off, its cards are recognised and refused."), "position": _("Its place in the customers' list, from 0.")}
    list_display = ("code", "name_zh", "name_en", "supported", "position")
    list_filter = ("supported",)
    ordering = ("position", "code")


@admin.register(CardBin, site=desk)
class CardBinAdmin(ProposedAdmin):
    place, icon, heading = 90, "pin", _("BINs")
    table = RuleTable(CardBin, ("bin", "bank", "kind", "number_length"), RULE_MAKERS, RULE_CHECKERS)
    helps = {"bin": _("The first digits of the card number."), "number_length": _("How many digits the whole number has.")}
    list_display = ("bin", "bank_code_text", "kind", "number_length")
    list_filter = ("bank", "kind")
    ordering = ("bin",)


@admin.register(CardLimit, site=desk)
class CardLimitAdmin(ProposedAdmin):
    place, icon, heading = 95, "credit_score", _("Card limits")
    table = RuleTable(CardLimit, LIMIT_FIELDS, RULE_MAKERS, RULE_CHECKERS)
    helps = dict.fromkeys(("single_fen", "day_fen", "month_fen"), _("Empty for no limit."))
    list_display = ("channel_code", "bank_code_text", "kind", "scene", "single", "day", "month", "effective_on")
    list_filter = ("bank", "kind", "scene")
    ordering = ("channel_id", "bank_id", "kind", "scene", "-effective_on")

    @display(description=_("One (yuan)"))
    def single(self, row: CardLimit) -> SafeString:
        return money(row.single_fen)

    @display(description=_("A day"))
    def day(self, row: CardLimit) -> SafeString:
        return money(row.day_fen)

    @display(description=_("A month"))
    def month(self, row: CardLimit) -> SafeString:
        return money(row.month_fen)


class CardsPanel:
    order = 30

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        rows = (
            (
                link("payments.card", card.pk, f"{card.bank_id} **** {card.last4}"),
                card.get_kind_display(),
                badge(card.state),
                when(card.created_at),
            )
            for card in Card.objects.filter(customer_id=customer_id).order_by("position", "id")[:8]
        )
        header = (_("Card"), _("Kind"), _("State"), _("Bound"))
        return customer_panel(_("Cards"), "payments.card", customer_id, header, rows)


COUNTERS.plug("card_binding", of_customer())
COUNTERS.plug("card", Counted("payments.card", "crd", in_fen=True))
CUSTOMER_PANELS.plug("payments.cards", CardsPanel())
WORK_KINDS.plug(
    services.UNSIGN_FAILED,
    KindOfWork(
        _("The bank did not take an unsigning"),
        _("Open the card: send it again, or have it taken as done on the bank's word."),
        ends=_("Once the bank agrees, or two people take it as done, on the card's page."),
    ),
)
