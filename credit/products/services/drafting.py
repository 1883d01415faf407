"""Writing credit products down: a new one with its first version, the next version of one, and changes of what nobody reviewed yet."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Field, Max

from core.clock.queries import local_day
from core.errors import Invalid, NotFound
from core.ids import new_id
from core.moves import WrongState
from credit.products import queries, terms
from credit.products.models import CreditProduct, CreditProductVersion
from credit.products.quoting import dearest
from credit.products.refusals import CreditCodeTaken, CreditVersionOpen, PriceAboveCap
from credit.products.states import CreditProductState, CreditVersionState

FIELDS = ("name_en", "name_zh", "least_fen", "most_fen", "step_fen", "terms", "risk_text_en", "risk_text_zh")
"""What a version says: what is compared, reviewed and published."""


@transaction.atomic
def draft(*, code: str, kind: str, lender: str, values: Mapping[str, Any], at: datetime) -> CreditProductVersion:
    """A new product with its first version, both drafts. Raises CreditCodeTaken, Invalid, PriceAboveCap."""
    product = CreditProduct(id=new_id(), code=code, kind=kind, lender=lender, created_at=at, changed_at=at)
    if CreditProduct.objects.filter(code=code).exists():
        raise CreditCodeTaken(field="code")
    cleaned(product, exclude=["current"])
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError as clash:
        raise CreditCodeTaken(field="code") from clash
    return first_draft(product, 1, values, at)


@transaction.atomic
def next_version(*, product_id: UUID, values: Mapping[str, Any], at: datetime) -> CreditProductVersion:
    """The next version of a product that is not closed, as a draft: what is offered stays until it is published. Raises NotFound,
    WrongState, CreditVersionOpen, Invalid, PriceAboveCap."""
    product = locked(product_id)
    if product.state == CreditProductState.CLOSED:
        raise WrongState(state=product.state, wanted="draft")
    if queries.the_open(product_id) is not None:
        raise CreditVersionOpen()
    number = CreditProductVersion.objects.filter(product=product).aggregate(most=Max("number"))["most"] or 0
    return first_draft(product, number + 1, values, at)


def first_draft(product: CreditProduct, number: int, values: Mapping[str, Any], at: datetime) -> CreditProductVersion:
    version = CreditProductVersion(id=new_id(), product=product, number=number, created_at=at, changed_at=at)
    fill(version, values, local_day(at))
    version.save(force_insert=True)
    return version


@transaction.atomic
def change(*, version_id: UUID, values: Mapping[str, Any], at: datetime) -> CreditProductVersion:
    """Change a draft. Raises NotFound, WrongState for one under review or published, Invalid, PriceAboveCap."""
    version = CreditProductVersion.objects.select_for_update(of=("self",)).select_related("product").filter(pk=version_id).first()
    if version is None:
        raise NotFound()
    if version.state != CreditVersionState.DRAFT:
        raise WrongState(state=version.state, wanted=str(CreditVersionState.DRAFT))
    fill(version, values, local_day(at))
    version.changed_at = at
    version.save()
    return version


def fill(version: CreditProductVersion, values: Mapping[str, Any], day: date) -> None:
    """Raises Invalid for a value no version can have, PriceAboveCap for a price nobody may be asked."""
    unknown = sorted(set(values) - set(FIELDS))
    if unknown:
        raise Invalid(unknown[0], "A version has no such column.", "版本没有该字段。")
    for name, value in values.items():
        field: Field[Any, Any] = CreditProductVersion._meta.get_field(name)  # type: ignore[assignment]
        try:
            setattr(version, name, field.to_python(value))
        except ValidationError as problem:
            raise Invalid(name, "; ".join(problem.messages), ";".join(problem.messages)) from problem
    cleaned(version, exclude=["product"])
    terms.of(version)
    refuse_dear(version, day)


def refuse_dear(version: CreditProductVersion, day: date) -> None:
    """Raises PriceAboveCap when anything a version could offer from `day` on costs more than anybody may be asked."""
    cap, worst = queries.cap_on(day), dearest(version, day)
    if worst.yearly > terms.per_million(cap.most_ppm):
        raise PriceAboveCap(field="terms", yearly_percent=worst.percent, most_percent=queries.percent(cap.most_ppm), periods=worst.periods)


def cleaned(row: CreditProduct | CreditProductVersion, *, exclude: list[str]) -> None:
    """Raises Invalid for the first column that is wrong, by the table's own constraints."""
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as problem:
        name, words = next(iter(problem.message_dict.items()))
        raise Invalid("values" if name == "__all__" else name, "; ".join(words), ";".join(words)) from problem


def locked(product_id: UUID) -> CreditProduct:
    """Raises NotFound."""
    product = CreditProduct.objects.select_for_update(of=("self",)).filter(pk=product_id).first()
    if product is None:
        raise NotFound()
    return product


def said(version: CreditProductVersion) -> dict[str, Any]:
    """What a version says, as JSON values."""
    return {name: getattr(version, name) for name in FIELDS}


def differences(before: CreditProductVersion | None, after: CreditProductVersion) -> list[tuple[str, Any, Any]]:
    """(entry, before, after) of what two versions say differently, each entry of their terms by itself; all of it for a first one."""
    now, then = flat(said(after)), flat(said(before)) if before is not None else {}
    return [(name, then.get(name), now.get(name)) for name in {**then, **now} if then.get(name) != now.get(name)]


def flat(found: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Entries of objects within objects by their paths; lists stay whole."""
    rows: dict[str, Any] = {}
    for name, value in found.items():
        at = f"{path}.{name}" if path else name
        rows |= flat(value, at) if isinstance(value, dict) else {at: value}
    return rows
