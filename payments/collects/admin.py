"""Collects as operators see them, each with its shares and their journals; and their terms."""

import uuid
from datetime import datetime, timedelta

from django.contrib import admin
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.ledger.shown import journal_link
from core.desk.counted import of_customer
from core.desk.customers import OfCustomer, customer_link
from core.desk.dashboard import figure
from core.desk.panels import customer_panel
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.shown import badge, link, money, table, when
from core.desk.site import desk
from core.desk.sockets import COUNTERS, CUSTOMER_PANELS, FIGURES, Figure, Panel
from core.errors import NotFound
from core.ids import parse_public_id
from payments.collects.models import Collect, CollectShare, CollectShareState, CollectState, CollectTerms
from payments.collects.services import MADE_COUNTER

TERMS = ("starts_at", "people_most", "reminders_most", "per_day", "life_days")
LATE = timedelta(minutes=15)


@admin.register(Collect, site=desk)
class CollectAdmin(OfCustomer):
    group = "payments"
    place, icon, heading = 42, "groups", _("Collects")
    finds = {"clt": "pk"}
    list_display = ("number", "owner", "title", "heads", "total", "paid", "state_label", "created")
    list_filter = ("state", "end", "by_link")
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("owner", "title"), ("heads", "by_link"), ("total", "each"), ("own_part", "end"))}),
        (None, {"fields": (("paid", "paid_count"), "declined_count", ("created", "expires"), "changed")}),
        (_("Parts asked"), {"fields": ("shares",)}),
    )

    def find(self, term: str) -> Q | None:
        """A customer's collects, organised or asked of them; and the collect of a share."""
        for prefix, column in (("cls", "pk"), ("cus", "payer_id")):
            try:
                row_id = parse_public_id(prefix, term)
            except NotFound:
                continue
            asked = Q(pk__in=CollectShare.objects.filter(**{column: row_id}).values("collect_id"))
            return asked | Q(customer_id=row_id) if prefix == "cus" else asked
        return None

    @display(description=_("Amount (yuan)"), ordering="total_fen")
    def total(self, row: Collect) -> SafeString:
        return money(row.total_fen)

    @display(description=_("Each (yuan)"))
    def each(self, row: Collect) -> SafeString | str:
        return "-" if row.each_fen is None else money(row.each_fen)

    @display(description=_("Organiser's own part (yuan)"))
    def own_part(self, row: Collect) -> SafeString:
        return money(row.own_fen)

    @display(description=_("Paid (yuan)"))
    def paid(self, row: Collect) -> SafeString:
        return money(row.paid_fen)

    @display(description=_("Expires"))
    def expires(self, row: Collect) -> str:
        return when(row.expires_at)

    @display(description=_("Parts asked"))
    def shares(self, row: Collect) -> SafeString:
        header = (_("Payer"), _("Amount (yuan)"), _("State"), _("Reminders"), _("Paid at"), _("Journal"))
        found = CollectShare.objects.filter(collect_id=row.pk).order_by("created_at", "id")
        return table(
            header,
            (
                (
                    customer_link(share.payer_id),
                    money(share.amount_fen),
                    badge(share.state),
                    share.reminders,
                    when(share.paid_at),
                    journal_link(share.pk if share.state == CollectShareState.PAID else None),
                )
                for share in found
            ),
        )


@admin.register(CollectTerms, site=desk)
class CollectTermsAdmin(ProposedAdmin):
    place, icon, heading = 23, "gavel", _("Collect terms")
    table = RuleTable(CollectTerms, TERMS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "people_most": _("How many people a collect may ask; never more than 100."),
        "reminders_most": _("How often each of them may be reminded, once a day; never more than 3."),
        "per_day": _("How many collects a customer may make in a day."),
        "life_days": _("How long a collect stays open before it closes by itself."),
    }
    list_display = ("starts", "people_most", "reminders_most", "per_day", "life_days")
    ordering = ("-starts_at",)

    @display(description=_("From"), ordering="starts_at")
    def starts(self, row: CollectTerms) -> str:
        return when(row.starts_at)


class CollectsPanel:
    order = 44

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """The newest collects made, and shares asked."""
        organised = Collect.objects.filter(customer_id=customer_id).order_by("-created_at", "-id")[:5]
        asked = CollectShare.objects.filter(payer_id=customer_id).select_related("collect").order_by("-created_at", "-id")[:5]
        found = [(row.created_at, row, row.total_fen, row.state) for row in organised]
        found += [(row.created_at, row.collect, -row.amount_fen, row.state) for row in asked]
        found.sort(key=lambda line: line[0], reverse=True)
        rows = (
            (link("payments.collect", collect.pk, collect.public_id), money(fen), badge(state), when(made))
            for made, collect, fen, state in found
        )
        header = (_("Collect"), _("Amount (yuan)"), _("State"), _("Created"))
        return customer_panel(_("Collects"), "payments.collect", customer_id, header, rows)


class CollectFigures:
    order = 16

    def figures(self, *, at: datetime) -> list[Figure]:
        """What the sweeper should have closed by now."""
        late = Collect.objects.filter(state=CollectState.OPEN, expires_at__lte=at - LATE).count()
        shown = figure(_("Collects not closed in time"), late, "payments.collect", level="warning", state__exact="open")
        return [shown] if late else []


COUNTERS.plug(MADE_COUNTER, of_customer())
CUSTOMER_PANELS.plug("payments.collects", CollectsPanel())
FIGURES.plug("payments.collects", CollectFigures())
