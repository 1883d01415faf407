"""A customer's cards as ways to pay: how much each can give now, and why one cannot. Reads alone, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from core.clock import queries as clock
from core.errors import DomainError
from core.limits import queries as counters
from payments.cards import agreements, queries, services
from payments.cards.models import Card, CardLimit
from payments.cards.queries import CardNotUsable
from payments.cards.states import CardState
from payments.channels import doors, routing
from payments.channels.states import Operation


class CardLimitUsedUp(DomainError):
    code = "card_limit_used_up"
    en = "This card's limit for today or this month is used up. Use another card."
    zh = "该银行卡本日或本月限额已用完,请更换银行卡。"


@dataclass(frozen=True)
class Usable:
    """One card. `most_fen` is 0 where `refusal` says why it cannot be used."""

    card: Card
    most_fen: int
    refusal: DomainError | None = None


def usable(customer_id: UUID, *, scene: str, at: datetime) -> list[Usable]:
    """The customer's live cards, the default one first, then in their own order."""
    cards = sorted(queries.live_cards(customer_id), key=lambda card: not card.is_default)
    if not cards:
        return []
    day = clock.local_day(at)
    ways = channels_of(cards)
    codes = {channel for channels in ways.values() for channel in channels}
    limits = {(row.channel_id, row.bank_id, row.kind): row for row in queries.limits_of_scene(scene, codes, day)}
    kinds = {routing.Cards(card.bank_id, card.kind) for card in cards}
    served = routing.serving(Operation.PAY, kinds, at, codes) if scene == Operation.PAY else None
    shut = doors.shut({(channel, card.bank_id) for card in cards for channel in ways[card.id]}, at)
    names = services.counters(scene, day, 0, 0)
    used = counters.used_by(owners=[card.id for card in cards], kinds=[(counter, period) for counter, period, _ in names])
    found = []
    for card in cards:
        offered = []
        for channel in ways[card.id]:
            limit = limits.get((channel, card.bank_id, card.kind))
            refusal = refused(card, scene, limit, shut.get((channel, card.bank_id)))
            rule = None if served is None else served.get((channel, routing.Cards(card.bank_id, card.kind)))
            if refusal is None and served is not None and rule is None:
                refusal = services.SceneNotOffered(scene=scene)
            most_fen = 0 if refusal is not None or limit is None else left(card, limit, scene, day, used)
            if rule is not None and rule.most_fen is not None:
                most_fen = min(most_fen, rule.most_fen)
            offered.append(Usable(card, max(most_fen, 0), refusal if most_fen > 0 or refusal is not None else CardLimitUsedUp()))
        found.append(max(offered, key=lambda one: one.most_fen))
    return found


def channels_of(cards: Sequence[Card]) -> dict[UUID, list[str]]:
    """The channels each card can be paid with through, its first one first."""
    found = {card.id: [card.channel_id] for card in cards}
    for row in agreements.alive([card.id for card in cards]):
        found[row.card_id].append(row.channel_id)
    return found


def refused(card: Card, scene: str, limit: CardLimit | None, shut: DomainError | None) -> DomainError | None:
    if card.state != CardState.ACTIVE:
        return CardNotUsable(state=card.state)
    if limit is None:
        return services.SceneNotOffered(scene=scene)
    return shut


def left(card: Card, limit: CardLimit, scene: str, day: date, used: dict[tuple[UUID, str, str], int]) -> int:
    """What the card's limits leave for one payment, in fen."""
    caps = services.counters(scene, day, limit.day_fen, limit.month_fen)
    rest = [cap - used.get((card.id, counter, period), 0) for counter, period, cap in caps]
    return min([*rest, services.UNLIMITED if limit.single_fen is None else limit.single_fen])
