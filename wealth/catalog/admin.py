"""The product studio (drafts, reviews, what the app shows, suspending, closing), versions with what they changed, and the quota board."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.dashboard import figure
from core.desk.proposing import proposing
from core.desk.shown import badge, link, money, mono, table, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from wealth.catalog import queries
from wealth.catalog.desk_shown import diff, preview
from wealth.catalog.forms import ProductForm, VersionForm
from wealth.catalog.models import TOTAL, Product, ProductVersion, QuotaUse
from wealth.catalog.services import drafting, reviewing
from wealth.catalog.services.drafting import FIELDS
from wealth.catalog.states import ProductState, VersionState

GROUP = "wealth"
NEARLY = 10


def typed(doing: Doing) -> dict[str, Any]:
    return {name: doing.data[name] for name in FIELDS}


def draft(doing: Doing) -> Words:
    named = {name: doing.data[name] for name in ("code", "kind", "issuer_code")}
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
    return _("Suspended: nobody can buy it now; who holds it may redeem.")


def close(doing: Doing) -> Words:
    reviewing.close(product_id=doing.row.pk, reason=doing.data["reason"], at=doing.at)
    return _("Closed for good; who holds it may redeem.")


def change(doing: Doing) -> Words:
    drafting.change(version_id=doing.row.pk, values=typed(doing), at=doing.at)
    return _("The draft is changed.")


def seen(doing: Doing) -> dict[str, Any]:
    version = reviewing.the_open(doing.row.pk)
    return {"target": doing.row.public_id, "seen": reviewing.fingerprint(version), "version": version.number}


def is_open(row: Product, state: VersionState) -> bool:
    return ProductVersion.objects.filter(product=row, state=state).exists()


def shown_for_review(request: HttpRequest, row: Product) -> str:
    """Who approves reads what changes, and the page as the app would show it."""
    version = reviewing.the_open(row.pk)
    return diff(queries.before(version), version) + preview(version, clock.now())


ACTS = (
    Act(
        name="next",
        right="product.draft",
        title=_("Draft the next version"),
        run=next_version,
        form=VersionForm,
        icon="edit_note",
        open_to=lambda row: row.current_id is not None and row.state != ProductState.CLOSED and not has_open(row),
    ),
    Act(
        name="hand-in",
        right="product.draft",
        title=_("Hand in for review"),
        run=hand_in,
        icon="outbox",
        shows=shown_for_review,
        open_to=lambda row: row.state != ProductState.CLOSED and is_open(row, VersionState.DRAFT),
    ),
    Act(
        name="take-back",
        right="product.draft",
        title=_("Take back from review"),
        run=take_back,
        icon="undo",
        open_to=lambda row: is_open(row, VersionState.REVIEWING),
    ),
    proposing(
        "publish",
        act=reviewing.PUBLISH,
        right="product.draft",
        title=_("Propose to publish"),
        named=_("Publish a version of a product"),
        payload=seen,
        icon="verified",
        open_to=lambda row: is_open(row, VersionState.REVIEWING),
    ),
    Act(
        name="suspend",
        right="product.suspend",
        title=_("Suspend sales"),
        run=suspend,
        icon="pause_circle",
        variant="danger",
        explain=_("Nobody can buy it from now on; who holds it may redeem."),
        open_to=lambda row: row.state == ProductState.ON_SALE,
    ),
    proposing(
        "resume",
        act=reviewing.RESUME,
        right="product.draft",
        title=_("Propose to sell again"),
        named=_("Sell a product again"),
        payload=lambda doing: {"target": doing.row.public_id},
        icon="play_circle",
        open_to=lambda row: row.state == ProductState.SUSPENDED,
    ),
    Act(
        name="close",
        right="product.suspend",
        title=_("Close for good"),
        run=close,
        icon="delete_forever",
        variant="danger",
        explain=_("It is never sold again; who holds it may redeem."),
        open_to=lambda row: row.state in (ProductState.DRAFT, ProductState.ON_SALE, ProductState.SUSPENDED),
    ),
)


def has_open(row: Product) -> bool:
    return ProductVersion.objects.filter(product=row).exclude(state=VersionState.PUBLISHED).exists()


@admin.register(Product, site=desk)
class ProductAdmin(DeskAdmin):
    group = GROUP
    place, icon, heading = 10, "inventory_2", _("Products")
    finds = {"prd": "pk"}
    search_help_text = _("A product's id or code")
    list_display = ("code_link", "name", "kind", "issuer_code", "risk", "state_label", "version", "changed")
    list_filter = ("state", "kind")
    list_select_related = ("current",)
    ordering = ("-id",)
    acts = ACTS
    list_acts = (Act(name="draft", right="product.draft", title=_("Draft a product"), run=draft, form=ProductForm, icon="add"),)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("code_link", "state_label"), ("name", "kind"), ("issuer_code", "risk"), ("version", "reason_shown"),
                    ("created", "changed"),
                )
            },
        ),
        (_("Versions"), {"fields": ("versions",)}),
        (_("As the app shows it"), {"fields": ("page",)}),
    )  # fmt: skip

    def find(self, term: str) -> Any:
        return queries.with_code(term)

    @display(description=_("Code"), ordering="code")
    def code_link(self, row: Product) -> SafeString | str:
        return link("wealth.product", row.pk, row.code)

    @display(description=_("Name"))
    def name(self, row: Product) -> str:
        return (row.name_zh if (get_language() or "en").startswith("zh") else row.name_en) or "-"

    @display(description=_("Risk"))
    def risk(self, row: Product) -> str:
        return "-" if row.current is None else row.current.risk

    @display(description=_("Version"))
    def version(self, row: Product) -> str:
        return "-" if row.current is None else str(row.current.number)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: Product) -> SafeString:
        return badge(row.state)

    @display(description=_("Reason"))
    def reason_shown(self, row: Product) -> str:
        return row.reason or "-"

    @display(description=_("Created"))
    def created(self, row: Product) -> str:
        return when(row.created_at)

    @display(description=_("Changed"))
    def changed(self, row: Product) -> str:
        return when(row.changed_at)

    @display(description=_("Versions"))
    def versions(self, row: Product) -> SafeString:
        found = ProductVersion.objects.filter(product=row).order_by("-number")[:20]
        header = (_("Version"), _("State"), _("Risk"), _("Published"))
        return table(
            header,
            ((link("wealth.productversion", one.pk, str(one.number)), badge(one.state), one.risk, when(one.published_at)) for one in found),
        )

    @display(description=_("Page"))
    def page(self, row: Product) -> SafeString | str:
        return "-" if row.current is None else preview(row.current, clock.now())


@admin.register(ProductVersion, site=desk)
class ProductVersionAdmin(DeskAdmin):
    group = GROUP
    place, icon, heading = 12, "difference", _("Product versions")
    search_help_text = _("A product's id")
    finds = {"prd": "product_id"}
    list_display = ("number_link", "product_link", "state_label", "risk", "minimum", "published", "changed")
    list_filter = ("state", "risk")
    list_select_related = ("product",)
    ordering = ("-id",)
    acts = (
        Act(
            name="change",
            right="product.draft",
            title=_("Change the draft"),
            run=change,
            form=VersionForm,
            icon="edit",
            open_to=lambda row: row.state == VersionState.DRAFT,
        ),
    )
    fieldsets = (
        (None, {"fields": (("number_link", "state_label"), ("product_link", "published"), ("changed", "risk_hash"))}),
        (_("What it says differently from the version before"), {"fields": ("difference",)}),
        (_("All it says, with the disclosure"), {"fields": ("whole",)}),
        (_("As the app would show it"), {"fields": ("page",)}),
    )

    @display(description=_("Version"), ordering="number")
    def number_link(self, row: ProductVersion) -> SafeString | str:
        return link("wealth.productversion", row.pk, str(row.number))

    @display(description=_("Product"), ordering="product_id")
    def product_link(self, row: ProductVersion) -> SafeString | str:
        return link("wealth.product", row.product_id, row.product.code)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: ProductVersion) -> SafeString:
        return badge(row.state)

    @display(description=_("Minimum (yuan)"))
    def minimum(self, row: ProductVersion) -> SafeString:
        return money(row.minimum_fen)

    @display(description=_("Published"))
    def published(self, row: ProductVersion) -> str:
        return when(row.published_at)

    @display(description=_("Changed"))
    def changed(self, row: ProductVersion) -> str:
        return when(row.changed_at)

    @display(description=_("Hash of the risk text"))
    def risk_hash(self, row: ProductVersion) -> SafeString:
        return mono(row.risk_sha256)

    @display(description=_("Says"))
    def whole(self, row: ProductVersion) -> SafeString:
        return diff(None, row)

    @display(description=_("Changes"))
    def difference(self, row: ProductVersion) -> SafeString:
        return diff(queries.before(row), row)

    @display(description=_("Page"))
    def page(self, row: ProductVersion) -> SafeString:
        return preview(row, clock.now())


@admin.register(QuotaUse, site=desk)
class QuotaBoardAdmin(DeskAdmin):
    group = GROUP
    place, icon, heading = 14, "speed", _("Quota board")
    search_help_text = _("A product's id")
    finds = {"prd": "product_id"}
    list_display = ("product_link", "period_label", "sold", "quota", "left", "used_percent")
    list_select_related = ("product__current",)
    ordering = ("-period", "-used_fen", "pk")
    fieldsets = ((None, {"fields": (("product_link", "period_label"), ("sold", "quota"), ("left", "used_percent"))}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuotaUse]:
        """What is sold in all, and of the trade dates from today on."""
        return queries.board(super().get_queryset(request), clock.local_day(clock.now()))

    def quota_fen(self, row: QuotaUse) -> int | None:
        version = row.product.current
        if version is None:
            return None
        return version.total_quota_fen if row.period == TOTAL else version.daily_quota_fen

    @display(description=_("Product"), ordering="product_id")
    def product_link(self, row: QuotaUse) -> SafeString | str:
        return link("wealth.product", row.product_id, row.product.code)

    @display(description=_("Of"), ordering="period")
    def period_label(self, row: QuotaUse) -> Words:
        return _("all") if row.period == TOTAL else row.period

    @display(description=_("Sold (yuan)"), ordering="used_fen")
    def sold(self, row: QuotaUse) -> SafeString:
        return money(row.used_fen)

    @display(description=_("Quota (yuan)"))
    def quota(self, row: QuotaUse) -> SafeString:
        return money(self.quota_fen(row))

    @display(description=_("Left (yuan)"))
    def left(self, row: QuotaUse) -> SafeString:
        quota_fen = self.quota_fen(row)
        return money(None if quota_fen is None else max(quota_fen - row.used_fen, 0))

    @display(description=_("Used"))
    def used_percent(self, row: QuotaUse) -> str:
        quota_fen = self.quota_fen(row)
        return "-" if not quota_fen else f"{row.used_fen * 100 // quota_fen} %"


class ProductFigures:
    order = 30

    def figures(self, *, at: Any) -> list[Figure]:
        """Versions that wait for a second person, and products of which hardly anything is left."""
        waiting = ProductVersion.objects.filter(state=VersionState.REVIEWING).count()
        short = queries.nearly_sold_out(NEARLY)
        reviews = figure(_("Versions to review"), waiting, "wealth.productversion", level="warning", state__exact="reviewing")
        quotas = figure(_("Products nearly sold out"), short, "wealth.quotause", level="warning")
        return [shown for shown, number in ((reviews, waiting), (quotas, short)) if number]


FIGURES.plug("wealth.catalog", ProductFigures())
