"""Transfers at the desk: offers, trades, and what is looked at a second time."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.ledger.shown import journal_link
from core.clock import queries as clock
from core.desk.base import DeskAdmin
from core.desk.customers import OfCustomer, customer_link
from core.desk.shown import badge, link, money, on, plainly, table, when
from core.desk.site import desk
from core.ids import public_id
from payments.cashier.story import STORY, Chapter
from wealth.transfer import queries, surveillance
from wealth.transfer.models import TransferOffer, TransferTrade

OFFERS, TRADES = "wealth.transferoffer", "wealth.transfertrade"


def product_name(row: TransferOffer | TransferTrade) -> str:
    return str(row.version.name_zh if (get_language() or "en").startswith("zh") else row.version.name_en)


@admin.register(TransferOffer, site=desk)
class TransferOfferAdmin(OfCustomer):
    group, place, icon, heading = "wealth", 54, "sell", _("Offers of holdings")
    finds = {"fxo": "pk", "cus": "customer_id", "prd": "product_id", "fxh": "holding_id"}
    search_help_text = _("A public id: of the offer, its seller, its product or its holding")
    list_display = ("number", "state_label", "owner", "of_product", "part", "premium_bp", "matures", "ends", "created")
    list_filter = ("state", "matures_on")
    list_select_related = ("product", "version")
    ordering = ("-id",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"), ("owner", "of_product"), ("lot", "part"), ("premium_bp", "at_end"), ("matures", "ends"),
                    ("traded", "created"),
                )
            },
        ),
    )  # fmt: skip

    @display(description=_("Offer"))
    def number(self, row: TransferOffer) -> SafeString | str:
        return link(OFFERS, row.pk, row.public_id)

    @display(description=_("Product"), ordering="product_id")
    def of_product(self, row: TransferOffer) -> SafeString | str:
        return link("wealth.product", row.product_id, product_name(row))

    @display(description=_("Holding"))
    def lot(self, row: TransferOffer) -> SafeString | str:
        return link("wealth.fixedholding", row.holding_id, public_id("fxh", row.holding_id))

    @display(description=_("Principal (yuan)"), ordering="part_fen")
    def part(self, row: TransferOffer) -> SafeString:
        return money(row.part_fen)

    @display(description=_("At its end (yuan)"))
    def at_end(self, row: TransferOffer) -> SafeString:
        return money(row.maturity_fen)

    @display(description=_("Matures"), ordering="matures_on")
    def matures(self, row: TransferOffer) -> SafeString:
        return on(row.matures_on)

    @display(description=_("Open until"), ordering="ends_at")
    def ends(self, row: TransferOffer) -> SafeString | str:
        return when(row.ends_at)

    @display(description=_("Trade"))
    def traded(self, row: TransferOffer) -> SafeString | str:
        return link(TRADES, row.trade_id, public_id("fxt", row.trade_id)) if row.trade_id else "-"

    @display(description=_("Created"), ordering="created_at")
    def created(self, row: TransferOffer) -> SafeString | str:
        return when(row.created_at)


@admin.register(TransferTrade, site=desk)
class TransferTradeAdmin(DeskAdmin):
    group, place, icon, heading = "wealth", 55, "swap_horiz", _("Trades of holdings")
    finds = {"fxt": "pk", "cus": "buyer_id", "prd": "product_id", "fxo": "offer_id", "ord": "cashier_order_id"}
    search_help_text = _("A public id: of the trade, its buyer, its product, its offer or its order at the cashier")
    list_display = (
        "number",
        "state_label",
        "bought_by",
        "sold_by",
        "of_product",
        "part",
        "price",
        "premium_bp",
        "yield_percent",
        "created",
    )
    list_filter = ("state",)
    list_select_related = ("product", "version")
    ordering = ("-id",)
    extra_names = ("transfer_surveillance",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"), ("bought_by", "sold_by"), ("of_product", "offered"), ("part", "price"),
                    ("premium_bp", "accrued"), ("fee", "at_end"), ("yield_percent", "days_left"), ("pay_order", "why"), ("new_lot", "day"),
                    ("pay_journal", "journal"), "created",
                )
            },
        ),
    )  # fmt: skip

    def extra_items(self) -> list[tuple[int, dict[str, Any]]]:
        return [(56, {"title": _("Trades to look at"), "icon": "policy", "link": reverse("admin:transfer_surveillance")})]

    def get_urls(self) -> list[URLPattern]:
        own = path("surveillance/", self.admin_site.admin_view(self.surveillance), name="transfer_surveillance")
        return [own, *super().get_urls()]

    def surveillance(self, request: HttpRequest) -> HttpResponse:
        """Prices away from the others, the same two customers again and again, offers withdrawn often."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        at = clock.now()
        context = {"title": _("Trades to look at"), "parts": [off_market(at), same_pairs(at), withdrawers(at)]}
        answer = TemplateResponse(request, "desk/tables.html", self.admin_site.each_context(request) | context)
        answer["Cache-Control"] = "no-store"
        return answer

    @display(description=_("Trade"))
    def number(self, row: TransferTrade) -> SafeString | str:
        return link(TRADES, row.pk, row.public_id)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: TransferTrade) -> SafeString:
        return badge(row.state)

    @display(description=_("Buyer"), ordering="buyer_id")
    def bought_by(self, row: TransferTrade) -> SafeString | str:
        return customer_link(row.buyer_id)

    @display(description=_("Seller"), ordering="seller_id")
    def sold_by(self, row: TransferTrade) -> SafeString | str:
        return customer_link(row.seller_id)

    @display(description=_("Product"), ordering="product_id")
    def of_product(self, row: TransferTrade) -> SafeString | str:
        return link("wealth.product", row.product_id, product_name(row))

    @display(description=_("Offer"))
    def offered(self, row: TransferTrade) -> SafeString | str:
        return link(OFFERS, row.offer_id, public_id("fxo", row.offer_id))

    @display(description=_("Principal (yuan)"), ordering="part_fen")
    def part(self, row: TransferTrade) -> SafeString:
        return money(row.part_fen)

    @display(description=_("Price (yuan)"), ordering="price_fen")
    def price(self, row: TransferTrade) -> SafeString:
        return money(row.price_fen)

    @display(description=_("Accrued (yuan)"))
    def accrued(self, row: TransferTrade) -> SafeString:
        return money(row.accrued_fen)

    @display(description=_("Fee (yuan)"))
    def fee(self, row: TransferTrade) -> SafeString:
        return money(row.fee_fen)

    @display(description=_("At its end (yuan)"))
    def at_end(self, row: TransferTrade) -> SafeString:
        return money(row.maturity_fen)

    @display(description=_("Order at the cashier"))
    def pay_order(self, row: TransferTrade) -> SafeString | str:
        found = row.cashier_order_id
        return link("payments.paymentorder", found, public_id("ord", found)) if found else "-"

    @display(description=_("Why it lapsed"))
    def why(self, row: TransferTrade) -> str:
        return plainly(row.code) if row.code else "-"

    @display(description=_("New holding"))
    def new_lot(self, row: TransferTrade) -> SafeString | str:
        return link("wealth.fixedholding", row.bought_id, public_id("fxh", row.bought_id)) if row.bought_id else "-"

    @display(description=_("Settled on"))
    def day(self, row: TransferTrade) -> SafeString | str:
        return on(row.settled_on) if row.settled_on else "-"

    @display(description=_("Journal of the payment"))
    def pay_journal(self, row: TransferTrade) -> SafeString | str:
        return journal_link(row.pay_journal_id)

    @display(description=_("Journal of the settlement"))
    def journal(self, row: TransferTrade) -> SafeString | str:
        return journal_link(row.journal_id)

    @display(description=_("Created"), ordering="created_at")
    def created(self, row: TransferTrade) -> SafeString | str:
        return when(row.created_at)


