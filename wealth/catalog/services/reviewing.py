"""From draft to sale and back: every step that lets customers buy takes two people."""

import json
import uuid
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from core.approvals.services import must_be_applying
from core.errors import DomainError, Invalid, NotFound
from core.moves import WrongState, advance
from core.outbox import services as outbox
from wealth.catalog.models import Product, ProductVersion
from wealth.catalog.services.drafting import KindNotBuilt, locked, said
from wealth.catalog.sockets import KINDS
from wealth.catalog.states import PRODUCT_MOVES, VERSION_MOVES, ProductState, VersionState

PUBLISH = "product.publish"
RESUME = "product.resume"
REASON = (5, 200)


class VersionChanged(DomainError):
    code = "product_version_changed"
    en = "This version changed after it was proposed. Look at it again and propose anew."
    zh = "该版本在提交审核后已被修改,请核对后重新提交。"


def fingerprint(version: ProductVersion) -> str:
    """What a proposal names, so that exactly what was looked at is published."""
    return sha256(json.dumps(said(version), sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def the_open(product_id: uuid.UUID) -> ProductVersion:
    """The version of a product that is not published. Raises NotFound."""
    found = ProductVersion.objects.filter(product_id=product_id).exclude(state=VersionState.PUBLISHED).first()
    if found is None:
        raise NotFound()
    return found


@transaction.atomic
def hand_in(*, product_id: uuid.UUID, at: datetime) -> ProductVersion:
    """Close a draft for changes and ask for a second person. Raises NotFound, WrongState, KindNotBuilt, Invalid."""
    product = locked(product_id)
    version = the_open(product_id)
    kind = KINDS.get(product.kind)
    if kind is None:
        raise KindNotBuilt(field="kind")
    kind.refuse_terms(version=version)
    if product.state == ProductState.CLOSED:
        raise WrongState(state=product.state, wanted=str(ProductState.REVIEWING))
    advance(version, VersionState.REVIEWING, moves=VERSION_MOVES, at=at)
    if product.state == ProductState.DRAFT:
        advance(product, ProductState.REVIEWING, moves=PRODUCT_MOVES, at=at)
    return version


@transaction.atomic
def take_back(*, product_id: uuid.UUID, at: datetime) -> ProductVersion:
    """Open a version under review for changes again. Raises NotFound, WrongState."""
    product = locked(product_id)
    version = advance(the_open(product_id), VersionState.DRAFT, moves=VERSION_MOVES, at=at)
    if product.state == ProductState.REVIEWING:
        advance(product, ProductState.DRAFT, moves=PRODUCT_MOVES, at=at)
    return version


def reviewable(product_id: uuid.UUID, seen: str) -> ProductVersion:
    """The version under review, while it says what was seen. Raises NotFound, WrongState, VersionChanged."""
    version = the_open(product_id)
    if version.state != VersionState.REVIEWING:
        raise WrongState(state=version.state, wanted=str(VersionState.PUBLISHED))
    if fingerprint(version) != seen:
        raise VersionChanged()
    return version


@transaction.atomic
def publish(*, product_id: uuid.UUID, seen: str, at: datetime) -> Product:
    """Make the version under review what is sold from now on. Raises ApprovalNeeded outside an approval of `product.publish`, NotFound,
    WrongState, VersionChanged."""
    return publish_under(act=PUBLISH, product_id=product_id, seen=seen, at=at)


@transaction.atomic
def publish_under(*, act: str, product_id: uuid.UUID, seen: str, at: datetime) -> Product:
    """The same within another sensitive act, of the room of the kind."""
    must_be_applying(act)
    product = locked(product_id)
    version = reviewable(product_id, seen)
    advance(version, VersionState.PUBLISHED, moves=VERSION_MOVES, at=at, published_at=at)
    Product.objects.filter(pk=product.pk).update(current=version, changed_at=at)
    product.current = version
    if product.state == ProductState.REVIEWING:
        advance(product, ProductState.ON_SALE, moves=PRODUCT_MOVES, at=at)
    tell("product.published", product, at)
    return product


@transaction.atomic
def suspend(*, product_id: uuid.UUID, reason: str, at: datetime) -> Product:
    """Sell no more for now, at once. Raises NotFound, WrongState, Invalid."""
    product = advance(locked(product_id), ProductState.SUSPENDED, moves=PRODUCT_MOVES, at=at, reason=readable(reason))
    tell("product.suspended", product, at)
    return product


@transaction.atomic
def resume(*, product_id: uuid.UUID, at: datetime) -> Product:
    """Sell a suspended product again. Raises ApprovalNeeded outside an approval of `product.resume`, NotFound, WrongState."""
    must_be_applying(RESUME)
    product = locked(product_id)
    if product.state != ProductState.SUSPENDED:
        raise WrongState(state=product.state, wanted=str(ProductState.ON_SALE))
    advance(product, ProductState.ON_SALE, moves=PRODUCT_MOVES, at=at, reason="")
    tell("product.resumed", product, at)
    return product


@transaction.atomic
def close(*, product_id: uuid.UUID, reason: str, at: datetime) -> Product:
    """Sell no more for good; who holds it redeems on. Raises NotFound, WrongState, Invalid."""
    product = advance(locked(product_id), ProductState.CLOSED, moves=PRODUCT_MOVES, at=at, reason=readable(reason))
    tell("product.closed", product, at)
    return product


def readable(reason: str) -> str:
    """Raises Invalid."""
    words = reason.strip()
    if not REASON[0] <= len(words) <= REASON[1]:
        raise Invalid("reason", "Say why in 5 to 200 characters.", "请以 5 至 200 字说明理由。")
    return words


def tell(topic: str, product: Product, at: datetime) -> None:
    facts: outbox.Payload = {
        "product": product.public_id, "code": product.code, "kind": product.kind, "state": str(product.state),
        "version": 0 if product.current is None else product.current.number,
    }  # fmt: skip
    outbox.publish(topic=topic, owner=product.id, payload=facts, at=at, key=product.public_id)
