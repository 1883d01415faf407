"""Fixed terms at the desk: lots with their story, what matures when, and the runs that settled it."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.ledger.shown import journal_link
from core.clock import queries as clock
from core.desk.base import DeskAdmin
from core.desk.customers import OfCustomer
from core.desk.dashboard import figure
from core.desk.panels import customer_panel
from core.desk.proposing import proposing
from core.desk.shown import badge, link, money, mono, on, plainly, table, when
from core.desk.site import desk
from core.desk.sockets import CUSTOMER_PANELS, FIGURES, Figure, Panel
from core.work.sockets import WORK_KINDS, KindOfWork
from payments.cashier.admin import target
from wealth.fixed_term import queries
from wealth.fixed_term.ladder import MOST, ladder
from wealth.fixed_term.models import FixedHolding, FixedRun
from wealth.fixed_term.services import asking
from wealth.fixed_term.worth import accrued

PAGE = "wealth.fixedholding"


def product_name(row: FixedHolding) -> str:
    return row.version.name_zh if (get_language() or "en").startswith("zh") else row.version.name_en


class PeriodForm(forms.Form):
    """How wide a rung is."""

    period = forms.ChoiceField(
        label=_("By"), choices=[("day", _("Day")), ("week", _("Week")), ("month", _("Month"))], widget=UnfoldAdminSelectWidget
    )


@admin.register(FixedHolding, site=desk)
class FixedHoldingAdmin(OfCustomer):
    group, place, icon, heading = "wealth", 50, "lock_clock", _("Holdings of fixed terms")
    acts = (
        proposing(
            "ask-again",
            act=asking.ASK_AGAIN,
            right="fixed_term.decide",
            title=_("Propose to ask the issuer again"),
            named=_("Ask an issuer again for what matured"),
            payload=target,
            icon="replay",
            open_to=asking.askable,
        ),
    )
    finds = {"fxh": "pk", "cus": "customer_id", "prd": "product_id", "wod": "order_id"}
    search_help_text = _("A public id: of the holding, its customer, its product or its order")
    list_display = ("number", "state_label", "owner", "of_product", "principal", "rate", "starts", "matures", "instruction_label")
    list_filter = ("state", "instruction", "matures_on")
    list_select_related = ("product", "version")
    ordering = ("-id",)
    extra_names = ("fixed_term_ladder",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("owner", "of_product"),
                    ("opened", "principal"),
                    ("premium", "earned"),
                    ("frozen", "accrued_label"),
                    ("instruction_label", "why"),
                )
            },
        ),
        (
            _("What was promised"),
            {"fields": (("rate", "demand_rate"), ("counted", "compounded"), ("starts", "ends"), ("matures", "interest"))},
        ),
        (_("How it ended"), {"fields": (("paid", "closed"), "pay_journal")}),
        (_("The whole story"), {"fields": ("moves", "asked")}),
    )

    def extra_items(self) -> list[tuple[int, dict[str, Any]]]:
        return [(51, {"title": _("What matures when"), "icon": "stairs", "link": reverse("admin:fixed_term_ladder")})]

    def get_urls(self) -> list[URLPattern]:
        own = path("maturities/", self.admin_site.admin_view(self.maturities), name="fixed_term_ladder")
        return [own, *super().get_urls()]

    def maturities(self, request: HttpRequest) -> HttpResponse:
        """The maturity ladder."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = PeriodForm({"period": request.GET.get("period", "week")})
        context: dict[str, Any] = {"title": _("What matures when"), "form": form}
        if form.is_valid():
            rungs = ladder(form.cleaned_data["period"])
            header = (_("From"), _("Product"), _("Holdings"), _("Principal (yuan)"), _("Interest (yuan)"), _("To be rolled on"))
            rows = (
                (on(one.since), one.product_code, one.lots, money(one.principal_fen), money(one.interest_fen), one.rolls) for one in rungs
            )
            context |= {"table": table(header, rows), "most": MOST, "number": len(rungs)}
        answer = TemplateResponse(request, "desk/ladder.html", self.admin_site.each_context(request) | context)
        answer["Cache-Control"] = "no-store"
        return answer

    @display(description=_("Holding"))
    def number(self, row: FixedHolding) -> SafeString | str:
        return link(PAGE, row.pk, row.public_id)

    @display(description=_("Product"), ordering="product_id")
    def of_product(self, row: FixedHolding) -> SafeString | str:
        return link("wealth.product", row.product_id, product_name(row))

    @display(description=_("Opened with (yuan)"))
    def opened(self, row: FixedHolding) -> SafeString:
        return money(row.opened_fen)

    @display(description=_("Principal (yuan)"), ordering="principal_fen")
    def principal(self, row: FixedHolding) -> SafeString:
        return money(row.principal_fen)

    @display(description=_("Paid beyond the principal (yuan)"))
    def premium(self, row: FixedHolding) -> SafeString:
        return money(row.premium_fen)

    @display(description=_("Set aside (yuan)"))
    def frozen(self, row: FixedHolding) -> SafeString:
        return money(row.frozen_fen)

    @display(description=_("Accrued (yuan)"))
    def accrued_label(self, row: FixedHolding) -> SafeString:
        return money(accrued(row, clock.local_day(clock.now())))

    @display(description=_("At the end"), ordering="instruction")
    def instruction_label(self, row: FixedHolding) -> SafeString:
        return badge(row.instruction, str(row.get_instruction_display()))

    @display(description=_("Why it was not rolled on"))
    def why(self, row: FixedHolding) -> str:
        return plainly(row.code) if row.code else "-"

    @display(description=_("Rate (% a year)"), ordering="rate_bp")
    def rate(self, row: FixedHolding) -> str:
        return f"{row.rate_bp / 100:.2f}"

    @display(description=_("Demand rate (% a year)"))
    def demand_rate(self, row: FixedHolding) -> str:
        return f"{row.demand_rate_bp / 100:.2f}"

    @display(description=_("Day count"))
    def counted(self, row: FixedHolding) -> str:
        return str(row.get_day_count_display())

    @display(description=_("Interest joins every (months)"))
    def compounded(self, row: FixedHolding) -> str:
        return "-" if row.compounding_months is None else str(row.compounding_months)

    @display(description=_("Starts"), ordering="starts_on")
    def starts(self, row: FixedHolding) -> SafeString:
        return on(row.starts_on)

    @display(description=_("Ends"))
    def ends(self, row: FixedHolding) -> SafeString:
        return on(row.ends_on)

    @display(description=_("Matures"), ordering="matures_on")
    def matures(self, row: FixedHolding) -> SafeString:
        return on(row.matures_on)

    @display(description=_("Interest to its end (yuan)"))
    def interest(self, row: FixedHolding) -> SafeString:
        return money(row.interest_fen)

    @display(description=_("Paid at its end (yuan)"))
    def paid(self, row: FixedHolding) -> SafeString:
        return money(row.paid_fen)

    @display(description=_("Interest earned (yuan)"))
    def earned(self, row: FixedHolding) -> SafeString:
        return money(row.earned_fen)

    @display(description=_("Closed on"))
    def closed(self, row: FixedHolding) -> SafeString | str:
        return "-" if row.closed_on is None else on(row.closed_on)

    @display(description=_("Journal of the payout"))
    def pay_journal(self, row: FixedHolding) -> SafeString | str:
        return journal_link(row.pay_journal_id)

    @display(description=_("Moves"))
    def moves(self, row: FixedHolding) -> SafeString:
        header = (_("Day"), _("Move"), _("Principal (yuan)"), _("Interest (yuan)"), _("Customer's money (yuan)"), _("Journal"))
        return table(
            header,
            (
                (
                    on(one.day),
                    badge(one.kind, str(one.get_kind_display())),
                    money(one.principal_fen),
                    money(one.interest_fen),
                    money(one.cash_fen),
                    journal_link(one.journal_id),
                )
                for one in queries.moves(row.pk)
            ),
        )

    @display(description=_("Asked of the issuer"))
    def asked(self, row: FixedHolding) -> SafeString:
        header = (_("Number"), _("State"), _("Result code"))
        one = asking.issuers_word(row) if row.paid_fen else None
        rows = () if one is None else ((link("wealth.issuerrequest", one.pk, one.number), badge(one.state), mono(one.code)),)
        return table(header, rows)


