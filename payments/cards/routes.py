"""Where a payment with a card goes: the channels it has an agreement with, by cost and health, within each channel's limits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.clock import queries as clock
from core.crypto.blind_index import blind_index
from core.errors import DomainError
from payments.cards import agreements, queries, rules, services
from payments.cards.models import Card
from payments.channels import routing
from payments.channels.states import Operation


@dataclass(frozen=True)
class Route:
    """One way. `token` is the agreement's, None for the card's own; `refusal` says why it cannot be taken now."""

    channel: str
    token: str | None
    refusal: DomainError | None = None


def routes(*, card: Card, scene: str, amount_fen: int, at: datetime, without: Collection[str] = ()) -> list[Route]:
    """Every way of a payment, the best one first and those that are shut last, each with why. In a fixed number of queries."""
    tokens: dict[str, str | None] = {card.channel_id: None}
    tokens |= {row.channel_id: row.token for row in agreements.alive([card.id])}
    among = [channel for channel in tokens if channel not in without]
    kind = routing.Cards(card.bank_id, card.kind)
    found = routing.choose(operation=Operation.PAY, cards=kind, amount_fen=amount_fen, at=at, among=among)
    rows = queries.limits_of_scene(scene, among, clock.local_day(at))
    limits = {row.channel_id: row for row in rows if (row.bank_id, row.kind) == (card.bank_id, card.kind)}
    ways = [
        Route(one.channel, tokens[one.channel], one.refusal or services.refused_at_once(limits.get(one.channel), scene, amount_fen))
        for one in found
    ]
    return sorted(ways, key=lambda way: way.refusal is not None)


def best(*, card: Card, scene: str, amount_fen: int, at: datetime) -> Route:
    """The way a payment takes. Raises why there is none: ChannelOff and its kin, AmountNotServed, SceneNotOffered, OverSingleLimit."""
    ways = routes(card=card, scene=scene, amount_fen=amount_fen, at=at)
    if not ways:
        raise services.SceneNotOffered(scene=scene)
    if ways[0].refusal is not None:
        raise ways[0].refusal
    return ways[0]


def signing(*, customer_id: UUID, card_number: str, at: datetime) -> str:
    """The channel that a card would be signed at now; of one that would be refused, the channel cards are first signed at."""
    number = rules.card_number(card_number)
    try:
        issuer = services.supported_issuer(number or "")
        fingerprint = blind_index(number or "", purpose="card_number")
        return services.signing_channel(customer_id, issuer, fingerprint, at)
    except DomainError:
        return services.CHANNEL
