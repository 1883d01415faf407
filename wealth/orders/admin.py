"""Orders of products at the desk: the queue with ages and what is stuck, the whole story of each, and what two people decide."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.ledger.shown import journal_link
from core.clock import queries as clock
from core.desk.charting import choice_words
from core.desk.counted import of_customer
from core.desk.customers import OfCustomer
from core.desk.dashboard import figure
from core.desk.filters import among
from core.desk.panels import customer_panel
from core.desk.proposing import proposing
from core.desk.shown import age, badge, link, money, mono, plainly, table, when
from core.desk.site import desk
from core.desk.sockets import COUNTERS, CUSTOMER_PANELS, FIGURES, Figure, Panel
from core.ids import public_id
from core.work.sockets import WORK_KINDS, KindOfWork
from payments.cashier.admin import target
from payments.cashier.story import STORY, Chapter
from wealth.catalog.states import Kind
from wealth.issuers import queries as issuers
from wealth.orders import queries
from wealth.orders.models import WealthOrder
from wealth.orders.services import asking, by_hand, ending, paying
from wealth.orders.states import OPEN
from wealth.suitability import queries as suitability

PAGE = "wealth.wealthorder"


def product_name(row: WealthOrder) -> str:
    return row.version.name_zh if (get_language() or "en").startswith("zh") else row.version.name_en


class Stuck(admin.SimpleListFilter):
    """What should have gone on long ago."""

    title = _("Stuck")
    parameter_name = "stuck"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("late", _("A step is overdue")), ("issuer", _("The issuer has not confirmed in time"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WealthOrder]) -> QuerySet[WealthOrder]:
        match self.value():
            case "late":
                return queryset.filter(pk__in=queries.overdue(clock.now()).values("pk"))
            case "issuer":
                return queryset.filter(pk__in=queries.unconfirmed(clock.now()).values("pk"))
        return queryset


@admin.register(WealthOrder, site=desk)
class WealthOrderAdmin(OfCustomer):
    group, place, icon, heading = "wealth", 10, "receipt_long", _("Orders of products")
    acts = (
        proposing(
            "resend",
            act=by_hand.RESEND,
            right="wealth_order.decide",
            title=_("Propose to send again"),
            named=_("Send an order of a product, or its refund, again"),
            payload=target,
            icon="replay",
            open_to=by_hand.resendable,
        ),
        proposing(
            "reject",
            act=by_hand.REJECT,
            right="wealth_order.decide",
            title=_("Propose to end it"),
            named=_("End an order of a product: the money goes back, or the units are free"),
            payload=target,
            icon="block",
            variant="danger",
            open_to=by_hand.endable,
        ),
    )
    finds = {"wod": "pk", "cus": "customer_id", "prd": "product_id", "ord": "cashier_order_id"}
    search_help_text = _("A public id: of the order, its product, its customer or its order at the cashier")
    list_display = ("number", "state_label", "waits", "side_label", "owner", "of_product", "amount", "units", "trade_day", "created")
    list_filter = ("state", Stuck, "side", ("kind", among(lambda: sorted(choice_words(Kind).items()))), "fast")
    list_select_related = ("product", "version")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("owner", "of_product"),
                    ("side_label", "fast"),
                    ("amount", "units"),
                    ("fee", "why"),
                    ("created", "changed"),
                    ("next_step", "waits"),
                )
            },
        ),
        (
            _("What was shown"),
            {"fields": (("trade_day", "cut"), ("confirms", "earns"), ("cash_day", "price"), ("risk", "risk_sha256"), "version_number")},
        ),
        (
            _("The whole story"),
            {"fields": (("pay_order", "refund_link"), ("pay_journal", "book_journal"), "cash_journal", "decisions", "asked")},
        ),
    )

    @display(description=_("Product"), ordering="product_id")
    def of_product(self, row: WealthOrder) -> SafeString | str:
        return link("wealth.product", row.product_id, product_name(row))

    @display(description=_("Side"), ordering="side")
    def side_label(self, row: WealthOrder) -> SafeString:
        return badge(str(row.side), str(row.get_side_display()))

    @display(description=_("Amount (yuan)"), ordering="amount_fen")
    def amount(self, row: WealthOrder) -> SafeString | str:
        return "-" if row.amount_fen is None else money(row.amount_fen)

    @display(description=_("Units"), ordering="units_fen")
    def units(self, row: WealthOrder) -> SafeString | str:
        return "-" if row.units_fen is None else money(row.units_fen)

    @display(description=_("Fee (yuan)"))
    def fee(self, row: WealthOrder) -> SafeString:
        return money(row.fee_fen)

    @display(description=_("Why it came to nothing"))
    def why(self, row: WealthOrder) -> str:
        return plainly(row.code) if row.code else "-"

    @display(description=_("Waits for"))
    def waits(self, row: WealthOrder) -> str:
        """How long an order that is not over has been as it is."""
        return age(row.changed_at, clock.now()) if row.state in OPEN or row.due_at is not None else "-"

    @display(description=_("Next step"))
    def next_step(self, row: WealthOrder) -> SafeString | str:
        return when(row.due_at)

    @display(description=_("Trade day"), ordering="trade_on")
    def trade_day(self, row: WealthOrder) -> str:
        return row.trade_on.isoformat()

    @display(description=_("Cut-off"))
    def cut(self, row: WealthOrder) -> SafeString | str:
        return when(row.cut_at)

    @display(description=_("Confirmed on"))
    def confirms(self, row: WealthOrder) -> str:
        return row.confirms_on.isoformat()

    @display(description=_("Earns from"))
    def earns(self, row: WealthOrder) -> str:
        return row.earns_from.isoformat() if row.earns_from else "-"

    @display(description=_("Paid out on"))
    def cash_day(self, row: WealthOrder) -> str:
        return row.cash_on.isoformat() if row.cash_on else "-"

    @display(description=_("Version"))
    def version_number(self, row: WealthOrder) -> int:
        return int(row.version.number)

    @display(description=_("Order at the cashier"))
    def pay_order(self, row: WealthOrder) -> SafeString | str:
        found = row.cashier_order_id
        return link("payments.paymentorder", found, public_id("ord", found)) if found else "-"

    @display(description=_("Refund"))
    def refund_link(self, row: WealthOrder) -> SafeString | str:
        return link("payments.refund", row.refund_id, public_id("rfd", row.refund_id)) if row.refund_id else "-"

    @display(description=_("Journal of the payment"))
    def pay_journal(self, row: WealthOrder) -> SafeString | str:
        return journal_link(row.pay_journal_id)

    @display(description=_("Journal of the confirmation"))
    def book_journal(self, row: WealthOrder) -> SafeString | str:
        return journal_link(row.book_journal_id)

    @display(description=_("Journal of the cash"))
    def cash_journal(self, row: WealthOrder) -> SafeString | str:
        return journal_link(row.cash_journal_id)

    @display(description=_("Suitability"))
    def decisions(self, row: WealthOrder) -> SafeString:
        header = (_("Time"), _("When"), _("Result"), _("Profile"), _("Risk of the product"), _("Result code"))
        found = suitability.decisions(row.customer_id).filter(order_id=row.pk).order_by("created_at")
        rows = ((when(one.created_at), badge(one.moment), badge(one.ruling), one.level, one.risk, one.code or "-") for one in found)
        return table(header, rows)

    @display(description=_("Asked of the issuer"))
    def asked(self, row: WealthOrder) -> SafeString:
        header = (_("Number"), _("State"), _("Result code"), _("Times sent again"))
        if row.request_id is None:
            return table(header, ())
        one = issuers.request(row.request_id)
        return table(header, ((link("wealth.issuerrequest", one.pk, one.number), badge(one.state), mono(one.code), row.resends),))


class OrdersPanel:
    order = 60

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """The newest orders of products."""
        rows = (
            (link(PAGE, one.pk, one.public_id), product_name(one), badge(str(one.side)), badge(str(one.state)), when(one.created_at))
            for one in queries.own(customer_id).order_by("-created_at", "-id")[:5]
        )
        header = (_("Order"), _("Product"), _("Side"), _("State"), _("Created"))
        return customer_panel(_("Orders of products"), PAGE, customer_id, header, rows)


class ProductOfOrder:
    order = 16

    def chapter(self, *, order_id: uuid.UUID, at: datetime) -> Chapter:
        """The product's order that an order of the cashier pays."""
        found = queries.of_cashier(order_id)
        header = (_("Order"), _("Product"), _("State"), _("Why it came to nothing"))
        rows: list[list[object]] = []
        if found is not None:
            rows = [[link(PAGE, found.pk, found.public_id), product_name(found), badge(found.state), plainly(found.code)]]
        return Chapter(_("Order of a product"), header, rows)


