"""What keeps a merchant open and a card in use while its money is on its way."""

import uuid
from datetime import datetime

from accounts.privacy.sockets import Obstacle
from payments.settlement import queries

SETTLING = Obstacle(
    "settlements_under_way",
    "A settlement is not paid out yet: wait until it is.",
    "仍有结算未完成出款,请等待出款完毕。",
)


class Settlements:
    """A merchant does not close before its settlements are over."""

    def obstacles(self, *, merchant_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [SETTLING] if queries.under_way(merchant_id) else []


class CardUse:
    """Payouts on their way hold their card."""

    words_en = "A payout of a merchant to this card is under way."
    words_zh = "该银行卡有进行中的商户出款。"

    def count(self, *, card_id: uuid.UUID) -> int:
        return queries.paying_to(card_id)
