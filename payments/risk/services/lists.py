"""The block and allow lists. One person makes things stricter at once; two make them looser."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.identity import queries as identity
from accounts.identity.phones import e164, masked, phone_index
from core.approvals.services import must_be_applying
from core.errors import DomainError, Invalid
from core.ids import parse_public_id
from payments.cards import queries as cards
from payments.risk.models import RiskListEntry
from payments.risk.queries import entry as found

ALLOW = "risk_list.allow"
UNBLOCK = "risk_list.unblock"
Effect, What = RiskListEntry.Effect, RiskListEntry.What


class AlreadyListed(DomainError):
    code = "risk_already_listed"
    en = "It stands on this list already ({entry}). End that entry first to change it."
    zh = "该对象已在名单中({entry}),如需变更请先移出。"


class EntryEnded(DomainError):
    code = "risk_entry_ended"
    en = "This entry has ended already."
    zh = "该名单记录已移出。"


@dataclass(frozen=True)
class Named:
    """Whom or what an entry is about: what acts are compared with, and what people read."""

    what: str
    key: bytes
    shown: str


def named(what: str, text: str) -> Named:
    """What an operator means by an id or a phone number. Raises NotFound, Invalid."""
    return READ[What(what)](text.strip())


def by_id(what: str, prefix: str) -> Callable[[str], Named]:
    def read(text: str) -> Named:
        return Named(what, parse_public_id(prefix, text).bytes, text)

    return read


def device(text: str) -> Named:
    """The installation of the app behind a device, whoever uses it."""
    return Named(What.DEVICE, identity.installation_of(parse_public_id("dev", text)), text)


def card(text: str) -> Named:
    """The card's number, whoever binds it."""
    return Named(What.CARD, cards.fingerprint_of(parse_public_id("crd", text)), text)


def phone(text: str) -> Named:
    number = e164(text)
    return Named(What.PHONE, phone_index(number), masked(number))


READ: dict[str, Callable[[str], Named]] = {
    What.CUSTOMER: by_id(What.CUSTOMER, "cus"),
    What.MERCHANT: by_id(What.MERCHANT, "mch"),
    What.DEVICE: device,
    What.CARD: card,
    What.PHONE: phone,
}


@transaction.atomic
def block(*, target: Named, why: str, until: datetime | None, by: str, at: datetime) -> RiskListEntry:
    """From now on every act that names the target is refused. Raises Invalid (until), AlreadyListed."""
    return add(Effect.BLOCK, target, why, until, by, at)


@transaction.atomic
def allow(*, target: Named, why: str, until: datetime | None, at: datetime) -> RiskListEntry:
    """From now on acts of the target need no step-up and no review; what a rule refuses stays refused.

    Raises ApprovalNeeded outside an approval of `risk_list.allow`, Invalid (until), AlreadyListed.
    """
    decided = must_be_applying(ALLOW)
    return add(Effect.ALLOW, target, why, until, f"{decided.maker}, {decided.checker}", at)


@transaction.atomic
def end_allow(*, entry_id: uuid.UUID, by: str, at: datetime) -> RiskListEntry:
    """Take something off the allow list. Raises NotFound, Invalid (a block), EntryEnded."""
    return end(locked(entry_id, Effect.ALLOW), by, at)


@transaction.atomic
def end_block(*, entry_id: uuid.UUID, at: datetime) -> RiskListEntry:
    """Take something off the block list. Raises ApprovalNeeded outside an approval of `risk_list.unblock`, and as `end_allow` does."""
    decided = must_be_applying(UNBLOCK)
    return end(locked(entry_id, Effect.BLOCK), f"{decided.maker}, {decided.checker}", at)


def add(effect: str, target: Named, why: str, until: datetime | None, by: str, at: datetime) -> RiskListEntry:
    """An entry whose time is over makes room for its successor."""
    must_be_to_come(until, at)
    same = RiskListEntry.objects.filter(key=target.key, what=target.what, effect=effect, ended_at=None)
    same.filter(until__lte=at).update(ended_at=at, ended_by=by)
    entry = RiskListEntry(
        effect=effect, what=target.what, key=target.key, shown=target.shown, why=why, until=until, created_at=at, created_by=by
    )
    made = RiskListEntry.objects.bulk_create([entry], ignore_conflicts=True)
    if not RiskListEntry.objects.filter(pk=made[0].pk).exists():
        raise AlreadyListed(entry=same.get().public_id)
    return entry


def must_be_to_come(until: datetime | None, at: datetime) -> None:
    if until is not None and until <= at:
        raise Invalid("until", "Give a time to come, or none.", "请填写将来的时间,或留空。")


def end(entry: RiskListEntry, by: str, at: datetime) -> RiskListEntry:
    RiskListEntry.objects.filter(pk=entry.pk).update(ended_at=at, ended_by=by)
    entry.ended_at, entry.ended_by = at, by
    return entry


def locked(entry_id: uuid.UUID, effect: str) -> RiskListEntry:
    entry = RiskListEntry.objects.select_for_update().filter(pk=entry_id).first() or found(entry_id)
    must_stand(entry, effect)
    return entry


def must_stand(entry: RiskListEntry, effect: str) -> None:
    """Raises Invalid for an entry of the other list, EntryEnded."""
    if entry.effect != effect:
        raise Invalid("target", "This entry stands on the other list.", "该记录属于另一名单。")
    if entry.ended_at is not None:
        raise EntryEnded()
