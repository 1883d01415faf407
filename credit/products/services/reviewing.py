"""From draft to offer and back: every step that lets customers borrow takes two people."""

import json
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from core.approvals.services import must_be_applying
from core.clock.queries import local_day
from core.errors import Invalid, NotFound
from core.moves import WrongState, advance
from core.outbox import services as outbox
from credit.products import queries, terms
from credit.products.models import CreditProduct, CreditProductVersion
from credit.products.refusals import CreditVersionChanged
from credit.products.services.drafting import locked, refuse_dear, said
from credit.products.states import CREDIT_PRODUCT_MOVES, CREDIT_VERSION_MOVES, CreditProductState, CreditVersionState

PUBLISH, RESUME = "credit_product.publish", "credit_product.resume"
REASON = (5, 200)


def fingerprint(version: CreditProductVersion) -> str:
    """What a proposal names, so that exactly what was looked at is published."""
    return sha256(json.dumps(said(version), sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def the_open(product_id: UUID) -> CreditProductVersion:
    """The version of a product that is not published. Raises NotFound."""
    found = queries.the_open(product_id)
    if found is None:
        raise NotFound()
    return found


@transaction.atomic
def hand_in(*, product_id: UUID, at: datetime) -> CreditProductVersion:
    """Close a draft for changes and ask for a second person. Raises NotFound, WrongState, Invalid, PriceAboveCap."""
    product = locked(product_id)
    version = the_open(product_id)
    terms.of(version)
    refuse_dear(version, local_day(at))
    if product.state == CreditProductState.CLOSED:
        raise WrongState(state=product.state, wanted=str(CreditProductState.REVIEWING))
    advance(version, CreditVersionState.REVIEWING, moves=CREDIT_VERSION_MOVES, at=at)
    if product.state == CreditProductState.DRAFT:
        advance(product, CreditProductState.REVIEWING, moves=CREDIT_PRODUCT_MOVES, at=at)
    return version


@transaction.atomic
def take_back(*, product_id: UUID, at: datetime) -> CreditProductVersion:
    """Open a version under review for changes again. Raises NotFound, WrongState."""
    product = locked(product_id)
    version = advance(the_open(product_id), CreditVersionState.DRAFT, moves=CREDIT_VERSION_MOVES, at=at)
    if product.state == CreditProductState.REVIEWING:
        advance(product, CreditProductState.DRAFT, moves=CREDIT_PRODUCT_MOVES, at=at)
    return version


def reviewable(product_id: UUID, seen: str) -> CreditProductVersion:
    """The version under review, while it says what was seen. Raises NotFound, WrongState, CreditVersionChanged."""
    version = the_open(product_id)
    if version.state != CreditVersionState.REVIEWING:
        raise WrongState(state=version.state, wanted=str(CreditVersionState.PUBLISHED))
    if fingerprint(version) != seen:
        raise CreditVersionChanged()
    return version


@transaction.atomic
def publish(*, product_id: UUID, seen: str, at: datetime) -> CreditProduct:
    """Make the version under review what is offered from now on. Raises ApprovalNeeded outside an approval of `credit_product.publish`,
    NotFound, WrongState, CreditVersionChanged, PriceAboveCap."""
    must_be_applying(PUBLISH)
    product = locked(product_id)
    version = reviewable(product_id, seen)
    refuse_dear(version, local_day(at))
    advance(version, CreditVersionState.PUBLISHED, moves=CREDIT_VERSION_MOVES, at=at, published_at=at)
    CreditProduct.objects.filter(pk=product.pk).update(current=version, changed_at=at)
    product.current = version
    if product.state == CreditProductState.REVIEWING:
        advance(product, CreditProductState.ON_OFFER, moves=CREDIT_PRODUCT_MOVES, at=at)
    tell("credit.product_published", product, at)
    return product


@transaction.atomic
def suspend(*, product_id: UUID, reason: str, at: datetime) -> CreditProduct:
    """Lend no more for now, at once. Raises NotFound, WrongState, Invalid."""
    product = advance(locked(product_id), CreditProductState.SUSPENDED, moves=CREDIT_PRODUCT_MOVES, at=at, reason=readable(reason))
    tell("credit.product_suspended", product, at)
    return product


@transaction.atomic
def resume(*, product_id: UUID, at: datetime) -> CreditProduct:
    """Offer a suspended product again. Raises ApprovalNeeded outside an approval of `credit_product.resume`, NotFound, WrongState,
    PriceAboveCap (the cap came down meanwhile)."""
    must_be_applying(RESUME)
    product = locked(product_id)
    if product.state != CreditProductState.SUSPENDED or product.current is None:
        raise WrongState(state=product.state, wanted=str(CreditProductState.ON_OFFER))
    refuse_dear(product.current, local_day(at))
    advance(product, CreditProductState.ON_OFFER, moves=CREDIT_PRODUCT_MOVES, at=at, reason="")
    tell("credit.product_resumed", product, at)
    return product


@transaction.atomic
def close(*, product_id: UUID, reason: str, at: datetime) -> CreditProduct:
    """Lend no more for good; who owes pays back as agreed. Raises NotFound, WrongState, Invalid."""
    product = advance(locked(product_id), CreditProductState.CLOSED, moves=CREDIT_PRODUCT_MOVES, at=at, reason=readable(reason))
    tell("credit.product_closed", product, at)
    return product


def readable(reason: str) -> str:
    """Raises Invalid."""
    words = reason.strip()
    if not REASON[0] <= len(words) <= REASON[1]:
        raise Invalid("reason", "Say why in 5 to 200 characters.", "请以 5 至 200 字说明理由。")
    return words


def tell(topic: str, product: CreditProduct, at: datetime) -> None:
    facts: outbox.Payload = {
        "product": product.public_id, "code": product.code, "kind": product.kind, "state": str(product.state),
        "version": 0 if product.current is None else product.current.number,
    }  # fmt: skip
    outbox.publish(topic=topic, owner=product.id, payload=facts, at=at, key=product.public_id)
