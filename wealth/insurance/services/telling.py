"""News of insurance, and rows under their locks."""

from datetime import datetime
from uuid import UUID

from core.errors import NotFound
from core.ids import public_id
from core.outbox import services as outbox
from wealth.insurance.models import InsuranceApplication, InsuranceClaim, InsurancePolicy, PolicyPremium


def locked_policy(policy_id: UUID) -> InsurancePolicy:
    """Locked to the end of the caller's transaction. Raises NotFound."""
    rows = InsurancePolicy.objects.select_for_update(of=("self",)).select_related("product", "version__product")
    found = rows.filter(pk=policy_id).first()
    if found is None:
        raise NotFound()
    return found


def locked_premium(premium_id: UUID) -> PolicyPremium:
    """A premium of a policy that is locked already. Raises NotFound."""
    found = PolicyPremium.objects.select_for_update(of=("self",)).filter(pk=premium_id).first()
    if found is None:
        raise NotFound()
    return found


def publish(topic: str, policy: InsurancePolicy, at: datetime, **facts: str | int) -> None:
    """News of one policy, in order, for its customer's inbox."""
    payload: outbox.Payload = {
        "policy": policy.public_id,
        "customer": public_id("cus", policy.customer_id),
        "product": policy.product.public_id,
        "state": policy.state,
        "currency": policy.currency,
        **facts,
    }
    outbox.publish(topic=topic, owner=policy.customer_id, payload=payload, at=at, key=policy.public_id)


def publish_premium(topic: str, policy: InsurancePolicy, premium: PolicyPremium, at: datetime, **facts: str | int) -> None:
    publish(topic, policy, at, premium=premium.public_id, amount_fen=premium.amount_fen, due_on=premium.due_on.isoformat(), **facts)


def publish_claim(topic: str, policy: InsurancePolicy, claim: InsuranceClaim, at: datetime, **facts: str | int) -> None:
    publish(topic, policy, at, claim=claim.public_id, **facts)


def publish_application(topic: str, application: InsuranceApplication, at: datetime) -> None:
    payload: outbox.Payload = {
        "application": application.public_id,
        "customer": public_id("cus", application.customer_id),
        "product": application.product.public_id,
        "state": application.state,
        "premium_fen": application.premium_fen,
        "currency": application.currency,
    }
    outbox.publish(topic=topic, owner=application.customer_id, payload=payload, at=at, key=application.public_id)
