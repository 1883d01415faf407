"""Draws at the desk: the plan, what it asks and has, what was paid and what that was for, with its journals."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.ledger.shown import journal_link
from core.clock import queries as clock
from core.clock.queries import local_day
from core.desk.customers import OfCustomer
from core.desk.shown import badge, link, money, on, plainly, table, when
from core.desk.site import desk
from core.ids import public_id
from credit.debts import page, queries
from credit.debts.models import Draw
from credit.products.queries import percent

DRAW = "credit.draw"
SHOWN = 100


@admin.register(Draw, site=desk)
class DrawAdmin(OfCustomer):
    group, place, icon, heading = "credit", 66, "account_balance_wallet", _("Draws")
    finds = {"drw": "pk", "cus": "customer_id", "crl": "line_id", "crp": "product_id"}
    search_help_text = _("A public id: of the draw, its customer, its line or its product")
    list_display = ("number", "state_label", "owner", "of_product", "amount", "periods", "rate", "since", "created")
    list_filter = ("state", "kind")
    list_select_related = ("product", "version", "line")
    ordering = ("-id",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("owner", "of_product"),
                    ("of_line", "amount"),
                    ("periods", "rate"),
                    ("since", "settled"),
                    ("created", "agreed"),
                )
            },
        ),
        (_("What is owed today"), {"fields": ("standing",)}),
        (_("Instalments"), {"fields": ("schedule",)}),
        (_("Lent and paid"), {"fields": ("movements",)}),
        (_("Plans"), {"fields": ("plans",)}),
    )

    @display(description=_("Draw"))
    def number(self, row: Draw) -> SafeString | str:
        return link(DRAW, row.pk, row.public_id)

    @display(description=_("Product"), ordering="product_id")
    def of_product(self, row: Draw) -> SafeString | str:
        named = row.version.name_zh if (get_language() or "en").startswith("zh") else row.version.name_en
        return link("credit.creditproduct", row.product_id, named)

    @display(description=_("Line"))
    def of_line(self, row: Draw) -> SafeString | str:
        return link("credit.creditline", row.line_id, public_id("crl", row.line_id))

    @display(description=_("Borrowed (yuan)"), ordering="amount_fen")
    def amount(self, row: Draw) -> SafeString:
        return money(row.amount_fen)

    @display(description=_("Interest a year (%)"), ordering="rate_ppm")
    def rate(self, row: Draw) -> str:
        return percent(row.rate_ppm)

    @display(description=_("Since"), ordering="starts_on")
    def since(self, row: Draw) -> SafeString:
        return on(row.starts_on)

    @display(description=_("Settled on"))
    def settled(self, row: Draw) -> SafeString | str:
        return on(row.settled_on) if row.settled_on else "-"

    @display(description=_("Created"), ordering="created_at")
    def created(self, row: Draw) -> SafeString | str:
        return when(row.created_at)

    @display(description=_("Hash of what was agreed to"))
    def agreed(self, row: Draw) -> str:
        return str(plainly(row.quote_sha256))

    @display(description=_("Owed"))
    def standing(self, row: Draw) -> SafeString:
        [found] = page.standings([row], local_day(clock.now()))
        header = (_("Due now (yuan)"), _("Overdue (yuan)"), _("Since"), _("Principal (yuan)"), _("Ends it today (yuan)"))
        late = on(found.late_since) if found.late_since else "-"
        values = money(found.due_fen), money(found.late_fen), late, money(found.debt.principal_fen), money(found.settlement.amount_fen)
        return table(header, [values])

    @display(description=_("What each asks and has"))
    def schedule(self, row: Draw) -> SafeString:
        header = (
            _("No."), _("State"), _("Due"), _("Principal (yuan)"), _("Interest (yuan)"), _("Fee (yuan)"), _("Penalty (yuan)"),
            _("Paid (yuan)"), _("Left (yuan)"),
        )  # fmt: skip
        return table(
            header,
            (
                (
                    one.number, badge(one.state), on(one.due_on), money(one.principal_fen), money(one.interest_fen), money(one.fee_fen),
                    money(one.penalty_fen), money(one.paid_fen), money(one.open_fen),
                )
                for one in queries.instalments(row.pk)
            ),
        )  # fmt: skip

    @display(description=_("Movements"))
    def movements(self, row: Draw) -> SafeString:
        header = (_("When"), _("What"), _("Amount (yuan)"), _("What it was for"), _("Journal"))
        parts = queries.allocations(row.pk)
        return table(
            header,
            (
                (
                    when(one.created_at), badge(one.kind), money(one.amount_fen),
                    table((), [[part.number, badge(part.toward), money(part.amount_fen)] for part in parts.get(one.pk, [])])
                    if one.pk in parts else "-",
                    journal_link(one.journal_id),
                )
                for one in queries.txns(row.pk)[:SHOWN]
            ),
        )  # fmt: skip

    @display(description=_("Versions"))
    def plans(self, row: Draw) -> SafeString:
        header = (_("No."), _("State"), _("Made on"), _("Paid ahead (yuan)"))
        return table(header, ((one.number, badge(one.state), on(one.made_on), money(sum(one.ahead_fen))) for one in queries.plans(row.pk)))
