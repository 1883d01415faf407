"""Checks of columns that many tables have."""

from django.db.models import CheckConstraint, Q

from core.ids import SHARDS

MAX_FEN = 10_000_000_000


def shard_check(name: str) -> CheckConstraint:
    """`shard` names one of the shards that sweepers take one by one."""
    return CheckConstraint(name=name, condition=Q(shard__gte=0, shard__lt=SHARDS))


def amount_check(name: str) -> CheckConstraint:
    """`amount_fen` is at least a fen and at most MAX_FEN."""
    return CheckConstraint(name=name, condition=Q(amount_fen__gt=0, amount_fen__lte=MAX_FEN))
