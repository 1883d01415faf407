"""Reads of banks, limits, cards and bindings."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from core.errors import DomainError, NotFound
from payments.cards.models import Bank, Card, CardBin, CardBinding, CardLimit
from payments.cards.rules import BIN_LENGTHS
from payments.cards.states import BindingState, CardState
from payments.channels import queries as channels
from payments.channels.queries import MaintenanceWindow

OPEN_BINDINGS = (BindingState.CREATED, BindingState.SMS_SENT, BindingState.VERIFYING)
SHOWN_AHEAD = timedelta(days=7)


class CardNotUsable(DomainError):
    code = "card_not_usable"
    en = "This card is {state}. Use another card, or bind it again."
    zh = "该银行卡当前状态为 {state},请更换银行卡或重新绑定。"


def usable(customer_id: UUID, card_id: UUID) -> Card:
    """The customer's active card, locked to the end of the caller's transaction (an unbinding waits, or is seen).

    Must be called inside the transaction that places the call. Raises NotFound, CardNotUsable.
    """
    card = Card.objects.select_for_update(no_key=True).filter(customer_id=customer_id, id=card_id).first()
    if card is None:
        raise NotFound()
    if card.state != CardState.ACTIVE:
        raise CardNotUsable(state=card.state)
    return card


def live_cards(customer_id: UUID) -> QuerySet[Card]:
    """The customer's cards that are not unbound, in the customer's order."""
    return Card.objects.filter(customer_id=customer_id).exclude(state=CardState.UNBOUND).select_related("bank").order_by("position", "id")


def every_card(customer_id: UUID) -> QuerySet[Card]:
    """The customer's cards, unbound ones too, oldest first."""
    return Card.objects.filter(customer_id=customer_id).order_by("created_at", "id")


def every_binding(customer_id: UUID) -> QuerySet[CardBinding]:
    """The customer's tries to bind a card, oldest first."""
    return CardBinding.objects.filter(customer_id=customer_id).order_by("created_at", "id")


def card(customer_id: UUID, card_id: UUID) -> Card:
    """A card of the customer, unbound ones too. Raises NotFound."""
    found = Card.objects.select_related("bank").filter(customer_id=customer_id, id=card_id).first()
    if found is None:
        raise NotFound()
    return found


def holder_of(card_id: UUID) -> UUID:
    """Whose card it is, or was."""
    return Card.objects.values_list("customer_id", flat=True).get(pk=card_id)


def fingerprint_of(card_id: UUID) -> bytes:
    """The keyed hash of a card's number, unbound ones too. Raises NotFound."""
    found = Card.objects.filter(id=card_id).values_list("fingerprint", flat=True).first()
    if found is None:
        raise NotFound()
    return bytes(found)


def binding(customer_id: UUID, binding_id: UUID) -> CardBinding:
    """Raises NotFound."""
    found = CardBinding.objects.select_related("bank", "card", "card__bank").filter(customer_id=customer_id, id=binding_id).first()
    if found is None:
        raise NotFound()
    return found


def open_bindings(customer_id: UUID) -> QuerySet[CardBinding]:
    """The customer's bindings that may still come to a card."""
    return CardBinding.objects.filter(customer_id=customer_id, state__in=OPEN_BINDINGS)


def issuer(number: str) -> CardBin | None:
    """Whose card a number is: the longest BIN that fits, None for none."""
    found = CardBin.objects.select_related("bank").filter(bin__in=[number[:length] for length in BIN_LENGTHS])
    return max(found, key=lambda row: len(row.bin), default=None)


def limit(*, channel: str, bank: str, kind: str, scene: str, on: date) -> CardLimit | None:
    """The limits in force on a day; None: this scene is not offered for such cards."""
    rows = CardLimit.objects.filter(channel_id=channel, bank_id=bank, kind=kind, scene=scene, effective_on__lte=on)
    return rows.order_by("-effective_on").first()


def limits(*, channel: str, on: date) -> list[CardLimit]:
    """All limits of a channel in force on a day: the newest row of each bank, kind and scene."""
    rows = CardLimit.objects.filter(channel_id=channel, effective_on__lte=on)
    return list(rows.order_by("bank_id", "kind", "scene", "-effective_on").distinct("bank_id", "kind", "scene"))


def limits_of_scene(scene: str, channels: Collection[str], on: date) -> list[CardLimit]:
    """The limits of one scene in force on a day, of several channels: the newest row of each bank and kind."""
    rows = CardLimit.objects.filter(channel_id__in=channels, scene=scene, effective_on__lte=on)
    return list(rows.order_by("channel_id", "bank_id", "kind", "-effective_on").distinct("channel_id", "bank_id", "kind"))


def supported_banks() -> list[Bank]:
    return list(Bank.objects.filter(supported=True).order_by("position", "code"))


def maintenance(*, channel: str, at: datetime) -> list[MaintenanceWindow]:
    """Windows that are on or begin within a week."""
    return channels.windows(channel, at, until=at + SHOWN_AHEAD)


def shards_over(at: datetime) -> list[int]:
    """The shards with bindings whose time is over."""
    over = CardBinding.objects.filter(expires_at__lte=at, state__in=[BindingState.CREATED, BindingState.SMS_SENT])
    return sorted(over.values_list("shard", flat=True).distinct().order_by())


def first_holders(limit: int) -> list[UUID]:
    """The customers who bound a live card first, earliest first."""
    found = Card.objects.exclude(state=CardState.UNBOUND).order_by("created_at", "id").values_list("customer_id", flat=True)
    return list(dict.fromkeys(found[: limit * 4]))[:limit]
