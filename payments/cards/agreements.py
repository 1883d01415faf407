"""A card's agreements at other channels than its first: made by binding it once more, ended with it or by the channel's side."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from core.ids import new_id
from payments.cards.models import Card, CardAgreement


def alive(card_ids: Collection[UUID]) -> list[CardAgreement]:
    return list(CardAgreement.objects.filter(card_id__in=card_ids, ended_at=None).order_by("card_id", "created_at", "id"))


def ever(card_id: UUID) -> list[CardAgreement]:
    """The newest agreement with each other channel, ended ones too."""
    rows = CardAgreement.objects.filter(card_id=card_id)
    return list(rows.order_by("channel_id", "-created_at", "-id").distinct("channel_id"))


def add(*, card: Card, channel: str, token: str, index: bytes, at: datetime) -> None:
    """One live agreement a channel: another one with the same changes nothing."""
    row = CardAgreement(
        id=new_id(), customer_id=card.customer_id, card=card, channel_id=channel, token=token, token_index=index, created_at=at
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return


def end_all(card_id: UUID, at: datetime) -> None:
    CardAgreement.objects.filter(card_id=card_id, ended_at=None).update(ended_at=at)


def end(*, card_id: UUID, channel: str, at: datetime) -> None:
    CardAgreement.objects.filter(card_id=card_id, channel_id=channel, ended_at=None).update(ended_at=at)


def end_token(*, channel: str, index: bytes, at: datetime) -> bool:
    """End the agreement with this token; whether there is such a one, ended before too."""
    known = CardAgreement.objects.filter(channel_id=channel, token_index=index)
    known.filter(ended_at=None).update(ended_at=at)
    return known.exists()
