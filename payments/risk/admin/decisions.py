"""Every decision that found something, as operators see it; and a customer's latest on the customer page."""

import uuid
from datetime import datetime

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.desk.counted import of_customer
from core.desk.customers import OfCustomer
from core.desk.filters import among
from core.desk.panels import customer_panel
from core.desk.shown import age, link, money
from core.desk.site import desk
from core.desk.sockets import COUNTERS, CUSTOMER_PANELS, Panel
from payments.risk.admin.shown import business_link, facts_table, hits_table, payee_link, scene, scenes, verdict_badge
from payments.risk.models import RiskDecision


@admin.register(RiskDecision, site=desk)
class RiskDecisionAdmin(OfCustomer):
    group, place, icon, heading = "payments", 70, "policy", _("Risk decisions")
    finds = {"cus": "customer_id", "rsk": "pk"}
    list_display = ("number", "owner", "scene_text", "amount", "verdict_label", "codes", "created")
    list_filter = ("verdict", ("business", among(scenes)))
    fieldsets = (
        (None, {"fields": (("number", "verdict_label"), ("owner", "about"), ("amount", "payee_text"), "created")}),
        (_("Why"), {"fields": ("rules_hit",)}),
        (_("Facts"), {"fields": ("facts",)}),
    )

    @display(description=_("Verdict"), ordering="verdict")
    def verdict_label(self, row: RiskDecision) -> SafeString:
        return verdict_badge(row.verdict, str(row.get_verdict_display()))

    @display(description=_("Rules"))
    def codes(self, row: RiskDecision) -> str:
        return ", ".join([hit["code"] for hit in row.hits] + row.inputs["listed"])

    @display(description=_("About"), ordering="business")
    def scene_text(self, row: RiskDecision) -> str:
        return scene(row.business)

    @display(description=_("About"))
    def about(self, row: RiskDecision) -> SafeString | str:
        return business_link(row)

    @display(description=_("Payee"))
    def payee_text(self, row: RiskDecision) -> SafeString | str:
        return payee_link(row)

    @display(description=_("Rules that hit"))
    def rules_hit(self, row: RiskDecision) -> SafeString:
        return hits_table(row)

    @display(description=_("What was known"))
    def facts(self, row: RiskDecision) -> SafeString:
        return facts_table(row)


class DecisionsPanel:
    order = 45

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        words = dict(RiskDecision._meta.get_field("verdict").flatchoices)
        rows = (
            (
                link("payments.riskdecision", row.pk, row.public_id),
                scene(row.business),
                money(row.amount_fen),
                verdict_badge(row.verdict, str(words[row.verdict])),
                age(row.created_at, at),
            )
            for row in RiskDecision.objects.filter(customer_id=customer_id).order_by("-id")[:5]
        )
        header = (_("Risk decision"), _("About"), _("Amount (yuan)"), _("Verdict"), _("Age"))
        return customer_panel(_("Risk decisions"), "payments.riskdecision", customer_id, header, rows)


COUNTERS.plug("risk", of_customer())
CUSTOMER_PANELS.plug("payments.risk", DecisionsPanel())
