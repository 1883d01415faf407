"""The order in which a customer likes to pay, and what it comes to where nobody asks them (a code shown, an agreement)."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from core.errors import DomainError
from payments.cashier import queries
from payments.cashier.legs import allocate, ranked_choice
from payments.cashier.models import MethodOrder, PaymentOrder
from payments.cashier.services import funding
from payments.cashier.services.funding import Pick
from payments.cashier.sockets import FUNDING_SOURCES, WithRefs, is_attended

Named = tuple[str, str]


class MethodsTwice(DomainError):
    code = "method_order_twice"
    status = 422
    en = "Name each way to pay once."
    zh = "每种支付方式只能出现一次。"


@transaction.atomic
def put(*, customer_id: uuid.UUID, methods: Sequence[Named], at: datetime) -> MethodOrder:
    """Keep the customer's order of methods (source, ref) instead of the one before; empty: ours. Raises UnknownMethod, MethodsTwice."""
    refuse_unknown(customer_id, methods)
    kept = {"methods": [f"{source} {ref}".strip() for source, ref in methods], "changed_at": at}
    return MethodOrder.objects.update_or_create(customer_id=customer_id, defaults=kept)[0]


def refuse_unknown(customer_id: uuid.UUID, methods: Sequence[Named]) -> None:
    """Refuse what the customer does not have, another's card above all. Raises UnknownMethod, MethodsTwice."""
    if not all(has(customer_id, source, ref) for source, ref in methods):
        raise funding.UnknownMethod(field="methods")
    if len(set(methods)) < len(methods):
        raise MethodsTwice(field="methods")


def has(customer_id: uuid.UUID, source: str, ref: str) -> bool:
    """Whether a customer may name this for when nobody asks them: what they would have to act for is nothing to name."""
    found = FUNDING_SOURCES.get(source)
    if is_attended(source):
        return False
    if isinstance(found, WithRefs):
        return found.has(customer_id=customer_id, ref=ref)
    return found is not None and not ref


def automatic(*, order: PaymentOrder, customer_id: uuid.UUID, at: datetime, only: Sequence[Named] | None = None) -> list[Pick]:
    """The choice made for a customer whom nobody asks: of their methods in their order, or of those in `only`, in its order.

    Raises NotCovered, NothingChosen.
    """
    ranking = queries.method_order(customer_id) if only is None else only
    found = funding.methods(order=order, customer_id=customer_id, at=at)
    if only is not None:
        found = [one for one in found if one.discount or (one.source, one.offer.ref) in only]
    shares = allocate(order.amount_fen, ranked_choice(order.amount_fen, found, ranking))
    return [Pick(share.method.source, share.method.offer.ref, discount=share.method.discount) for share in shares]
