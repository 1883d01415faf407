"""What upper rooms plug into merchants."""

import uuid
from datetime import datetime
from typing import Protocol, runtime_checkable

from accounts.privacy.sockets import Obstacle
from core.sockets import Socket


@runtime_checkable
class MerchantObstacle(Protocol):
    """A room in which a merchant may have something under way (an open order, a refund, a payout): it cannot close meanwhile."""

    def obstacles(self, *, merchant_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        """What is open, empty when nothing is. Asked with the merchant's row locked: see queries.selling."""


MERCHANT_OBSTACLES: Socket[MerchantObstacle] = Socket("payments.merchants.obstacles", MerchantObstacle)  # type: ignore[type-abstract]
