"""The wallet's orders as operators see them, with the requests and journals they led to; and the wallet's terms."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.ledger.shown import journal_link
from core.desk.acts import Doing
from core.desk.counted import of_customer
from core.desk.customers import OfCustomer, customer_link
from core.desk.dashboard import counts, figure
from core.desk.forms import ReasonForm
from core.desk.panels import customer_panel
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.proposing import proposing
from core.desk.shown import badge, link, money, table, when
from core.desk.site import desk
from core.desk.sockets import COUNTERS, CUSTOMER_PANELS, FIGURES, Figure, Panel
from core.errors import NotFound
from core.ids import parse_public_id, public_id
from core.work.sockets import WORK_KINDS, KindOfWork
from payments.channels import queries as requests
from payments.channels.fitting import fitting
from payments.channels.shown import CALL_COLUMNS, call_rows
from payments.wallet.models import TopUp, TopUpState, Transfer, WalletTerms, Withdrawal, WithdrawalState
from payments.wallet.sensitive import REFERENCE_LENGTH
from payments.wallet.services import by_hand
from payments.wallet.services.payees import LOOKUP, MISS
from payments.wallet.services.top_ups import CREDIT, REFUND_REFUSED, REFUND_WAITING
from payments.wallet.services.withdrawals import FREE_COUNTER, UNCLAIMED

TERMS = ("starts_at", "free_fen_per_month", "fee_bp", "fee_min_fen", "fee_cap_fen", "acceptance_hours", "top_up_hours")


class HandForm(ReasonForm):
    """A payment from the bank account that stands for what a channel could not do."""

    reference = forms.CharField(
        label=_("Bank's number of the payment"),
        max_length=REFERENCE_LENGTH,
        help_text=_("Pay first, then book it here: as the bank's statement shows it."),
        widget=UnfoldAdminTextInputWidget(),
    )
    field_order = ("reference", "reason")


def with_reference(doing: Doing) -> dict[str, Any]:
    return {"target": doing.row.public_id, "reference": doing.data["reference"].strip()}


class OrderAdmin(OfCustomer):
    """What the orders have in common."""

    group = "payments"

    @display(description=_("Card"))
    def card_link(self, row: Any) -> SafeString | str:
        return link("payments.card", row.card_id, public_id("crd", row.card_id))

    @display(description=_("Journal when paid by hand"))
    def hand_journal(self, row: Any) -> SafeString | str:
        return journal_link(row.hand_journal_id)

    @display(description=_("Calls to channels"))
    def requests(self, row: Any) -> SafeString:
        """Every request of the order, first to last, the refund of a late top-up too."""
        return table(CALL_COLUMNS, call_rows(requests.made_for([row.pk])))


@admin.register(TopUp, site=desk)
class TopUpAdmin(OrderAdmin):
    place, icon, heading = 10, "south_west", _("Top-ups")
    acts = (
        proposing(
            "credit",
            act=CREDIT,
            right="top_up.credit",
            title=_("Propose to credit the balance"),
            named=_("Credit a refused refund to the balance"),
            payload=lambda doing: {"target": doing.row.public_id},
            icon="account_balance_wallet",
            open_to=lambda row: row.state == TopUpState.TO_MANUAL,
        ),
        proposing(
            "refund-again",
            act=by_hand.REFUND_AGAIN,
            right="top_up.refund",
            title=_("Propose to refund again"),
            named=_("Send a refused refund again"),
            payload=lambda doing: {"target": doing.row.public_id},
            icon="replay",
            open_to=lambda row: row.state == TopUpState.TO_MANUAL,
        ),
        proposing(
            "paid-by-hand",
            act=by_hand.TOP_UP_PAID,
            right="top_up.refund",
            title=_("Propose as paid by hand"),
            named=_("Book a refund as paid by hand"),
            payload=with_reference,
            form=HandForm,
            icon="back_hand",
            open_to=lambda row: row.state == TopUpState.TO_MANUAL,
        ),
    )
    finds = {"cus": "customer_id", "top": "pk", "crd": "card_id"}
    list_display = ("number", "owner", "amount", "state_label", "code", "created")
    list_filter = ("state",)
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("owner", "card_link"), ("amount", "code"))}),
        (None, {"fields": ("gives_up", ("journal", "credit_journal"), ("created", "changed"))}),
        (_("Calls to channels"), {"fields": ("requests",)}),
        (_("Paid by hand"), {"fields": (("hand_journal", "hand_reference"),)}),
        (_("What to do"), {"fields": ("which_act",)}),
    )

    @display(description=_("Which act fits"))
    def which_act(self, row: TopUp) -> SafeString | str:
        waits = row.state == TopUpState.TO_MANUAL
        return fitting(row.refund_request_id, self.acts) if waits else "-"

    @display(description=_("Journal"))
    def journal(self, row: TopUp) -> SafeString | str:
        return journal_link(row.journal_id)

    @display(description=_("Journal when credited"))
    def credit_journal(self, row: TopUp) -> SafeString | str:
        return journal_link(row.credit_journal_id)

    @display(description=_("Given up at"))
    def gives_up(self, row: TopUp) -> str:
        return when(row.give_up_at)


@admin.register(Withdrawal, site=desk)
class WithdrawalAdmin(OrderAdmin):
    place, icon, heading = 20, "north_east", _("Withdrawals")
    acts = (
        proposing(
            "paid-by-hand",
            act=by_hand.WITHDRAWAL_PAID,
            right="withdrawal.pay",
            title=_("Propose as paid by hand"),
            named=_("Book a withdrawal as paid by hand"),
            payload=with_reference,
            form=HandForm,
            icon="back_hand",
            open_to=lambda row: row.state == WithdrawalState.UNCLAIMED,
        ),
    )
    finds = {"cus": "customer_id", "wdr": "pk", "crd": "card_id"}
    list_display = ("number", "owner", "amount", "fee", "state_label", "code", "created")
    list_filter = ("state",)
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("owner", "card_link"), ("amount", "code"), ("fee", "free"))}),
        (None, {"fields": ("hold", ("sent", "paid"), "back", ("created", "changed"))}),
        (_("Calls to channels"), {"fields": ("requests",)}),
        (_("Paid by hand"), {"fields": (("hand_journal", "hand_reference"),)}),
    )

    @display(description=_("Fee (yuan)"))
    def fee(self, row: Withdrawal) -> SafeString:
        return money(row.fee_fen)

    @display(description=_("Free of fee (yuan)"))
    def free(self, row: Withdrawal) -> SafeString:
        return money(row.free_fen)

    @display(description=_("Hold"))
    def hold(self, row: Withdrawal) -> SafeString | str:
        return link("accounts.hold", row.hold_id, public_id("hld", row.hold_id))

    @display(description=_("Journal when sent"))
    def sent(self, row: Withdrawal) -> SafeString | str:
        return journal_link(row.sent_journal_id)

    @display(description=_("Journal when paid"))
    def paid(self, row: Withdrawal) -> SafeString | str:
        return journal_link(row.paid_journal_id)

    @display(description=_("Journal when it came back"))
    def back(self, row: Withdrawal) -> SafeString | str:
        return journal_link(row.back_journal_id)


@admin.register(Transfer, site=desk)
class TransferAdmin(OrderAdmin):
    place, icon, heading = 30, "sync_alt", _("Transfers")
    finds = {"trf": "pk"}
    list_display = ("number", "owner", "payee_link", "amount", "state_label", "created")
    list_filter = ("state",)
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("owner", "payee_link"), ("amount", "factors"), "remark")}),
        (None, {"fields": (("journal", "closing"), ("created", "changed"), "expires")}),
    )

    def find(self, term: str) -> Q | None:
        """Both sides of a customer's transfers."""
        try:
            customer_id = parse_public_id("cus", term)
        except NotFound:
            return None
        return Q(customer_id=customer_id) | Q(payee_id=customer_id)

    @display(description=_("To"))
    def payee_link(self, row: Transfer) -> SafeString | str:
        return customer_link(row.payee_id)

    @display(description=_("Journal"))
    def journal(self, row: Transfer) -> SafeString | str:
        return journal_link(row.pk)

    @display(description=_("Closing journal"))
    def closing(self, row: Transfer) -> SafeString | str:
        return journal_link(row.closing_journal_id)

    @display(description=_("Expires"))
    def expires(self, row: Transfer) -> str:
        return when(row.expires_at)


