"""Reads of the catalogue."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, CharField, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce

from core.business_day import queries as business_day
from core.clock.queries import SHANGHAI
from core.errors import DomainError, NotFound
from core.ids import public_id
from wealth.catalog.dates import ordered_at
from wealth.catalog.models import TOTAL, Product, ProductVersion, ProductYield, QuotaHold, QuotaUse
from wealth.catalog.states import SHOWN, ProductState

__all__ = ["Product", "ProductVersion", "ProductYield"]
LEAST = -1_000_000
OPEN_TERM = 1_000_000


class ProductNotOnSale(DomainError):
    code = "product_not_on_sale"
    en = "{name} is not sold now. Choose another product."
    zh = "{name} 当前暂停销售,请选择其他产品。"


class AmountTooSmall(DomainError):
    """Fen."""

    code = "product_amount_too_small"
    status = 422
    en = "This product is bought from {minimum_fen} fen on. Raise the amount."
    zh = "该产品起购金额为 {minimum_fen} 分,请提高金额。"


class AmountOffStep(DomainError):
    """Fen."""

    code = "product_amount_off_step"
    status = 422
    en = "Above {minimum_fen} fen this product is bought in steps of {step_fen} fen. {below_fen} fen would do."
    zh = "该产品 {minimum_fen} 分起购,按 {step_fen} 分递增,可改为 {below_fen} 分。"


@dataclass(frozen=True)
class Offered:
    """A product and the version of it that is sold now."""

    product: Product
    version: ProductVersion


def product(product_id: uuid.UUID) -> Product:
    """A product that was on sale once. Raises NotFound."""
    found = Product.objects.select_related("current").filter(pk=product_id, current__isnull=False).first()
    if found is None:
        raise NotFound()
    return found


def by_code(code: str) -> Product | None:
    return Product.objects.select_related("current").filter(code=code).first()


def many_by_code_or_id(*, codes: Collection[str], product_ids: Collection[uuid.UUID]) -> list[Product]:
    """Those that were on sale once, in no order."""
    return list(Product.objects.select_related("current__product").filter(Q(code__in=codes) | Q(pk__in=product_ids), current__isnull=False))


def is_of_kind(product_id: uuid.UUID, kind: str) -> bool:
    """Whether there is such a product, drafted or sold."""
    return Product.objects.filter(pk=product_id, kind=kind).exists()


def code_of(product_id: uuid.UUID) -> str:
    """The code of a product there is."""
    return Product.objects.values_list("code", flat=True).get(pk=product_id)


def current_version(product: Product) -> ProductVersion:
    """What is sold of it, or was last. Raises NotFound where nothing ever was."""
    if product.current is None:
        raise NotFound()
    return product.current


def version(version_id: uuid.UUID) -> ProductVersion:
    """Raises NotFound."""
    found = ProductVersion.objects.filter(pk=version_id).first()
    if found is None:
        raise NotFound()
    return found


def offered(product_id: uuid.UUID, at: datetime) -> Offered:
    """Raises NotFound for what was never sold, ProductNotOnSale."""
    found = product(product_id)
    if found.state != ProductState.ON_SALE:
        raise ProductNotOnSale(name=found.name_zh)
    return Offered(found, current_version(found))


def held_on_sale(product_id: uuid.UUID) -> Offered:
    """The same with the product's row share-locked, so that nobody suspends it before the caller's commit."""
    locked = Product.objects.select_for_update(of=("self",), no_key=True).filter(pk=product_id).exists()
    if not locked:
        raise NotFound()
    found = product(product_id)
    if found.state != ProductState.ON_SALE:
        raise ProductNotOnSale(name=found.name_zh)
    return Offered(found, current_version(found))


def require_amount(version: ProductVersion, amount_fen: int) -> None:
    """Raises AmountTooSmall, AmountOffStep."""
    if amount_fen < version.minimum_fen:
        raise AmountTooSmall(field="amount", minimum_fen=version.minimum_fen)
    over = (amount_fen - version.minimum_fen) % version.step_fen
    if over:
        raise AmountOffStep(field="amount", minimum_fen=version.minimum_fen, step_fen=version.step_fen, below_fen=amount_fen - over)


def used(period: Any) -> Subquery:
    """What is sold of a product in a period, beside its row."""
    row = QuotaUse.objects.filter(product=OuterRef("pk"), period=period).values("used_fen")
    return Subquery(row, output_field=BigIntegerField())


def trades_on(at: datetime) -> Case:
    """The trade date of an order made at `at`, as a quota's period, beside each product: exchanges and cut-offs differ. The natural day
    beyond the calendar."""
    local = at.astimezone(SHANGHAI)
    today = local.date()
    found = []
    for exchange in Product.objects.filter(state__in=SHOWN).order_by().values_list("current__exchange", flat=True).distinct():
        days = business_day.trading_days_from(today, 2, exchange=exchange)
        here = Q(current__exchange=exchange)
        if len(days) == 2 and days[0] == today:
            found.append(When(here & Q(current__cut_off__lte=local.time()), then=Value(days[1].isoformat())))
        if days:
            found.append(When(here, then=Value(days[0].isoformat())))
    return Case(*found, default=Value(today.isoformat()), output_field=CharField())


def shown(at: datetime) -> QuerySet[Product]:
    """What customers find: on sale or suspended, with quota left for at least its minimum."""
    rows = with_use(at).filter(state__in=SHOWN)
    left = Q(current__total_quota_fen=None) | Q(current__total_quota_fen__gte=F("sold_fen") + F("current__minimum_fen"))
    today = Q(current__daily_quota_fen=None) | Q(current__daily_quota_fen__gte=F("sold_today_fen") + F("current__minimum_fen"))
    return rows.filter(left & today)


def one_shown(product_id: uuid.UUID, at: datetime) -> Product:
    """A product as customers see it, sold out or not. Raises NotFound for one they never saw, and one that is closed."""
    found = with_use(at).filter(pk=product_id, state__in=SHOWN).first()
    if found is None:
        raise NotFound()
    return found


def many_shown(product_ids: Collection[uuid.UUID], at: datetime) -> list[Product]:
    """Several in the order asked for, in one query. Raises NotFound when one is not there."""
    found = {row.pk: row for row in with_use(at).filter(pk__in=product_ids, state__in=SHOWN)}
    if len(found) != len(set(product_ids)):
        raise NotFound()
    return [found[product_id] for product_id in product_ids]


def sortable(rows: QuerySet[Product]) -> QuerySet[Product]:
    """With what lists sort by beside each row, never null: open terms last, an unknown yield last."""
    seven_day_bp = Cast(F("measured__seven_day_percent") * 100, IntegerField())
    return rows.annotate(
        risk_level=F("current__risk"),
        yield_sort=Coalesce(seven_day_bp, F("current__yield_high_bp"), Value(LEAST)),
        fast_sort=F("current__t0_cap_fen"),
        days_sort=F("current__redeem_days"),
        term_sort=Coalesce(F("current__term_days"), Value(OPEN_TERM)),
        published_sort=F("current__published_at"),
    )


def with_use(at: datetime) -> QuerySet[Product]:
    """Products with `sold_fen`, and `sold_today_fen` of the date an order would trade on, beside them."""
    nothing = Value(0)
    rows = Product.objects.select_related("current", "measured").annotate(trades_on=trades_on(at))
    return rows.annotate(sold_fen=Coalesce(used(TOTAL), nothing), sold_today_fen=Coalesce(used(OuterRef("trades_on")), nothing))


def trade_date(version: ProductVersion, at: datetime) -> date:
    """The day an order made now trades on. Raises BeyondCalendar."""
    return ordered_at(version, at).trade_on


def hold_of(order_id: uuid.UUID) -> QuotaHold | None:
    """What an order took of the quotas, given back or not."""
    return QuotaHold.objects.filter(pk=order_id).first()


def product_ids() -> list[uuid.UUID]:
    """Every product that was on sale once: those whose accounts may hold money."""
    return list(Product.objects.filter(current__isnull=False).order_by("pk").values_list("pk", flat=True))


def sold() -> dict[uuid.UUID, Product]:
    """The same with their rows."""
    return {row.pk: row for row in Product.objects.filter(current__isnull=False)}


def with_code(term: str) -> Q:
    """An operator's search: a code in full."""
    return Q(code=term)


