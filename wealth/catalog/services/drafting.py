"""Writing products down: a new one with its first version, the next version of one, and changes of what nobody reviewed yet."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Field, Max

from core.errors import DomainError, Invalid, NotFound
from core.ids import new_id
from core.moves import WrongState
from wealth.catalog.models import Product, ProductVersion
from wealth.catalog.sockets import KINDS
from wealth.catalog.states import Kind, ProductState, VersionState

FIELDS = (
    "name_en", "name_zh", "risk", "principal_protected", "yield_kind", "yield_low_bp", "yield_high_bp", "carry", "t0_cap_fen",
    "confirm_days", "redeem_days", "locked", "transferable", "term_days", "day_count", "rounding", "minimum_fen", "step_fen",
    "person_cap_fen", "daily_quota_fen", "total_quota_fen", "buy_fee_bp", "redeem_fee_bp", "manage_fee_bp", "exchange", "cut_off", "terms",
    "risk_text_en", "risk_text_zh", "custodian", "licence", "fees_text_en", "fees_text_zh",
)  # fmt: skip
"""What a version says: what is compared, reviewed and published."""


class ProductCodeTaken(DomainError):
    code = "product_code_taken"
    en = "There is a product with this code. Give it another one."
    zh = "该产品代码已被使用,请更换。"


class KindNotBuilt(DomainError):
    code = "product_kind_not_built"
    en = "Products of this kind cannot be sold here: no part of the platform keeps their holdings."
    zh = "平台暂不支持该类型的产品。"


class VersionOpen(DomainError):
    code = "product_version_open"
    en = "There is a version of this product that is not published yet. Change that one."
    zh = "该产品已有未发布的版本,请在该版本上修改。"


@transaction.atomic
def draft(*, code: str, kind: str, issuer_code: str, values: Mapping[str, Any], at: datetime) -> ProductVersion:
    """A new product with its first version, both drafts. Raises KindNotBuilt, ProductCodeTaken, Invalid."""
    if kind not in Kind.values or KINDS.get(kind) is None:
        raise KindNotBuilt(field="kind")
    product = Product(id=new_id(), code=code, kind=kind, issuer_code=issuer_code, created_at=at, changed_at=at)
    cleaned(product, exclude=["current"], taken=ProductCodeTaken)
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError as clash:
        raise ProductCodeTaken(field="code") from clash
    return first_draft(product, 1, values, at)


@transaction.atomic
def next_version(*, product_id: uuid.UUID, values: Mapping[str, Any], at: datetime) -> ProductVersion:
    """The next version of a product that is not closed, as a draft: what customers see stays until it is published. Raises NotFound,
    WrongState, VersionOpen, Invalid."""
    product = locked(product_id)
    if product.state == ProductState.CLOSED:
        raise WrongState(state=product.state, wanted="draft")
    if ProductVersion.objects.filter(product=product).exclude(state=VersionState.PUBLISHED).exists():
        raise VersionOpen()
    number = ProductVersion.objects.filter(product=product).aggregate(most=Max("number"))["most"] or 0
    return first_draft(product, number + 1, values, at)


def first_draft(product: Product, number: int, values: Mapping[str, Any], at: datetime) -> ProductVersion:
    version = ProductVersion(id=new_id(), product=product, number=number, created_at=at, changed_at=at)
    fill(version, values)
    version.save(force_insert=True)
    return version


@transaction.atomic
def change(*, version_id: uuid.UUID, values: Mapping[str, Any], at: datetime) -> ProductVersion:
    """Change a draft. Raises NotFound, WrongState for one under review or published, Invalid."""
    version = ProductVersion.objects.select_for_update(of=("self",)).select_related("product").filter(pk=version_id).first()
    if version is None:
        raise NotFound()
    if version.state != VersionState.DRAFT:
        raise WrongState(state=version.state, wanted=str(VersionState.DRAFT))
    fill(version, values)
    version.changed_at = at
    version.save()
    return version


def fill(version: ProductVersion, values: Mapping[str, Any]) -> None:
    """Raises Invalid for a value no version can have, and what the kind refuses."""
    unknown = sorted(set(values) - set(FIELDS))
    if unknown:
        raise Invalid(unknown[0], "A version has no such column.", "版本没有该字段。")
    for name, value in values.items():
        field: Field[Any, Any] = ProductVersion._meta.get_field(name)  # type: ignore[assignment]
        try:
            setattr(version, name, field.to_python(value))
        except ValidationError as problem:
            raise Invalid(name, "; ".join(problem.messages), ";".join(problem.messages)) from problem
    cleaned(version, exclude=["product"])
    kind = KINDS.get(version.product.kind)
    if kind is None:
        raise KindNotBuilt(field="kind")
    kind.refuse_terms(version=version)


def cleaned(row: Product | ProductVersion, *, exclude: list[str], taken: type[DomainError] | None = None) -> None:
    """Raises Invalid for the first column that is wrong, by the table's own constraints."""
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as problem:
        name, words = next(iter(problem.message_dict.items()))
        if taken is not None and name == "code" and any(error.code == "unique" for error in problem.error_dict[name]):
            raise taken(field=name) from problem
        raise Invalid("values" if name == "__all__" else name, "; ".join(words), ";".join(words)) from problem


def locked(product_id: uuid.UUID) -> Product:
    """Raises NotFound."""
    product = Product.objects.select_for_update(of=("self",)).filter(pk=product_id).first()
    if product is None:
        raise NotFound()
    return product


def said(version: ProductVersion) -> dict[str, Any]:
    """What a version says, as JSON values."""
    return {name: plain(getattr(version, name)) for name in FIELDS}


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date | time) else value


def differences(before: ProductVersion | None, after: ProductVersion) -> list[tuple[str, Any, Any]]:
    """(column, before, after) of what two versions say differently; all of it for a first one."""
    now, then = said(after), said(before) if before is not None else {}
    return [(name, then.get(name), value) for name, value in now.items() if before is None or then[name] != value]