@admin.register(WalletTerms, site=desk)
class WalletTermsAdmin(ProposedAdmin):
    place, icon, heading = 20, "gavel", _("Wallet terms")
    table = RuleTable(WalletTerms, TERMS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "free_fen_per_month": _("What a customer withdraws free of fee in a calendar month."),
        "fee_bp": _("Of the part over the free amount, in hundredths of a percent: 10 is 0.1 %."),
        "acceptance_hours": _("How long a transfer waits to be accepted before it goes back."),
        "top_up_hours": _("How long a top-up may stay unknown before it is given up."),
    }
    list_display = ("starts", "free", "fee_bp", "fee_min", "fee_cap", "acceptance_hours", "top_up_hours")
    ordering = ("-starts_at",)

    @display(description=_("From"), ordering="starts_at")
    def starts(self, row: WalletTerms) -> str:
        return when(row.starts_at)

    @display(description=_("Free a month (yuan)"))
    def free(self, row: WalletTerms) -> SafeString:
        return money(row.free_fen_per_month)

    @display(description=_("Least fee (yuan)"))
    def fee_min(self, row: WalletTerms) -> SafeString:
        return money(row.fee_min_fen)

    @display(description=_("Most fee (yuan)"))
    def fee_cap(self, row: WalletTerms) -> SafeString:
        return money(row.fee_cap_fen)


