"""The e-policy: made out once, kept with the hash of its bytes."""

import base64
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from wealth.insurance import queries
from wealth.insurance.models import InsurancePolicy, PolicyDocument
from wealth.insurance.services.telling import locked_policy, publish


def make_out(*, policy_id: UUID, at: datetime) -> bool:
    """Outside any transaction: setting the page takes a while. False when it is made out already."""
    # Half a second of import, kept out of the start of every process that never prints one.
    from wealth.insurance import policy_pdf  # noqa: PLC0415

    policy = queries.policy(policy_id)
    return False if policy.documented else keep(policy_id, policy_pdf.rendered(policy, at), at)


@transaction.atomic
def keep(policy_id: UUID, content: bytes, at: datetime) -> bool:
    policy = locked_policy(policy_id)
    if policy.documented:
        return False
    row = PolicyDocument(
        policy=policy,
        customer_id=policy.customer_id,
        shard=policy.shard,
        sha256=sha256(content).hexdigest(),
        size=len(content),
        content_base64=base64.b64encode(content).decode(),
        created_at=at,
    )
    row.save(force_insert=True)
    InsurancePolicy.objects.filter(pk=policy.pk).update(documented=True)
    publish("wealth.policy_documented", policy, at, sha256=row.sha256)
    return True


def content_of(row: PolicyDocument) -> bytes:
    """Empty once it is forgotten."""
    return base64.b64decode(row.content_base64 or "")