class OrderFigures:
    order = 30

    def figures(self, *, at: datetime) -> list[Figure]:
        late, silent = queries.overdue(at).count(), queries.unconfirmed(at).count()
        found = [
            (late, figure(_("Orders of products whose step is overdue"), late, PAGE, level="bad", stuck="late")),
            (silent, figure(_("Orders the issuer has not confirmed in time"), silent, PAGE, level="warning", stuck="issuer")),
        ]
        return [shown for number, shown in found if number]


COUNTERS.plug(queries.FAST, of_customer(in_fen=True))
CUSTOMER_PANELS.plug("wealth.orders", OrdersPanel())
STORY.plug("wealth.orders", ProductOfOrder())
FIGURES.plug("wealth.orders", OrderFigures())
WORK_KINDS.plug(
    asking.NOT_SUBMITTED,
    KindOfWork(
        _("A paid order of a product cannot be given to its issuer"),
        _("See why: it is tried again by itself. Where it never will be, propose to end it, and the money goes back."),
        ends=_("Once the issuer is asked, or two people end the order."),
    ),
)
WORK_KINDS.plug(
    asking.OTHERWISE,
    KindOfWork(
        _("An issuer confirmed something other than was ordered"),
        _("Ask the issuer which is right; nothing of it is booked. Where it takes the order back, propose to end it."),
    ),
)
WORK_KINDS.plug(
    asking.FAST_REFUSED,
    KindOfWork(
        _("An issuer does not take units that were paid for at once"),
        _("The money was advanced and is not back. Ask the issuer why, then propose to send the order again."),
        ends=_("Once it is sent again."),
    ),
)
WORK_KINDS.plug(
    paying.NOT_REFUNDED,
    KindOfWork(
        _("The money of an order of a product does not go back"),
        _("See why on the order's page and its refund's; it is tried again by itself, but for a refund that was given up: send it again."),
        ends=_("Once the refund is asked for, or done."),
    ),
)
WORK_KINDS.plug(
    ending.NOT_PAID,
    KindOfWork(
        _("Redeemed money cannot be paid to its customer"),
        _("See why on the order's page; it is tried again by itself."),
        ends=_("Once it is paid."),
    ),
)
