"""Advice at the desk: model portfolios and the rules (changed by two people from a day on), plans, and regular investments."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock import queries as clock
from core.desk.counted import of_customer
from core.desk.customers import OfCustomer
from core.desk.dashboard import figure
from core.desk.panels import customer_panel
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.roles import Role
from core.desk.shown import badge, link, money, plainly, table, when
from core.desk.site import desk
from core.desk.sockets import COUNTERS, CUSTOMER_PANELS, FIGURES, Figure, Panel
from core.ids import public_id
from wealth.advisor import queries
from wealth.advisor.models import AdvisorItem, AdvisorPlan, AdvisorTerms, InvestingPlan, InvestingRun, ModelPortfolio
from wealth.advisor.services import planning
from wealth.advisor.states import RunState

GROUP = "wealth"
PAGE = "wealth.investingplan"
DATES = 31
HOUR = timedelta(hours=1)
MODEL = ("level", "starts_on", "weights", "mean_bp", "deviation_bp")
TERMS = (
    "starts_at", "sell_at_bp", "least_trade_fen", "plan_minutes", "invest_from", "retry_hours", "tries_most", "failures_most",
)  # fmt: skip
MAKERS, CHECKERS = frozenset({Role.MARKETING, Role.RISK}), frozenset({Role.RISK, Role.FINANCE_CHECKER})


@admin.register(ModelPortfolio, site=desk)
class ModelPortfolioAdmin(ProposedAdmin):
    place, icon, heading = 42, "pie_chart", _("Model portfolios")
    table = RuleTable(ModelPortfolio, MODEL, MAKERS, CHECKERS)
    helps = {
        "weights": _("Basis points by product code, as JSON; they sum to 10,000."),
        "mean_bp": _("The middle return a year that goals are projected with, in basis points."),
        "deviation_bp": _("The deviation of that return, in basis points."),
    }
    list_display = ("level", "starts_on", "mix", "mean_bp", "deviation_bp")
    list_filter = ("level",)
    ordering = ("level", "-starts_on")

    @display(description=_("Mix"))
    def mix(self, row: ModelPortfolio) -> str:
        return ", ".join(f"{code} {part / 100:g} %" for code, part in sorted(row.weights.items(), key=lambda one: (-one[1], one[0])))


@admin.register(AdvisorTerms, site=desk)
class AdvisorTermsAdmin(ProposedAdmin):
    place, icon, heading = 43, "gavel", _("Advisor terms")
    table = RuleTable(AdvisorTerms, TERMS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "sell_at_bp": _("From this drift on selling is advised."),
        "least_trade_fen": _("No smaller purchase or sale is advised."),
        "plan_minutes": _("How long a plan may be confirmed."),
        "invest_from": _("The time of day from which regular investments are tried."),
        "retry_hours": _("How long after a try without enough money the next one is made, 1 to 12."),
        "tries_most": _("How often a regular investment is tried a day, 1 to 5."),
        "failures_most": _("How many dates in a row may come to nothing before it is paused."),
    }
    list_display = ("starts_at", "sell_at_bp", "plan_minutes", "invest_from", "tries_most", "failures_most")
    ordering = ("-starts_at",)


@admin.register(AdvisorPlan, site=desk)
class AdvisorPlanAdmin(OfCustomer):
    group, place, icon, heading = GROUP, 26, "checklist", _("Plans of advice")
    finds = {"apl": "pk", "cus": "customer_id"}
    search_help_text = _("A public id, of the plan or its customer")
    list_display = ("number", "state_label", "owner", "level", "cash", "drift", "created")
    list_filter = ("state", "level")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"), ("owner", "model_link"), ("level", "cash"), ("invested", "left"), ("drift", "drift_after"),
                    ("expires", "confirmed"), "created",
                )
            },
        ),
        (_("Orders"), {"fields": ("orders",)}),
    )  # fmt: skip

    @display(description=_("Model portfolio"))
    def model_link(self, row: AdvisorPlan) -> SafeString | str:
        return link("wealth.modelportfolio", row.portfolio_id, str(row.portfolio))

    @display(description=_("New money (yuan)"))
    def cash(self, row: AdvisorPlan) -> SafeString:
        return money(row.cash_fen)

    @display(description=_("Invested before (yuan)"))
    def invested(self, row: AdvisorPlan) -> SafeString:
        return money(row.total_fen)

    @display(description=_("Left for later (yuan)"))
    def left(self, row: AdvisorPlan) -> SafeString:
        return money(row.left_fen)

    @display(description=_("Drift (percent)"))
    def drift(self, row: AdvisorPlan) -> str:
        return f"{row.drift_e2bp / 10_000:.2f}"

    @display(description=_("Drift after it (percent)"))
    def drift_after(self, row: AdvisorPlan) -> str:
        return f"{row.after_e2bp / 10_000:.2f}"

    @display(description=_("Good until"), ordering="expires_at")
    def expires(self, row: AdvisorPlan) -> SafeString | str:
        return when(row.expires_at)

    @display(description=_("Confirmed"))
    def confirmed(self, row: AdvisorPlan) -> SafeString | str:
        return when(row.confirmed_at)

    @display(description=_("Orders"))
    def orders(self, row: AdvisorPlan) -> SafeString:
        header = (_("Product"), _("Side"), _("Amount (yuan)"), _("Trade day"), _("Order"), _("Refused with"))
        rows = (
            (
                link("wealth.product", one.product_id, one.product.code), badge(str(one.side), str(one.get_side_display())),
                money(one.amount_fen), one.trade_on.isoformat(), order_link(one), plainly(one.code) if one.code else "-",
            )
            for one in queries.items(row.pk)
        )  # fmt: skip
        return table(header, rows)


def order_link(row: AdvisorItem | InvestingRun) -> SafeString | str:
    return "-" if row.order_id is None else link("wealth.wealthorder", row.order_id, public_id("wod", row.order_id))


class Failing(admin.SimpleListFilter):
    """What came to nothing lately."""

    title = _("Missed")
    parameter_name = "missed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("missed", _("The last date came to nothing")), ("late", _("A date is overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[InvestingPlan]) -> QuerySet[InvestingPlan]:
        match self.value():
            case "missed":
                return queryset.filter(failures__gt=0)
            case "late":
                return queryset.filter(pk__in=queries.waiting(clock.now() - HOUR).values("pk"))
        return queryset


@admin.register(InvestingPlan, site=desk)
class InvestingPlanAdmin(OfCustomer):
    group, place, icon, heading = GROUP, 27, "event_repeat", _("Regular investments")
    finds = {"ivp": "pk", "cus": "customer_id", "prd": "product_id"}
    search_help_text = _("A public id: of the regular investment, its customer or its product")
    list_display = ("number", "state_label", "owner", "of_product", "amount", "rhythm", "next_on", "failures", "why", "created")
    list_filter = ("state", Failing, "every")
    list_select_related = ("product",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"), ("owner", "of_product"), ("amount", "rhythm"), ("next_on", "failures"), ("why", "factors"),
                    "created",
                )
            },
        ),
        (_("Dates"), {"fields": ("dates",)}),
    )  # fmt: skip

    @display(description=_("Product"), ordering="product_id")
    def of_product(self, row: InvestingPlan) -> SafeString | str:
        return link("wealth.product", row.product_id, row.product.code)

    @display(description=_("Amount (yuan)"), ordering="amount_fen")
    def amount(self, row: InvestingPlan) -> SafeString:
        return money(row.amount_fen)

    @display(description=_("Every"))
    def rhythm(self, row: InvestingPlan) -> str:
        kept = row.day if row.keep_fen is None else money(row.keep_fen)
        return f"{row.get_every_display()} {kept}"

    @display(description=_("Why it was paused"))
    def why(self, row: InvestingPlan) -> str:
        return plainly(row.code) if row.code else "-"

    @display(description=_("Dates"))
    def dates(self, row: InvestingPlan) -> SafeString:
        header = (_("Day"), _("Tried on"), _("State"), _("Tries"), _("Next try"), _("Order"), _("Result code"))
        rows = (
            (
                one.on.isoformat(), one.traded_on.isoformat(), badge(one.state), one.tries, when(one.next_at), order_link(one),
                plainly(one.code) if one.code else "-",
            )
            for one in queries.runs(row.pk).order_by("-on")[:DATES]
        )  # fmt: skip
        return table(header, rows)


class InvestingPanel:
    order = 64

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """The newest regular investments."""
        rows = (
            (link(PAGE, one.pk, one.public_id), one.product.code, badge(one.state), money(one.amount_fen), one.next_on or "-")
            for one in queries.investing(customer_id).order_by("-created_at", "-id")[:5]
        )
        header = (_("Regular investment"), _("Product"), _("State"), _("Amount (yuan)"), _("Next date"))
        return customer_panel(_("Regular investments"), PAGE, customer_id, header, rows)


class AdvisorFigures:
    order = 34

    def figures(self, *, at: datetime) -> list[Figure]:
        late = queries.waiting(at - HOUR).count()
        missed = InvestingRun.objects.filter(state=RunState.FAILED, created_at__gt=at - 24 * HOUR).count()
        found = [
            (late, figure(_("Regular investments that are overdue"), late, PAGE, level="bad", missed="late")),
            (missed, figure(_("Regular investments that missed a date, one day"), missed, PAGE, level="warning", missed="missed")),
        ]
        return [shown for number, shown in found if number]


COUNTERS.plug(planning.COUNTER, of_customer())
CUSTOMER_PANELS.plug("wealth.advisor", InvestingPanel())
FIGURES.plug("wealth.advisor", AdvisorFigures())
