"""What is left to do when the bank never took in that a card was unbound: its agreement may still be alive there."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.approvals.services import must_be_applying
from core.errors import DomainError
from core.work import queries as work_queries
from core.work import services as work
from payments.cards import services
from payments.cards.models import Card
from payments.channels import queries as channel_queries

TAKEN = "card.unsign_taken"


class NothingToUnsign(DomainError):
    code = "card_nothing_to_unsign"
    en = "No unsigning of this card waits for an operator."
    zh = "该银行卡没有待处理的解约。"


def waits(card: Card) -> bool:
    return work_queries.is_waiting(kind=services.UNSIGN_FAILED, target=card.public_id)


@transaction.atomic
def send_again(*, card_id: UUID, at: datetime) -> Card:
    """Place a new unsign call; the sweeper sends it, and its success settles the item. Raises NothingToUnsign, also while one is
    under way, and what channels.place raises."""
    card = Card.objects.select_for_update(of=("self",)).get(pk=card_id)
    if not waits(card) or channel_queries.open_requests(card.id):
        raise NothingToUnsign()
    services.unsign(card, at)
    return card


@transaction.atomic
def take_as_done(*, card_id: UUID, at: datetime) -> Card:
    """Settle the item on evidence from outside (the approval's reason). Nothing is sent. Raises ApprovalNeeded outside an approval of
    `card.unsign_taken`, NothingToUnsign."""
    decided = must_be_applying(TAKEN)
    card = Card.objects.select_for_update(of=("self",)).get(pk=card_id)
    if not work.finish(kind=services.UNSIGN_FAILED, target=card.public_id, by=decided.checker, at=at):
        raise NothingToUnsign()
    services.tell("card.unsign_taken_as_done", card, at)
    return card