def board(rows: QuerySet[QuotaUse], today: date) -> QuerySet[QuotaUse]:
    """What is sold in all, and on trade dates from `today` on."""
    return rows.filter(Q(period=TOTAL) | Q(period__gte=today.isoformat()))


def nearly_sold_out(percent: int) -> int:
    """How many products on sale have at most so much of their total quota left."""
    rows = QuotaUse.objects.filter(period=TOTAL, product__state=ProductState.ON_SALE, product__current__total_quota_fen__isnull=False)
    return rows.filter(used_fen__gte=F("product__current__total_quota_fen") * (100 - percent) / 100).count()


def before(version: ProductVersion) -> ProductVersion | None:
    """The version that this one followed, or will follow."""
    return ProductVersion.objects.filter(product_id=version.product_id, number=version.number - 1).first()


def products(product_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Product]:
    """Several, with what is sold of them, in one query."""
    return {row.pk: row for row in Product.objects.select_related("current").filter(pk__in=product_ids)}


@dataclass(frozen=True)
class Label:
    """What a line of a portfolio says of its product: of the names in force, and of one version (None: never sold) its risk and what of it
    is paid out at once."""

    product_id: uuid.UUID
    code: str
    name_en: str
    name_zh: str
    risk: str | None
    t0_cap_fen: int

    @property
    def public_id(self) -> str:
        return public_id(Product.PREFIX, self.product_id)


LABELS = """
SELECT a.product_id, a.version_id, p.code, coalesce(c.name_en, ''), coalesce(c.name_zh, ''), v.risk, coalesce(v.t0_cap_fen, 0)
FROM unnest(%(products)s::uuid[], %(versions)s::uuid[]) AS a (product_id, version_id) JOIN wealth_product p ON p.id = a.product_id
LEFT JOIN wealth_productversion c ON c.id = p.current_id LEFT JOIN wealth_productversion v ON v.id = coalesce(a.version_id, p.current_id)
"""


def labels(asked: Collection[tuple[uuid.UUID, uuid.UUID | None]]) -> dict[tuple[uuid.UUID, uuid.UUID | None], Label]:
    """Of products and versions of them (None: what is sold now), in one query."""
    if not asked:
        return {}
    products, versions = zip(*asked, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(LABELS, {"products": list(products), "versions": list(versions)})
        return {(product_id, version_id): Label(product_id, *said) for product_id, version_id, *said in cursor.fetchall()}


def versions(version_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, ProductVersion]:
    """Several in one query."""
    return {row.pk: row for row in ProductVersion.objects.filter(pk__in=version_ids)}