class OrdersPanel:
    order = 40

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """The newest orders of each kind, together by age."""
        found: list[Any] = [*TopUp.objects.filter(customer_id=customer_id).order_by("-created_at", "-id")[:4]]
        found += Withdrawal.objects.filter(customer_id=customer_id).order_by("-created_at", "-id")[:4]
        found += Transfer.objects.filter(customer_id=customer_id).order_by("-created_at", "-id")[:4]
        found += Transfer.objects.filter(payee_id=customer_id).order_by("-created_at", "-id")[:4]
        found.sort(key=lambda order: order.created_at, reverse=True)
        rows = (
            (link(order._meta.label_lower, order.pk, order.public_id), money(order.amount_fen), badge(order.state), when(order.created_at))
            for order in found[:10]
        )
        header = (_("Wallet order"), _("Amount (yuan)"), _("State"), _("Created"))
        return customer_panel(_("Latest orders"), "payments.topup", customer_id, header, rows)


class WalletFigures:
    order = 14

    def figures(self, *, at: datetime) -> list[Figure]:
        manual, unclaimed = counts(
            TopUp.objects.filter(state=TopUpState.TO_MANUAL), Withdrawal.objects.filter(state=WithdrawalState.UNCLAIMED)
        )
        found = [
            (manual, figure(_("Refunds to do by hand"), manual, "payments.topup", level="bad", state__exact="to_manual")),
            (unclaimed, figure(_("Withdrawals nobody can claim"), unclaimed, "payments.withdrawal", level="bad", state__exact="unclaimed")),
        ]
        return [shown for number, shown in found if number]


COUNTERS.plug(FREE_COUNTER, of_customer(in_fen=True))
COUNTERS.plug(LOOKUP, of_customer())
COUNTERS.plug(MISS, of_customer())
CUSTOMER_PANELS.plug("payments.wallet", OrdersPanel())
FIGURES.plug("payments.wallet", WalletFigures())
WORK_KINDS.plug(
    REFUND_REFUSED,
    KindOfWork(
        _("A top-up's refund was refused"),
        _("Open the top-up: send the refund again, credit the balance, or pay it by hand and book that."),
        ends=_("Once two people decide on one of the three, on the top-up's page."),
    ),
)
WORK_KINDS.plug(
    REFUND_WAITING,
    KindOfWork(
        _("A top-up's refund cannot be sent"),
        _("See why the channel takes none; it is tried again by itself once the reason is gone."),
        ends=_("Once the refund is sent."),
    ),
)
WORK_KINDS.plug(
    UNCLAIMED,
    KindOfWork(
        _("A withdrawal nobody can claim"),
        _("Pay it by hand to the person who may have it, then book that on the withdrawal."),
        ends=_("Once two people book it as paid by hand, on the withdrawal's page."),
    ),
)
