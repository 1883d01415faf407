"""An order's whole story on one page: attempts, legs, calls to channels, journals, and what upper rooms know of it."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.ledger import queries as ledger
from accounts.ledger.shown import journal_link
from core.clock import queries as clock
from core.desk.acts import Doing
from core.desk.base import DeskAdmin
from core.desk.customers import customer_link
from core.desk.dashboard import counts, figure
from core.desk.panels import customer_panel
from core.desk.proposing import proposing
from core.desk.shown import age, badge, link, money, mono, plainly, table, when
from core.desk.site import desk
from core.desk.sockets import CUSTOMER_PANELS, FIGURES, Figure, Panel
from core.errors import NotFound
from core.ids import parse_public_id, public_id
from core.work.sockets import WORK_KINDS, KindOfWork
from payments.cashier import queries
from payments.cashier.models import FundingLeg, PaymentOrder
from payments.cashier.services import late
from payments.cashier.states import OrderState
from payments.cashier.story import STORY
from payments.channels import queries as requests
from payments.channels.fitting import fitting
from payments.channels.shown import CALL_COLUMNS, call_rows
from payments.wallet.admin import HandForm, with_reference

BANK_MAY_TAKE = timedelta(minutes=5)
HEADING = '<h3 class="font-semibold mt-4 mb-1">{}</h3>{}'

ATTEMPT_COLUMNS = (_("No."), _("Attempt"), _("State"), _("Result code"), _("Payer gives (yuan)"), _("Factors"), _("Begun"))
WORDS = {"committed": _("committed"), "given_up": _("given up"), "late": _("late")}
LEG_COLUMNS = (_("Attempt"), _("Source"), _("Which"), _("Amount (yuan)"), _("State"), _("Hold"), _("Refunded (yuan)"), _("Leg"))


class Stuck(admin.SimpleListFilter):
    """What does not go on by itself, or does for too long."""

    title = _("Stuck")
    parameter_name = "stuck"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("bank", _("Waiting for the bank")), ("back", _("Late, on its way back")), ("hand", _("To give back by hand"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PaymentOrder]) -> QuerySet[PaymentOrder]:
        found = {
            "bank": lambda: queries.waiting_for_bank(clock.now() - BANK_MAY_TAKE),
            "back": queries.going_back,
            "hand": queries.by_hand_now,
        }.get(self.value() or "")
        return queryset if found is None else queryset.filter(pk__in=found().values("pk"))


def target(doing: Doing) -> dict[str, Any]:
    return {"target": doing.row.public_id}


def leg_ref(leg: FundingLeg) -> SafeString | str:
    """Which one of its source: a link where it is a card."""
    try:
        return link("payments.card", parse_public_id("crd", leg.ref), leg.ref)
    except NotFound:
        return leg.ref or "-"


@admin.register(PaymentOrder, site=desk)
class PaymentOrderAdmin(DeskAdmin):
    group, place, icon, heading = "payments", 5, "receipt_long", _("Payment orders")
    acts = (
        proposing(
            "refund-again",
            act=late.REFUND_AGAIN,
            right="order.give_back",
            title=_("Propose to refund again"),
            named=_("Send a late payment's refund again"),
            payload=target,
            icon="replay",
            open_to=lambda row: row.state == OrderState.TO_MANUAL,
        ),
        proposing(
            "paid-by-hand",
            act=late.PAID_BY_HAND,
            right="order.give_back",
            title=_("Propose as paid by hand"),
            named=_("Book a late payment as given back by hand"),
            payload=with_reference,
            form=HandForm,
            icon="back_hand",
            open_to=lambda row: row.state == OrderState.TO_MANUAL,
        ),
    )
    finds = {"ord": "pk", "cus": "payer_id", "mch": "merchant_id"}
    search_help_text = _("A public id (order, attempt, payer, merchant), or the merchant's own number")
    ordering = ("-id",)
    list_display = ("number", "state_label", "waits", "amount", "merchant_name", "payer_link", "created", "out_trade_no", "scene")
    list_filter = ("state", Stuck, "scene")
    list_select_related = ("merchant",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("merchant_name", "out_trade_no"),
                    ("payer_link", "subject"),
                    ("amount", "fee"),
                    ("refunded", "refunding"),
                    ("scene", "code"),
                    ("created", "expires"),
                    ("paid", "changed"),
                    ("attach", "notify_url"),
                )
            },
        ),
        (_("What to do"), {"fields": ("which_act",)}),
        (_("The whole story"), {"fields": ("attempts", "legs", "requests", "journals", "more")}),
    )

    @display(description=_("Which act fits"))
    def which_act(self, row: PaymentOrder) -> SafeString | str:
        waits = row.state == OrderState.TO_MANUAL
        return fitting(row.late_refund_id, self.acts) if waits else "-"

    def find(self, term: str) -> Q | None:
        """An attempt's order, or the merchant's own number."""
        try:
            return Q(pk__in=queries.of_attempt(parse_public_id("att", term)))
        except NotFound:
            return Q(out_trade_no=term)

    @display(description=_("Id"), ordering="id")
    def number(self, row: PaymentOrder) -> SafeString:
        return mono(row.public_id)

    @display(description=_("Merchant"))
    def merchant_name(self, row: PaymentOrder) -> SafeString:
        if row.merchant is None:
            return format_html("{}", row.payee)
        return format_html("{} {}", row.merchant.short_name, link("payments.merchant", row.merchant_id, row.merchant_public_id or ""))

    @display(description=_("Payer"))
    def payer_link(self, row: PaymentOrder) -> SafeString | str:
        return customer_link(row.payer_id)

    @display(description=_("Amount (yuan)"), ordering="amount_fen")
    def amount(self, row: PaymentOrder) -> SafeString:
        return money(row.amount_fen)

    @display(description=_("Merchant's fee (yuan)"))
    def fee(self, row: PaymentOrder) -> SafeString:
        return money(row.fee_fen)

    @display(description=_("Refunded (yuan)"))
    def refunded(self, row: PaymentOrder) -> SafeString:
        return money(row.refunded_fen)

    @display(description=_("Being refunded (yuan)"))
    def refunding(self, row: PaymentOrder) -> SafeString:
        return money(row.refunding_fen)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: PaymentOrder) -> SafeString:
        return badge(str(row.state))

    @display(description=_("Waits for"))
    def waits(self, row: PaymentOrder) -> str:
        """How long an order that has something under way has been as it is."""
        return age(row.changed_at, clock.now()) if row.state in queries.UNDER_WAY else "-"

    @display(description=_("Created"), ordering="id")
    def created(self, row: PaymentOrder) -> str:
        return when(row.created_at)

    @display(description=_("Expires"))
    def expires(self, row: PaymentOrder) -> str:
        return when(row.expires_at)

    @display(description=_("Paid"))
    def paid(self, row: PaymentOrder) -> str:
        return when(row.paid_at)

    @display(description=_("Changed"))
    def changed(self, row: PaymentOrder) -> str:
        return when(row.changed_at)

    @display(description=_("Attempts"))
    def attempts(self, row: PaymentOrder) -> SafeString:
        return table(
            ATTEMPT_COLUMNS,
            (
                (
                    one.number,
                    mono(one.public_id),
                    badge(one.state, str(WORDS.get(one.state, ""))),
                    plainly(one.code),
                    money(one.amount_fen),
                    one.factors,
                    when(one.created_at),
                )
                for one in queries.attempts(row.pk)
            ),
        )

    @display(description=_("Funding"))
    def legs(self, row: PaymentOrder) -> SafeString:
        numbers = {one.pk: one.number for one in queries.attempts(row.pk)}
        found = sorted(queries.legs_of_order(row.pk), key=lambda leg: (numbers[leg.attempt_id], leg.position))
        return table(
            LEG_COLUMNS,
            (
                (
                    numbers[leg.attempt_id],
                    leg.source,
                    leg_ref(leg),
                    money(leg.amount_fen),
                    badge(leg.state, str(WORDS.get(leg.state, ""))),
                    link("accounts.hold", leg.hold_id, public_id("hld", leg.hold_id)) if leg.hold_id else "-",
                    money(leg.refunded_fen),
                    mono(leg.public_id),
                )
                for leg in found
            ),
        )

    @display(description=_("Calls to channels"))
    def requests(self, row: PaymentOrder) -> SafeString:
        made = requests.made_for([leg.pk for leg in queries.legs_of_order(row.pk)])
        return table(CALL_COLUMNS, call_rows(made))

    @display(description=_("Journals"))
    def journals(self, row: PaymentOrder) -> SafeString:
        back = ledger.reversed_by(row.late_journal_id) if row.late_journal_id else None
        named = (
            (_("Paid"), row.journal_id),
            (_("Late"), row.late_journal_id),
            (_("Late, given back"), back),
            (_("By hand"), row.hand_journal_id),
        )
        shown: list[tuple[object, object]] = [(words, journal_link(journal_id)) for words, journal_id in named if journal_id]
        if row.hand_reference:
            shown.append((_("Bank's number of the payment"), row.hand_reference))
        return table((_("What"), _("Journal")), shown)

    @display(description=_("More"))
    def more(self, row: PaymentOrder) -> SafeString:
        """The chapters of upper rooms."""
        tellers: Iterable[Any] = sorted(STORY, key=lambda teller: teller.order)
        chapters = [teller.chapter(order_id=row.pk, at=clock.now()) for teller in tellers]
        return format_html_join("", HEADING, ((one.title, table(one.header, one.rows)) for one in chapters)) or SafeString("-")


class PaymentsPanel:
    order = 38

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """The newest orders of a payer."""
        rows = (
            (
                link("payments.paymentorder", row.pk, row.public_id),
                row.subject,
                money(row.amount_fen),
                badge(row.state),
                when(row.created_at),
            )
            for row in queries.paid_by(customer_id).order_by("-created_at", "-id")[:5]
        )
        header = (_("Payment order"), _("What for"), _("Amount (yuan)"), _("State"), _("Created"))
        return customer_panel(_("Payments to merchants"), "payments.paymentorder", customer_id, header, rows)


class CashierFigures:
    order = 13

    def figures(self, *, at: datetime) -> list[Figure]:
        page = "payments.paymentorder"
        bank, hand = counts(queries.waiting_for_bank(at - BANK_MAY_TAKE), queries.by_hand_now())
        found = [
            (bank, figure(_("Orders waiting for the bank"), bank, page, level="warning", stuck="bank")),
            (hand, figure(_("Late payments to give back by hand"), hand, page, level="bad", stuck="hand")),
        ]
        return [shown for number, shown in found if number]


CUSTOMER_PANELS.plug("payments.cashier", PaymentsPanel())
FIGURES.plug("payments.cashier", CashierFigures())
WORK_KINDS.plug(
    late.REFUND_REFUSED,
    KindOfWork(
        _("A late payment's refund was refused"),
        _("Open the order: send the refund again, or pay it by hand and book that."),
        ends=_("Once two people decide on one of the two, on the order's page."),
    ),
)
WORK_KINDS.plug(
    late.REFUND_WAITING,
    KindOfWork(
        _("A late payment's refund cannot be sent"),
        _("See why the channel takes none; it is tried again by itself once the reason is gone."),
        ends=_("Once the refund is sent."),
    ),
)
