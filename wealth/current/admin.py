"""Money funds at the desk: quotes with what a revision corrects, holdings with their days, and the runs that booked them."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.ledger.shown import journal_link
from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.customers import OfCustomer
from core.desk.dashboard import figure
from core.desk.proposing import proposing
from core.desk.shown import link, money, table, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from core.errors import NotFound
from core.work.sockets import WORK_KINDS, KindOfWork
from wealth.catalog import queries as catalog
from wealth.current import importing, issuers_word, late, queries, waiting
from wealth.current.forms import FileForm, QuoteForm, RevisionForm
from wealth.current.models import CurrentHolding, CurrentQuote, CurrentRun
from wealth.current.sensitive import facts_of
from wealth.current.services import quotes
from wealth.current.services.quotes import Line
from wealth.current.states import Source

DAYS = 31
E8 = Decimal(10) ** 8


def one_quote(doing: Doing) -> dict[str, Any]:
    product = catalog.by_code(doing.data["product"])
    if product is None:
        raise NotFound()
    line = Line(product.pk, doing.data["day"], doing.data["income"], doing.data["seven_day"])
    return {"source": str(Source.DESK), "lines": [facts_of(line)]}


def a_file(doing: Doing) -> dict[str, Any]:
    lines = importing.parsed(doing.data["text"], at=doing.at)
    return {"source": str(Source.FILE), "lines": [facts_of(line) for line in lines]}


def revision(doing: Doing) -> dict[str, Any]:
    """The proposal carries what it corrects: whoever approves reads it there, and it is refused when it is not so any more."""
    line = Line(doing.row.product_id, doing.row.day, doing.data["income"], doing.data["seven_day"])
    facts = facts_of(line)
    return {"target": f"{facts['product']}:{facts['day']}", **facts, "seen": asdict(quotes.preview(line=line, at=doing.at))}


def in_force(row: CurrentQuote) -> bool:
    return queries.quote(row.product_id, row.day) == row


def catch_up(doing: Doing) -> Words:
    return str(_("{rows} days of holdings booked.")).format(rows=late.catch_up_all(at=doing.at))


class OfProduct(DeskAdmin):
    """Rows of a product."""

    list_select_related = ("product",)

    @display(description=_("Product"), ordering="product_id")
    def of_product(self, row: Any) -> SafeString | str:
        return str(row.product.code)


@admin.register(CurrentQuote, site=desk)
class CurrentQuoteAdmin(OfProduct):
    group, place, icon, heading = "wealth", 20, "show_chart", _("Quotes of money funds")
    list_acts = (
        proposing(
            "enter",
            act=quotes.ENTER,
            right="current.quote",
            title=_("Propose a quote"),
            named=_("Enter quotes of money funds"),
            payload=one_quote,
            form=QuoteForm,
            icon="add",
        ),
        proposing(
            "import",
            act=quotes.ENTER,
            right="current.quote",
            title=_("Propose the quotes of a file"),
            named=_("Enter quotes of money funds"),
            payload=a_file,
            form=FileForm,
            icon="upload_file",
        ),
    )
    acts = (
        proposing(
            "revise",
            act=quotes.REVISE,
            right="current.quote",
            title=_("Propose a revision"),
            named=_("Revise a quote of a money fund"),
            payload=revision,
            form=RevisionForm,
            icon="history",
            explain=_(
                "Every day from this one on is taken back and booked anew. The proposal says what that corrects, holder by holder summed."
            ),
            open_to=in_force,
        ),
    )
    finds = {"cqt": "pk", "prd": "product_id"}
    search_help_text = _("A public id, of the quote or its product")
    list_display = ("number", "of_product", "day", "revision", "income_per_10k", "seven_day", "source", "created")
    fieldsets = (
        (None, {"fields": (("number", "of_product"), ("day", "revision"), ("income_per_10k", "seven_day"), ("source", "created"))}),
    )
    list_filter = ("source", "day")
    ordering = ("-day", "-id")

    @display(description=_("Created"), ordering="created_at")
    def created(self, row: CurrentQuote) -> SafeString | str:
        return when(row.created_at)

    @display(description=_("Quote"))
    def number(self, row: CurrentQuote) -> SafeString | str:
        return link("wealth.currentquote", row.pk, row.public_id)


@admin.register(CurrentHolding, site=desk)
class CurrentHoldingAdmin(OfCustomer, OfProduct):
    group, place, icon, heading = "wealth", 30, "savings", _("Holdings of money funds")
    finds = {"chd": "pk", "cus": "customer_id", "prd": "product_id"}
    search_help_text = _("A public id: of the holding, its customer or its product")
    list_display = ("number", "owner", "of_product", "units", "frozen", "owed", "booked_through")
    fieldsets = (
        (None, {"fields": (("number", "owner"), ("of_product", "units"), ("frozen", "owed"), ("fraction", "booked_through"))}),
        (_("Days"), {"fields": ("days",)}),
    )

    @display(description=_("Holding"))
    def number(self, row: CurrentHolding) -> SafeString | str:
        return link("wealth.currentholding", row.pk, row.public_id)

    @display(description=_("Units"), ordering="units_fen")
    def units(self, row: CurrentHolding) -> SafeString:
        return money(row.units_fen)

    @display(description=_("Frozen units"))
    def frozen(self, row: CurrentHolding) -> SafeString:
        return money(row.frozen_fen)

    @display(description=_("Owed (yuan)"))
    def owed(self, row: CurrentHolding) -> SafeString:
        return money(row.owed_fen)

    @display(description=_("Carried (fen)"))
    def fraction(self, row: CurrentHolding) -> str:
        return f"{Decimal(row.residual_e8) / E8:.8f}"

    @display(description=_("Days"))
    def days(self, row: CurrentHolding) -> SafeString:
        header = (_("Day"), _("Booking"), _("Units"), _("Income per 10,000 units (yuan)"), _("Income (yuan)"), _("Carried (fen)"))
        rows = (
            (
                one.day.isoformat(),
                f"{one.booking} -" if one.reversal else one.booking,
                money(one.units_fen),
                Decimal(one.rate_e4).scaleb(-4),
                money(one.income_fen),
                f"{Decimal(one.residual_e8) / E8:.8f}",
            )
            for one in queries.days(row.pk).order_by("-day", "-booking", "-reversal")[:DAYS]
        )
        return table(header, rows)


@admin.register(CurrentRun, site=desk)
class CurrentRunAdmin(OfProduct):
    group, place, icon, heading = "wealth", 40, "fact_check", _("Income runs")
    list_acts = (
        Act(
            name="catch-up",
            right="current.catch_up",
            title=_("Book what waits"),
            run=catch_up,
            icon="sync",
            calls_out=True,
            explain=_("Books days whose quote came late, and anew those whose quote was revised; it is done every minute by itself."),
        ),
    )
    finds = {"cin": "pk", "prd": "product_id"}
    search_help_text = _("A public id, of the run or its product")
    list_display = ("number", "of_product", "day", "part", "booking", "reversal", "holdings", "units", "income", "journal", "created")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "of_product"),
                    ("day", "part"),
                    ("booking", "reversal"),
                    ("by_quote", "holdings"),
                    ("units", "income"),
                    ("journal", "created"),
                )
            },
        ),
    )
    list_filter = ("day", "reversal", "part")

    @display(description=_("Run"))
    def number(self, row: CurrentRun) -> SafeString | str:
        return link("wealth.currentrun", row.pk, row.public_id)

    @display(description=_("Quote"))
    def by_quote(self, row: CurrentRun) -> SafeString | str:
        return "-" if row.quote is None else link("wealth.currentquote", row.quote.pk, row.quote.public_id)

    @display(description=_("Units"))
    def units(self, row: CurrentRun) -> SafeString:
        return money(row.units_fen)

    @display(description=_("Income (yuan)"))
    def income(self, row: CurrentRun) -> SafeString:
        return money(row.income_fen)

    @display(description=_("Journal"))
    def journal(self, row: CurrentRun) -> SafeString | str:
        return journal_link(row.journal_id)

    @display(description=_("Created"), ordering="created_at")
    def created(self, row: CurrentRun) -> SafeString | str:
        return when(row.created_at)


class CurrentFigures:
    order = 31

    def figures(self, *, at: datetime) -> list[Figure]:
        number = len(waiting.missing(through=queries.bookable_through()))
        shown = figure(_("Money funds that wait for a quote"), number, "wealth.currentquote", level="bad")
        return [shown] if number else []


FIGURES.plug("wealth.current", CurrentFigures())
WORK_KINDS.plug(
    waiting.MISSING,
    KindOfWork(
        _("A money fund has no quote of a day"),
        _("Ask the issuer, or propose the quote; the fund's days wait, and are made up once it is there."),
        ends=_("Once the quote is there."),
    ),
)
WORK_KINDS.plug(
    issuers_word.UNSOUND,
    KindOfWork(
        _("An issuer quoted what cannot be meant"),
        _("Read what it said and why it was not taken; ask the issuer, and propose the quote that is right."),
    ),
)
WORK_KINDS.plug(
    quotes.REVISED,
    KindOfWork(
        _("An issuer says another income than the quote of a day"),
        _("Ask the issuer which is right; where it is the new one, propose the revision on the quote's page."),
        ends=_("Once a revision is approved."),
    ),
)