def off_market(at: datetime) -> tuple[Any, SafeString]:
    header = (_("Trade"), _("Product"), _("Buyer"), _("Seller"), _("Premium (bp)"), _("Mean of the product (bp)"), _("Price (yuan)"))
    rows = (
        (
            link(TRADES, one.pk, one.public_id),
            one.product.code,
            customer_link(one.buyer_id),
            customer_link(one.seller_id),
            one.premium_bp,
            f"{one.mean_bp:.1f}",  # type: ignore[attr-defined]
            money(one.price_fen),
        )
        for one in surveillance.off_market(at)
    )
    return _("Prices away from the others"), table(header, rows)


def same_pairs(at: datetime) -> tuple[Any, SafeString]:
    header = (_("Customer"), _("Other customer"), _("Trades"), _("Price (yuan)"))
    rows = ((customer_link(one.one), customer_link(one.other), one.trades, money(one.price_fen)) for one in surveillance.same_pairs(at))
    return _("The same two customers again and again"), table(header, rows)


def withdrawers(at: datetime) -> tuple[Any, SafeString]:
    rows = ((customer_link(one.customer_id), one.offers) for one in surveillance.withdrawers(at))
    return _("Offers withdrawn often"), table((_("Customer"), _("Withdrawn offers")), rows)


class TradeOfOrder:
    order = 17

    def chapter(self, *, order_id: Any, at: datetime) -> Chapter:
        """The trade that an order of the cashier pays."""
        found = queries.of_cashier(order_id)
        header = (_("Trade"), _("Product"), _("State"), _("Seller"))
        rows: list[list[object]] = []
        if found is not None:
            rows = [[link(TRADES, found.pk, found.public_id), product_name(found), badge(found.state), customer_link(found.seller_id)]]
        return Chapter(_("Purchase of a holding"), header, rows)


STORY.plug("wealth.transfer", TradeOfOrder())