@admin.register(FixedRun, site=desk)
class FixedRunAdmin(DeskAdmin):
    group, place, icon, heading = "wealth", 52, "event_available", _("Maturity runs")
    finds = {"fxr": "pk", "prd": "product_id"}
    search_help_text = _("A public id, of the run or its product")
    list_display = ("number", "of_product", "day", "part", "matured", "rolled", "principal", "interest", "paid_by", "rolled_by", "created")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "of_product"),
                    ("day", "part"),
                    ("matured", "rolled"),
                    ("principal", "interest"),
                    ("rolled_on", "created"),
                    ("paid_by", "rolled_by"),
                )
            },
        ),
    )
    list_filter = ("day", "part")
    list_select_related = ("product",)

    @display(description=_("Run"))
    def number(self, row: FixedRun) -> SafeString | str:
        return link("wealth.fixedrun", row.pk, row.public_id)

    @display(description=_("Product"), ordering="product_id")
    def of_product(self, row: FixedRun) -> str:
        return row.product.code

    @display(description=_("Principal paid (yuan)"))
    def principal(self, row: FixedRun) -> SafeString:
        return money(row.principal_fen)

    @display(description=_("Interest paid (yuan)"))
    def interest(self, row: FixedRun) -> SafeString:
        return money(row.interest_fen)

    @display(description=_("Interest rolled on (yuan)"))
    def rolled_on(self, row: FixedRun) -> SafeString:
        return money(row.rolled_interest_fen)

    @display(description=_("Journal of what was paid"))
    def paid_by(self, row: FixedRun) -> SafeString | str:
        return journal_link(row.pay_journal_id)

    @display(description=_("Journal of what was rolled on"))
    def rolled_by(self, row: FixedRun) -> SafeString | str:
        return journal_link(row.roll_journal_id)

    @display(description=_("Created"), ordering="created_at")
    def created(self, row: FixedRun) -> SafeString | str:
        return when(row.created_at)


