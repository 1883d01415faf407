"""Bound bank cards as an external funding source: the card's limits are taken when the attempt begins, the channel it is routed to says
the rest."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.ledger.accounts import AccountRef
from accounts.ledger.legs import Leg, credit, debit
from core.errors import NotFound
from core.ids import parse_public_id
from payments.cards import offers as cards_offered
from payments.cards import queries as cards
from payments.cards import recounting, routes
from payments.cards import services as card_services
from payments.cards.states import CardState
from payments.cashier.sockets import BUSINESS, LegFacts, Offer, OrderFacts, Reason
from payments.channels import queries as requests
from payments.wallet.journals import clearing

NAME = "card"
SCENE = "pay"


class Cards:
    order = 50
    external = True

    def offers(self, *, order: OrderFacts, customer_id: UUID, factors: int, at: datetime) -> Sequence[Offer]:
        """The customer's live cards, the default one first, then in the customer's order."""
        return [offer(found) for found in cards_offered.usable(customer_id, scene=SCENE, at=at)]

    def has(self, *, customer_id: UUID, ref: str) -> bool:
        """A card that is bound, suspended ones too."""
        try:
            return cards.card(customer_id, card_id_of(ref)).state != CardState.UNBOUND
        except NotFound:
            return False

    def hold(self, *, leg: LegFacts, at: datetime) -> UUID | None:
        """Raises NotFound, CardNotUsable, LimitReached, and what `routes.best` raises. The card stays locked."""
        card = cards.usable(leg.customer_id, card_id(leg))
        way = routes.best(card=card, use=routes.PAY, amount_fen=leg.amount_fen, at=at)
        card_services.check_limit(card=card, scene=SCENE, amount_fen=leg.amount_fen, at=at, channel=way.channel)
        return None

    def place(self, *, leg: LegFacts, at: datetime) -> UUID:
        """The limits were counted by `hold`. Raises what `routes.best` raises, LedgerHalted, NoOpenDay."""
        card = cards.card(leg.customer_id, card_id(leg))
        way = routes.best(card=card, use=routes.PAY, amount_fen=leg.amount_fen, at=at, counted=True)
        return routes.place(card=card, use=routes.PAY, order=made_for(leg), way=way, at=at).id

    def place_next(self, *, leg: LegFacts, at: datetime) -> UUID | None:
        """By the best way that no request of the leg has taken; the card's limits were taken when the attempt began. Raises what
        `channels.place` raises."""
        card = cards.card(leg.customer_id, card_id(leg))
        return routes.place_another(card=card, use=routes.PAY, order=made_for(leg), at=at)

    def commit_legs(self, *, leg: LegFacts) -> Sequence[Leg]:
        return [debit(account(leg), leg.amount_fen)]

    def committed(self, *, leg: LegFacts, journal_id: UUID, at: datetime) -> None:
        """The request says all there is to say."""

    def release(self, *, leg: LegFacts, at: datetime) -> None:
        give_back_limit(leg, leg.amount_fen)

    def taken(self, *, leg: LegFacts, at: datetime) -> None:
        recounting.count_again(card_id=card_id(leg), scene=SCENE, amount_fen=leg.amount_fen, taken_at=leg.began_at)

    def refund_legs(self, *, leg: LegFacts, amount_fen: int) -> Sequence[Leg]:
        return [credit(account(leg), amount_fen)]

    def refunded(self, *, leg: LegFacts, amount_fen: int, refund_id: UUID, at: datetime) -> None:
        give_back_limit(leg, amount_fen)


def made_for(leg: LegFacts) -> routes.Order:
    return routes.Order(BUSINESS, leg.id, leg.order_public_id, leg.amount_fen)


def give_back_limit(leg: LegFacts, amount_fen: int) -> None:
    card_services.give_back_limit(card_id=card_id(leg), scene=SCENE, amount_fen=amount_fen, taken_at=leg.began_at)


def card_id(leg: LegFacts) -> UUID:
    """Raises NotFound for what is no card's id."""
    return card_id_of(leg.ref)


def card_id_of(ref: str) -> UUID:
    """Raises NotFound."""
    return parse_public_id("crd", ref)


def account(leg: LegFacts) -> AccountRef:
    assert leg.request_id is not None, "a card's leg is placed with its channel"
    return clearing(requests.request(leg.request_id).channel_id)


def offer(found: cards_offered.Usable) -> Offer:
    card = found.card
    return Offer(
        ref=card.public_id,
        title_en=f"{card.bank.name_en} {card.kind} card ({card.last4})",
        title_zh=f"{card.bank.name_zh}{'储蓄卡' if card.kind == 'debit' else '信用卡'}({card.last4})",
        most_fen=found.most_fen,
        reason=Reason.of(found.refusal) if found.refusal else None,
    )
