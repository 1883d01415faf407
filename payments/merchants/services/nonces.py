"""A request's nonce is good once: what is signed anew has another."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from core.ids import new_id
from payments.merchants.models import ApiNonce

SKEW_S = 300
KEPT = timedelta(seconds=2 * SKEW_S + 60)
"""A timestamp may lie SKEW_S ahead and is good for SKEW_S after; a minute more for machines whose clocks differ."""
INSERT = """
INSERT INTO payments_apinonce (id, app_id, nonce, created_at) VALUES (%s, %s, %s, %s) ON CONFLICT (app_id, nonce) DO NOTHING
"""


def use(*, app_id: UUID, nonce: str, wall: datetime) -> bool:
    """Whether the app used this nonce for the first time. Committed at once, outside the effect: a refused request used its nonce too."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [new_id(), app_id, nonce, wall])
        return bool(cursor.rowcount == 1)


def forget_old(*, wall: datetime, batch: int = 5000) -> int:
    """Delete one batch of nonces whose timestamps are refused anyway. Returns how many."""
    old = ApiNonce.objects.filter(created_at__lt=wall - KEPT).order_by("created_at").values("pk")[:batch]
    return ApiNonce.objects.filter(pk__in=old).delete()[0]
