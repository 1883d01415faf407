"""The lives of an offer and of a trade.

Offer: listed -> reserved (a buyer has some minutes to pay) -> sold | listed again; listed -> withdrawn | expired.
Trade: reserved -> settled (cash and holding moved in one transaction) | lapsed.
"""

from django.db import models

from core.moves import Moves


class OfferState(models.TextChoices):
    LISTED = "listed"
    RESERVED = "reserved"
    SOLD = "sold"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class TradeState(models.TextChoices):
    RESERVED = "reserved"
    SETTLED = "settled"
    LAPSED = "lapsed"


OFFER_MOVES = Moves(
    OfferState,
    {
        OfferState.LISTED: {OfferState.RESERVED, OfferState.WITHDRAWN, OfferState.EXPIRED},
        OfferState.RESERVED: {OfferState.SOLD, OfferState.LISTED},
    },
)
TRADE_MOVES = Moves(TradeState, {TradeState.RESERVED: {TradeState.SETTLED, TradeState.LAPSED}})
OPEN = (OfferState.LISTED, OfferState.RESERVED)