class FixedTermsPanel:
    order = 61

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """The open lots, the nearest day first."""
        rows = (
            (link(PAGE, one.pk, one.public_id), product_name(one), money(one.principal_fen), badge(one.state), on(one.matures_on))
            for one in queries.own(customer_id).filter(closed_on=None).order_by("matures_on", "id")[:5]
        )
        header = (_("Holding"), _("Product"), _("Principal (yuan)"), _("State"), _("Matures"))
        return customer_panel(_("Fixed terms"), PAGE, customer_id, header, rows)


class FixedTermFigures:
    order = 32

    def figures(self, *, at: datetime) -> list[Figure]:
        """Lots past their day."""
        number = queries.past_due(clock.local_day(at)).count()
        shown = figure(_("Fixed terms past their day"), number, PAGE, level="bad", state__exact="maturing")
        return [shown] if number else []


CUSTOMER_PANELS.plug("wealth.fixed_term", FixedTermsPanel())
FIGURES.plug("wealth.fixed_term", FixedTermFigures())
WORK_KINDS.plug(
    asking.NOT_ASKED,
    KindOfWork(
        _("An issuer cannot be asked for what matured"),
        _("The customer is paid. See why on the holding's page and its issuer's; it is tried again by itself."),
        ends=_("Once the issuer is asked."),
    ),
)
WORK_KINDS.plug(
    asking.OTHERWISE,
    KindOfWork(
        _("An issuer does not give what matured, or another amount"),
        _("The customer is paid. Ask the issuer why; where it refused, propose on the holding's page to ask it again."),
        ends=_("Once it is asked again, or confirms the amount."),
    ),
)
