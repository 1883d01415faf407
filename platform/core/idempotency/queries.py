"""Reads of answers already given."""

from core.idempotency.models import IdempotencyRecord


def claimed(*, owner: str, key: str) -> bool:
    """Whether a request with this key has done its effect: whatever comes with the key now does nothing new."""
    return IdempotencyRecord.objects.filter(owner=owner, key=key).exists()


def answered(*, owner: str, key: str) -> bool:
    """Whether a request with this key has its answer: whatever comes with the key now does nothing new."""
    return IdempotencyRecord.objects.filter(owner=owner, key=key, state=IdempotencyRecord.State.DONE).exists()
