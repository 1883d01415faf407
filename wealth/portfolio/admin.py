"""Portfolios at the desk: what a customer has, what is kept of each day and product, and by what check-ups measure."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock import queries as clock
from core.desk.base import DeskAdmin
from core.desk.charting import Unit, shown
from core.desk.customers import OfCustomer
from core.desk.dashboard import figure
from core.desk.filters import among
from core.desk.panels import customer_panel
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.shown import badge, link, money, on, table, when
from core.desk.site import desk
from core.desk.sockets import CUSTOMER_PANELS, FIGURES, Figure, Panel
from wealth.catalog import queries as catalog
from wealth.catalog.sockets import HOLDINGS
from wealth.portfolio import queries
from wealth.portfolio.checkups import checkups
from wealth.portfolio.models import NO_PRODUCT, Portfolio, PortfolioTerms, PortfolioTotal
from wealth.portfolio.overview import Known, Overview, overview
from wealth.portfolio.sockets import BESIDE
from wealth.portfolio.statement import months
from wealth.portfolio.words import named, told
from wealth.rules.portfolio import Answer

PAGE = "wealth.portfolio"
TERMS = (
    "starts_at", "emergency_months", "concentration_bp", "idle_bp", "idle_fen", "wall_days", "wall_bp", "debt_bp",
)  # fmt: skip
MONTHS = 13
ANSWERS = {Answer.OK: _("Fine"), Answer.ATTENTION: _("Worth a look"), Answer.NOT_AVAILABLE: _("Not known")}


def fen_or_reason(figure: Known[int]) -> SafeString | str:
    return money(figure.value) if figure.value is not None else told(figure.reason) if figure.reason else "-"


def percent_or_reason(figure: Known[Any]) -> str:
    return f"{figure.value}%" if figure.value is not None else told(figure.reason) if figure.reason else "-"


@admin.register(Portfolio, site=desk)
class PortfolioAdmin(OfCustomer):
    group, place, icon, heading = "wealth", 5, "pie_chart", _("Portfolios")
    finds = {"pfo": "pk", "cus": "pk"}
    list_display = ("number", "owner", "since")
    ordering: Any = ("-begun_on", "pk")
    fieldsets = (
        (None, {"fields": (("number", "owner"), ("since", "net_worth"), ("income", "returns"))}),
        (_("What they have"), {"fields": ("lines",)}),
        (_("Allocation"), {"fields": ("allocation",)}),
        (_("Check-ups"), {"fields": ("looked_at",)}),
        (_("Months"), {"fields": ("by_month",)}),
    )

    @display(description=_("Portfolio"))
    def number(self, row: Portfolio) -> SafeString | str:
        return link(PAGE, row.pk, row.public_id)

    @display(description=_("Kept from"), ordering="begun_on")
    def since(self, row: Portfolio) -> SafeString:
        return on(row.begun_on)

    @display(description=_("Net worth (yuan)"))
    def net_worth(self, row: Portfolio) -> SafeString | str:
        return fen_or_reason(seen(row).net_fen)

    @display(description=_("Income (yuan)"))
    def income(self, row: Portfolio) -> SafeString:
        now = seen(row)
        header = (_("Yesterday"), _("This month"), _("Total"))
        return table(header, [[fen_or_reason(one) for one in (now.income_yesterday_fen, now.income_month_fen, now.income_total_fen)]])

    @display(description=_("Return"))
    def returns(self, row: Portfolio) -> SafeString:
        now = seen(row)
        header = (_("Time-weighted"), _("A year, money-weighted"))
        return table(header, [[percent_or_reason(now.linked_percent), percent_or_reason(now.yearly_percent)]])

    @display(description=_("What they have"))
    def lines(self, row: Portfolio) -> SafeString:
        now = seen(row)
        header = (_("Kind"), _("Product"), _("Value (yuan)"), _("Can be asked back (yuan)"), _("Income (yuan)"), _("Falls due"))
        rows: list[tuple[object, ...]] = [
            (
                named(line.held.kind),
                link("wealth.product", line.product.product_id, line.product.code),
                money(line.held.value_fen),
                money(line.held.available_fen),
                money(line.held.income_fen),
                on(line.held.matures_on) if line.held.matures_on else "-",
            )
            for line in now.lines
        ]
        rows += [
            (told(side.source.label), "-", money(side.signed_fen), money(side.amount.available_fen), "-", "-")
            for side in now.sides
            if side.amount is not None
        ]
        rows.append((_("On its way"), "-", money(now.settling_fen), "-", "-", "-"))
        return table(header, rows)

    @display(description=_("Allocation"))
    def allocation(self, row: Portfolio) -> SafeString:
        found = [one for slices in seen(row).allocations().values() for one in slices]
        return table(
            (_("Part"), _("Amount (yuan)"), _("Share")), ((named(one.key), money(one.fen), shown(one.bp, Unit.SHARE)) for one in found)
        )

    @display(description=_("Check-ups"))
    def looked_at(self, row: Portfolio) -> SafeString:
        found = checkups(customer_id=row.pk, at=clock.now())
        return table(
            (_("Check-up"), _("Answer"), _("Why")),
            ((told(one.title), badge(one.verdict.answer.value, str(ANSWERS[one.verdict.answer])), told(one.told)) for one in found),
        )

    @display(description=_("Months"))
    def by_month(self, row: Portfolio) -> SafeString:
        header = (_("Month"), _("Opening (yuan)"), _("In (yuan)"), _("Out (yuan)"), _("Income (yuan)"), _("Closing (yuan)"))
        return table(
            header,
            (
                (
                    one.name,
                    money(one.amounts.opening_fen),
                    money(one.amounts.paid_in_fen),
                    money(one.amounts.paid_out_fen),
                    money(one.amounts.income_fen),
                    money(one.amounts.closing_fen),
                )
                for one in months(row.pk)[:MONTHS]
            ),
        )


def seen(row: Any) -> Overview:
    """Once a page."""
    if not hasattr(row, "seen"):
        row.seen = overview(customer_id=row.pk, at=clock.now())
    found: Overview = row.seen
    return found


def kinds() -> list[tuple[str, str]]:
    return [(kind, named(kind)) for kind, _plug in [*HOLDINGS.items(), *BESIDE.items()]]


@admin.register(PortfolioTotal, site=desk)
class PortfolioTotalAdmin(DeskAdmin):
    group, place, icon, heading = "wealth", 6, "stacked_bar_chart", _("Assets by day and product")
    finds = {"prd": "product_id"}
    search_help_text = _("The public id of a product")
    list_display = ("day", "part", "kind_name", "of_product", "customers", "value", "paid_in", "paid_out", "income")
    fieldsets = (
        (None, {"fields": (("day", "part"), ("kind_name", "of_product"), ("customers", "value"), ("paid_in", "paid_out"), "income")}),
    )
    list_filter = (("kind", among(kinds)), "day")
    ordering = ("-day", "kind", "product_id", "part")

    @display(description=_("Kind"), ordering="kind")
    def kind_name(self, row: PortfolioTotal) -> str:
        return named(row.kind)

    @display(description=_("Product"), ordering="product_id")
    def of_product(self, row: PortfolioTotal) -> SafeString | str:
        return "-" if row.product_id == NO_PRODUCT else link("wealth.product", row.product_id, catalog.Product(pk=row.product_id).public_id)

    @display(description=_("Value (yuan)"))
    def value(self, row: PortfolioTotal) -> SafeString:
        return money(row.value_fen)

    @display(description=_("In (yuan)"))
    def paid_in(self, row: PortfolioTotal) -> SafeString:
        return money(row.paid_in_fen)

    @display(description=_("Out (yuan)"))
    def paid_out(self, row: PortfolioTotal) -> SafeString:
        return money(row.paid_out_fen)

    @display(description=_("Income (yuan)"))
    def income(self, row: PortfolioTotal) -> SafeString:
        return money(row.income_fen)


@admin.register(PortfolioTerms, site=desk)
class PortfolioTermsAdmin(ProposedAdmin):
    group, place, icon, heading = "wealth", 60, "gavel", _("Portfolio terms")
    table = RuleTable(PortfolioTerms, TERMS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "emergency_months": _("Money that is there today should last so many months."),
        "concentration_bp": _("One product should be at most this part of everything, in basis points."),
        "idle_bp": _("Money that earns nothing should be at most this part of everything, in basis points,"),
        "idle_fen": _("or at most this much."),
        "wall_days": _("What falls due within so many days of each other is looked at together"),
        "wall_bp": _("and should be at most this part of what has a term, in basis points."),
        "debt_bp": _("Debts should be at most this part of deposits, in basis points."),
    }
    list_display = ("starts", "emergency_months", "concentration_bp", "idle_bp", "idle_fen", "wall_days", "wall_bp", "debt_bp")
    ordering = ("-starts_at",)

    @display(description=_("From"), ordering="starts_at")
    def starts(self, row: PortfolioTerms) -> str:
        return when(row.starts_at)


class PortfolioPanel:
    order = 60

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """What they have of each kind now."""
        now = overview(customer_id=customer_id, at=at)
        rows = [(named(one.key), money(one.fen), shown(one.bp, Unit.SHARE)) for one in now.by_kind()]
        header = (_("Kind"), _("Amount (yuan)"), _("Share"))
        return customer_panel(_("Portfolio"), PAGE, customer_id, header, rows, note=_("Net worth and the rest are on its page."))


class PortfolioFigures:
    order = 32

    def figures(self, *, at: datetime) -> list[Figure]:
        through = queries.over_through()
        number = len(queries.behind(through)) if through else 0
        told_of = figure(_("Portfolios: parts of customers behind"), number, "wealth.portfoliototal", level="warning")
        return [told_of] if number else []


CUSTOMER_PANELS.plug("wealth.portfolio", PortfolioPanel())
FIGURES.plug("wealth.portfolio", PortfolioFigures())
