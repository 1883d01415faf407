"""Reads of the wallet's orders and balance."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.identity import queries as identity
from accounts.identity.phones import masked as masked_phone
from accounts.ledger import queries as ledger
from accounts.ledger.accounts import customer_account
from accounts.ledger.queries import Balance
from accounts.verification import queries as verification
from core.errors import NotFound
from core.ids import public_id
from core.merged import Merged
from payments.cards import queries as cards
from payments.wallet.masks import masked_name
from payments.wallet.models import OPEN_TRANSFERS, OPEN_WITHDRAWALS, UNFINISHED_TOP_UPS, TopUp, Transfer, Withdrawal

OPEN_TOP_UPS = ("created", "processing")
HIDDEN_FROM_PAYEE = ("in_review", "refused")
"""Of a transfer that people have not let go on, or refused, its payee never hears."""


@dataclass(frozen=True)
class Person:
    """Another customer as a customer may see them; `name` is empty for the unverified."""

    customer_id: uuid.UUID
    name: str
    phone: str
    active: bool

    @property
    def public_id(self) -> str:
        return public_id("cus", self.customer_id)

    @property
    def shown(self) -> str:
        """The name, or of the unverified the number."""
        return self.name or self.phone


def balance(customer_id: uuid.UUID) -> Balance:
    """Posted, held and available of a customer's CNY balance, in fen."""
    return ledger.balance(customer_account(customer_id, "balance"))


def top_up(top_up_id: uuid.UUID) -> TopUp:
    return TopUp.objects.get(pk=top_up_id)


def withdrawal(withdrawal_id: uuid.UUID) -> Withdrawal:
    return Withdrawal.objects.get(pk=withdrawal_id)


def waiting_top_up(top_up_id: uuid.UUID) -> uuid.UUID | None:
    """The request that a top-up waits for."""
    return TopUp.objects.filter(pk=top_up_id, state__in=OPEN_TOP_UPS).values_list("request_id", flat=True).first()


def waiting_payout(withdrawal_id: uuid.UUID) -> uuid.UUID | None:
    """The request that a withdrawal on its way waits for."""
    return Withdrawal.objects.filter(pk=withdrawal_id, state="sent").values_list("request_id", flat=True).first()


def own_top_ups(customer_id: uuid.UUID) -> QuerySet[TopUp]:
    return TopUp.objects.filter(customer_id=customer_id)


def own_withdrawals(customer_id: uuid.UUID) -> QuerySet[Withdrawal]:
    return Withdrawal.objects.filter(customer_id=customer_id)


def own_transfers(customer_id: uuid.UUID, *, side: str = "") -> QuerySet[Transfer]:
    """Transfers a customer pays (`out`), receives (`in`) or both."""
    mine = {"out": Q(customer_id=customer_id), "in": Q(payee_id=customer_id) & ~Q(state__in=HIDDEN_FROM_PAYEE)}
    return Transfer.objects.filter(mine.get(side, mine["out"] | mine["in"]))


def page_of_transfers(customer_id: uuid.UUID, *, side: str = "") -> QuerySet[Transfer] | Merged:
    """`own_transfers` for a page: either side comes by its own index, where both in one condition would sort all there are."""
    if side:
        return own_transfers(customer_id, side=side)
    return Merged(own_transfers(customer_id, side="out"), own_transfers(customer_id, side="in"))


def people(customer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Person]:
    """Several customers in two queries, masked."""
    wanted = set(customer_ids)
    if not wanted:
        return {}
    names = verification.real_names(wanted)
    return {
        row.id: Person(row.id, masked_name(names[row.id]) if row.id in names else "", masked_phone(row.phone), row.state == "active")
        for row in identity.several(wanted)
    }


def person(customer_id: uuid.UUID) -> Person:
    """Raises NotFound, also for a closed account."""
    found = people([customer_id]).get(customer_id)
    if found is None:
        raise NotFound()
    return found


def open_with_card(card_id: uuid.UUID) -> int:
    """How many top-ups and withdrawals with a card are not over; a late success still goes back to its card. Asked of the holder's
    orders, which have an index; cards have none."""
    holder = cards.holder_of(card_id)
    top_ups = own_top_ups(holder).filter(card_id=card_id, state__in=UNFINISHED_TOP_UPS).count()
    return top_ups + own_withdrawals(holder).filter(card_id=card_id, state__in=OPEN_WITHDRAWALS).count()


def waiting_for(customer_id: uuid.UUID) -> int:
    """How many transfers wait for a customer to take them."""
    return Transfer.objects.filter(payee_id=customer_id, state="in_transit").count()


def open_orders(customer_id: uuid.UUID) -> dict[str, int]:
    """How many orders of a customer are not over, by kind: what keeps an account from being closed. Each is counted by an index of the
    open ones alone."""
    return {
        "top_up": own_top_ups(customer_id).filter(state__in=UNFINISHED_TOP_UPS).count(),
        "withdrawal": own_withdrawals(customer_id).filter(state__in=OPEN_WITHDRAWALS).count(),
        "transfer": Transfer.objects.filter(customer_id=customer_id, state__in=OPEN_TRANSFERS).count() + waiting_for(customer_id),
    }


def paid_since(customer_id: uuid.UUID, since: datetime) -> int:
    """How many withdrawals of a customer were paid out from `since` on and did not come back."""
    return own_withdrawals(customer_id).filter(state="paid", changed_at__gte=since).count()


def expired_transfers(shard: int, at: datetime) -> QuerySet[Transfer, uuid.UUID]:
    due = Transfer.objects.filter(shard=shard, state="in_transit", expires_at__lte=at)
    return due.order_by("expires_at", "id").values_list("id", flat=True)


def held_withdrawals(shard: int, before: datetime) -> QuerySet[Withdrawal, uuid.UUID]:
    stuck = Withdrawal.objects.filter(shard=shard, state="held", created_at__lte=before)
    return stuck.order_by("created_at", "id").values_list("id", flat=True)


def unplaced_refunds(shard: int, before: datetime) -> QuerySet[TopUp, uuid.UUID]:
    """Late successes of a shard whose refund nobody has asked the channel for."""
    waiting = TopUp.objects.filter(shard=shard, state="refunding", refund_request_id=None, changed_at__lte=before)
    return waiting.order_by("changed_at", "id").values_list("id", flat=True)


def overdue_top_ups(shard: int, at: datetime) -> QuerySet[TopUp, uuid.UUID]:
    late = TopUp.objects.filter(shard=shard, state__in=OPEN_TOP_UPS, give_up_at__lte=at)
    return late.order_by("give_up_at", "id").values_list("id", flat=True)


def due_shards(at: datetime, *, held_for: timedelta) -> list[tuple[str, int]]:
    """Which sweeps have something to do on which shards."""
    due = {
        "expire_transfers": Transfer.objects.filter(state="in_transit", expires_at__lte=at),
        "send_held": Withdrawal.objects.filter(state="held", created_at__lte=at - held_for),
        "place_refunds": TopUp.objects.filter(state="refunding", refund_request_id=None, changed_at__lte=at - held_for),
        "give_up_top_ups": TopUp.objects.filter(state__in=OPEN_TOP_UPS, give_up_at__lte=at),
    }
    return [(name, shard) for name, rows in due.items() for shard in sorted(set(rows.values_list("shard", flat=True).order_by()))]
