"""The credit studio (drafts, reviews, what the app says, a simulator, suspending, closing), versions, and the highest price."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock import queries as clock
from core.clock.queries import local_day
from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.dashboard import figure
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.proposing import proposing
from core.desk.shown import badge, link, money, on, table, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from credit.products import queries, quoting
from credit.products.desk_shown import diff, prices, told, whole_quote
from credit.products.forms import CreditProductForm, CreditVersionForm, SimulateForm
from credit.products.models import CreditProduct, CreditProductVersion, PriceCap
from credit.products.services import drafting, reviewing
from credit.products.services.drafting import FIELDS
from credit.products.states import CreditProductState, CreditVersionState

GROUP = "credit"


def typed(doing: Doing) -> dict[str, Any]:
    return {name: doing.data[name] for name in FIELDS}


def draft(doing: Doing) -> Words:
    named = {name: doing.data[name] for name in ("code", "kind", "lender")}
    version = drafting.draft(**named, values=typed(doing), at=doing.at)
    return _("{code} is drafted; hand it in for review when it is ready.").format(code=version.product.code)


def next_version(doing: Doing) -> Words:
    version = drafting.next_version(product_id=doing.row.pk, values=typed(doing), at=doing.at)
    return _("Version {number} is drafted; what customers see stays until it is approved.").format(number=version.number)


def hand_in(doing: Doing) -> Words:
    reviewing.hand_in(product_id=doing.row.pk, at=doing.at)
    return _("Handed in: nobody changes it now. Propose to publish it.")


def take_back(doing: Doing) -> Words:
    reviewing.take_back(product_id=doing.row.pk, at=doing.at)
    return _("It is a draft again.")


def suspend(doing: Doing) -> Words:
    reviewing.suspend(product_id=doing.row.pk, reason=doing.data["reason"], at=doing.at)
    return _("Suspended: nothing is lent now; who owes pays back as agreed.")


def close(doing: Doing) -> Words:
    reviewing.close(product_id=doing.row.pk, reason=doing.data["reason"], at=doing.at)
    return _("Closed for good; who owes pays back as agreed.")


def change(doing: Doing) -> Words:
    drafting.change(version_id=doing.row.pk, values=typed(doing), at=doing.at)
    return _("The draft is changed.")


def simulate(doing: Doing) -> dict[str, Any]:
    """The quote a customer would get of this version today."""
    asked = {"amount_fen": doing.data["amount_fen"], "periods": doing.data["periods"], "grade": doing.data["grade"].strip()}
    found = quoting.quote(doing.row, starts_on=local_day(doing.at), most_ppm=queries.most_ppm(doing.at), **asked)
    yearly, effective = quoting.shown_percent(found.price.yearly), quoting.shown_percent(found.price.effective)
    lines = {
        _("A year (IRR × 12)"): f"{yearly} %",
        _("Effective a year"): f"{effective} %",
        _("Cost in all (yuan)"): money(found.cost_fen),
        _("Paid back in all (yuan)"): money(found.total_fen),
        _("Payments"): whole_quote(found),
    }
    return {str(name): shown for name, shown in lines.items()}


def seen(doing: Doing) -> dict[str, Any]:
    version = reviewing.the_open(doing.row.pk)
    return {"target": doing.row.public_id, "seen": reviewing.fingerprint(version), "version": version.number}


def in_state(row: CreditProduct, state: CreditVersionState) -> bool:
    found = queries.the_open(row.pk)
    return found is not None and found.state == state


def shown_for_review(request: HttpRequest, row: CreditProduct) -> str:
    """Who approves reads what changes, what everything costs, and what the app says."""
    version, day = reviewing.the_open(row.pk), local_day(clock.now())
    return diff(queries.before(version), version) + prices(version, day) + told(version, day)


ACTS = (
    Act(
        name="next",
        right="credit_product.draft",
        title=_("Draft the next version"),
        run=next_version,
        form=CreditVersionForm,
        icon="edit_note",
        open_to=lambda row: row.current_id is not None and row.state != CreditProductState.CLOSED and queries.the_open(row.pk) is None,
    ),
    Act(
        name="hand-in",
        right="credit_product.draft",
        title=_("Hand in for review"),
        run=hand_in,
        icon="outbox",
        shows=shown_for_review,
        open_to=lambda row: row.state != CreditProductState.CLOSED and in_state(row, CreditVersionState.DRAFT),
    ),
    Act(
        name="take-back",
        right="credit_product.draft",
        title=_("Take back from review"),
        run=take_back,
        icon="undo",
        open_to=lambda row: in_state(row, CreditVersionState.REVIEWING),
    ),
    proposing(
        "publish",
        act=reviewing.PUBLISH,
        right="credit_product.draft",
        title=_("Propose to publish"),
        named=_("Publish a version of a credit product"),
        payload=seen,
        icon="verified",
        open_to=lambda row: in_state(row, CreditVersionState.REVIEWING),
    ),
    Act(
        name="suspend",
        right="credit_product.suspend",
        title=_("Suspend lending"),
        run=suspend,
        icon="pause_circle",
        variant="danger",
        explain=_("Nothing is lent from now on; who owes pays back as agreed."),
        open_to=lambda row: row.state == CreditProductState.ON_OFFER,
    ),
    proposing(
        "resume",
        act=reviewing.RESUME,
        right="credit_product.draft",
        title=_("Propose to lend again"),
        named=_("Offer a credit product again"),
        payload=lambda doing: {"target": doing.row.public_id},
        icon="play_circle",
        open_to=lambda row: row.state == CreditProductState.SUSPENDED,
    ),
    Act(
        name="close",
        right="credit_product.suspend",
        title=_("Close for good"),
        run=close,
        icon="delete_forever",
        variant="danger",
        explain=_("It never lends again; who owes pays back as agreed."),
        open_to=lambda row: row.state in (CreditProductState.DRAFT, CreditProductState.ON_OFFER, CreditProductState.SUSPENDED),
    ),
)


@admin.register(CreditProduct, site=desk)
class CreditProductAdmin(DeskAdmin):
    group = GROUP
    place, icon, heading = 10, "credit_score", _("Credit products")
    finds = {"crp": "pk"}
    search_help_text = _("A product's id or code")
    list_display = ("code_link", "name", "kind", "lender", "state_label", "version", "changed")
    list_filter = ("state", "kind")
    list_select_related = ("current",)
    ordering = ("-id",)
    acts = ACTS
    list_acts = (
        Act(name="draft", right="credit_product.draft", title=_("Draft a credit product"), run=draft, form=CreditProductForm, icon="add"),
    )
    fieldsets = (
        (
            None,
            {"fields": (("code_link", "state_label"), ("name", "kind"), ("lender", "version"), ("reason_shown",), ("created", "changed"))},
        ),
        (_("Versions"), {"fields": ("versions",)}),
        (_("What it costs"), {"fields": ("priced",)}),
        (_("What the app says"), {"fields": ("page",)}),
    )

    def find(self, term: str) -> Any:
        return queries.with_code(term)

    @display(description=_("Code"), ordering="code")
    def code_link(self, row: CreditProduct) -> SafeString | str:
        return link("credit.creditproduct", row.pk, row.code)

    @display(description=_("Name"))
    def name(self, row: CreditProduct) -> str:
        if row.current is None:
            return "-"
        return row.current.name_zh if (get_language() or "en").startswith("zh") else row.current.name_en

    @display(description=_("Version"))
    def version(self, row: CreditProduct) -> str:
        return "-" if row.current is None else str(row.current.number)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: CreditProduct) -> SafeString:
        return badge(row.state)

    @display(description=_("Reason"))
    def reason_shown(self, row: CreditProduct) -> str:
        return row.reason or "-"

    @display(description=_("Created"))
    def created(self, row: CreditProduct) -> str:
        return when(row.created_at)

    @display(description=_("Changed"))
    def changed(self, row: CreditProduct) -> str:
        return when(row.changed_at)

    @display(description=_("Versions"))
    def versions(self, row: CreditProduct) -> SafeString:
        found = queries.versions(row.pk)[:20]
        rows = ((link("credit.creditproductversion", one.pk, str(one.number)), badge(one.state), when(one.published_at)) for one in found)
        return table((_("Version"), _("State"), _("Published")), rows)

    @display(description=_("The most that is lent"))
    def priced(self, row: CreditProduct) -> SafeString | str:
        return "-" if row.current is None else prices(row.current, local_day(clock.now()))

    @display(description=_("Page"))
    def page(self, row: CreditProduct) -> SafeString | str:
        return "-" if row.current is None else told(row.current, local_day(clock.now()))


@admin.register(CreditProductVersion, site=desk)
class CreditProductVersionAdmin(DeskAdmin):
    group = GROUP
    place, icon, heading = 12, "difference", _("Credit product versions")
    search_help_text = _("A product's id")
    finds = {"crp": "product_id"}
    list_display = ("number_link", "product_link", "state_label", "least", "most", "published", "changed")
    list_filter = ("state",)
    list_select_related = ("product",)
    ordering = ("-id",)
    acts = (
        Act(
            name="edit",
            right="credit_product.draft",
            title=_("Change the draft"),
            run=change,
            form=CreditVersionForm,
            icon="edit",
            open_to=lambda row: row.state == CreditVersionState.DRAFT,
        ),
        Act(
            name="simulate",
            right="credit_product.simulate",
            title=_("Work out a quote"),
            run=simulate,
            form=SimulateForm,
            icon="calculate",
            audited=False,
        ),
    )
    fieldsets = (
        (None, {"fields": (("number_link", "state_label"), ("product_link", "published"), ("least", "most"), ("changed",))}),
        (_("What it says differently from the version before"), {"fields": ("difference",)}),
        (_("What it costs"), {"fields": ("priced",)}),
        (_("All it says"), {"fields": ("whole",)}),
        (_("What the app says"), {"fields": ("page",)}),
    )

    @display(description=_("Version"), ordering="number")
    def number_link(self, row: CreditProductVersion) -> SafeString | str:
        return link("credit.creditproductversion", row.pk, str(row.number))

    @display(description=_("Product"), ordering="product_id")
    def product_link(self, row: CreditProductVersion) -> SafeString | str:
        return link("credit.creditproduct", row.product_id, row.product.code)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: CreditProductVersion) -> SafeString:
        return badge(row.state)

    @display(description=_("Lent at least (yuan)"))
    def least(self, row: CreditProductVersion) -> SafeString:
        return money(row.least_fen)

    @display(description=_("Lent at most (yuan)"))
    def most(self, row: CreditProductVersion) -> SafeString:
        return money(row.most_fen)

    @display(description=_("Published"))
    def published(self, row: CreditProductVersion) -> str:
        return when(row.published_at)

    @display(description=_("Changed"))
    def changed(self, row: CreditProductVersion) -> str:
        return when(row.changed_at)

    @display(description=_("Says"))
    def whole(self, row: CreditProductVersion) -> SafeString:
        return diff(None, row)

    @display(description=_("Changes"))
    def difference(self, row: CreditProductVersion) -> SafeString:
        return diff(queries.before(row), row)

    @display(description=_("The most that is lent"))
    def priced(self, row: CreditProductVersion) -> SafeString:
        return prices(row, local_day(clock.now()))

    @display(description=_("Page"))
    def page(self, row: CreditProductVersion) -> SafeString:
        return told(row, local_day(clock.now()))


@admin.register(PriceCap, site=desk)
class PriceCapAdmin(ProposedAdmin):
    group, place, icon, heading = GROUP, 60, "gavel", _("Highest price")
    table = RuleTable(PriceCap, ("effective_on", "most_ppm"), RULE_MAKERS, RULE_CHECKERS)
    helps = {"most_ppm": _("Of everything a customer pays, a year, as twelve times the monthly rate; 240000 is 24 %.")}
    list_display = ("starts", "most")
    ordering = ("-effective_on",)

    @display(description=_("From"), ordering="effective_on")
    def starts(self, row: PriceCap) -> SafeString:
        return on(row.effective_on)

    @display(description=_("At most a year"))
    def most(self, row: PriceCap) -> str:
        return f"{queries.percent(row.most_ppm)} %"


class CreditProductFigures:
    order = 40

    def figures(self, *, at: datetime) -> list[Figure]:
        """Versions that wait for a second person."""
        waiting = queries.to_review()
        shown = figure(_("Credit versions to review"), waiting, "credit.creditproductversion", level="warning", state__exact="reviewing")
        return [shown] if waiting else []


FIGURES.plug("credit.products", CreditProductFigures())
