"""Reads of credit products."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from core.clock.queries import local_day
from core.errors import DomainError, NotFound
from credit.products.models import CreditProduct, CreditProductVersion, PriceCap
from credit.products.quoting import shown_percent
from credit.products.states import SHOWN, CreditProductState, CreditVersionState
from credit.products.terms import per_million

__all__ = ["CreditProduct", "CreditProductVersion"]


class CreditNotOffered(DomainError):
    code = "credit_product_not_offered"
    en = "{name} lends nothing now. Choose another product."
    zh = "{name} 当前暂停放款,请选择其他产品。"


def shown() -> QuerySet[CreditProduct]:
    """What customers find, newest first."""
    return CreditProduct.objects.select_related("current").filter(state__in=SHOWN).order_by("-id")


def one_shown(product_id: UUID) -> CreditProduct:
    """Raises NotFound."""
    found = shown().filter(pk=product_id).first()
    if found is None:
        raise NotFound()
    return found


def current_version(product: CreditProduct) -> CreditProductVersion:
    """Of a product that was offered once."""
    assert product.current is not None, f"{product.code} was never published"
    return product.current


def offered(product_id: UUID) -> CreditProductVersion:
    """What is lent by now. Raises NotFound, CreditNotOffered."""
    product = one_shown(product_id)
    version = current_version(product)
    if product.state != CreditProductState.ON_OFFER:
        raise CreditNotOffered(name=version.name_zh)
    return version


def product(product_id: UUID) -> CreditProduct:
    """Raises NotFound."""
    found = CreditProduct.objects.select_related("current").filter(pk=product_id).first()
    if found is None:
        raise NotFound()
    return found


def with_code(term: str) -> UUID | None:
    return CreditProduct.objects.filter(code__iexact=term).values_list("pk", flat=True).first()


def the_open(product_id: UUID) -> CreditProductVersion | None:
    """The version of a product that is not published."""
    rows = CreditProductVersion.objects.select_related("product").filter(product_id=product_id)
    return rows.exclude(state=CreditVersionState.PUBLISHED).first()


def before(version: CreditProductVersion) -> CreditProductVersion | None:
    return CreditProductVersion.objects.filter(product_id=version.product_id, number__lt=version.number).order_by("-number").first()


def versions(product_id: UUID) -> QuerySet[CreditProductVersion]:
    return CreditProductVersion.objects.filter(product_id=product_id).order_by("-number")


def to_review() -> int:
    return CreditProductVersion.objects.filter(state=CreditVersionState.REVIEWING).count()


def cap_on(day: date) -> PriceCap:
    """The highest price a year on a day; the first row is from before anything was lent."""
    return PriceCap.objects.filter(effective_on__lte=day).latest("effective_on")


def most_ppm(at: datetime) -> int:
    return cap_on(local_day(at)).most_ppm


def percent(ppm: int) -> str:
    """240000 -> 24.00."""
    return shown_percent(per_million(ppm))
