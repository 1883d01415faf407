"""Becoming a merchant: applying, applying again after a refusal, and naming the card that payouts go to."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import phones
from accounts.verification import queries as verification
from core.clock.queries import local_day
from core.errors import DomainError, Invalid
from core.ids import new_id, shard_of
from core.limits import services as limits
from core.limits.sockets import CapKind
from core.moves import advance
from core.outbox.services import publish
from payments.cards import queries as cards
from payments.merchants import licences, queries
from payments.merchants.models import Merchant, MerchantKind
from payments.merchants.states import MERCHANT_MOVES, OPENED, MerchantState
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent

APPLICATIONS = CapKind("merchants.applications_a_day", _("Applications one owner hands in, a day"), usual=5, most=100)
DEBIT = "debit"
COUNTER = "merchant:applications"
CARD_PURPOSE = "merchant_card"


class OwnerNotVerified(DomainError):
    code = "merchant_owner_not_verified"
    status = 403
    en = "Verify your identity first; a merchant needs a known owner."
    zh = "请先完成实名认证,商户须有已核实身份的所有者。"


class CategoryClosed(DomainError):
    code = "merchant_category_closed"
    status = 422
    en = "No merchants of this category are taken. Choose one of GET /v1/payments/merchants/categories."
    zh = "暂不受理该经营类目,请从 GET /v1/payments/merchants/categories 中选择。"


class MerchantNotOpen(DomainError):
    code = "merchant_not_open"
    en = "This merchant is {state}: only an active or suspended merchant has this."
    zh = "该商户当前状态为 {state},仅营业中或已暂停的商户可进行此操作。"


class DebitCardNeeded(DomainError):
    code = "merchant_debit_card_needed"
    en = "Payouts go to a debit card. Choose one."
    zh = "结算款仅可打入储蓄卡,请选择储蓄卡。"


@dataclass(frozen=True)
class Application:
    """What an applicant says; `licence_number` empty for an individual without a licence."""

    kind: str
    name: str
    short_name: str
    category: str
    contact_phone: str = field(repr=False)
    licence_number: str = field(repr=False)


@transaction.atomic
def apply(*, owner_id: UUID, application: Application, at: datetime) -> Merchant:
    """Ask to become a merchant. Raises CustomerNotActive, OwnerNotVerified, Invalid, CategoryClosed, LimitReached (five a day)."""
    told = checked(owner_id, application, at)
    count(owner_id, at)
    merchant_id = new_id()
    merchant = Merchant(id=merchant_id, owner_id=owner_id, shard=shard_of(merchant_id), applied_at=at, created_at=at, changed_at=at, **told)
    merchant.save(force_insert=True)
    tell("merchant.applied", merchant, at)
    return queries.merchant(merchant_id)


@transaction.atomic
def apply_again(*, owner_id: UUID, merchant_id: UUID, application: Application, at: datetime) -> Merchant:
    """Mend a refused application and hand it in anew. Raises NotFound, WrongState, and what `apply` raises."""
    queries.own_merchant(owner_id, merchant_id)
    merchant = locked(merchant_id)
    told = checked(owner_id, application, at)
    count(owner_id, at)
    advance(merchant, MerchantState.APPLIED, moves=MERCHANT_MOVES, at=at, reviewer=None, reason="", applied_at=at)
    for name, value in told.items():
        setattr(merchant, name, value)
    merchant.save(update_fields=list(told))
    tell("merchant.applied", merchant, at)
    return queries.merchant(merchant_id)


def checked(owner_id: UUID, application: Application, at: datetime) -> dict[str, Any]:
    """The columns an application fills, with the owner locked, so that their account does not close meanwhile.

    Raises CustomerNotActive, OwnerNotVerified, CategoryClosed, Invalid.
    """
    parties.require_active(owner_id)
    if verification.account_class(owner_id, at) < 1:
        raise OwnerNotVerified()
    if not queries.open_categories().filter(code=application.category).exists():
        raise CategoryClosed(field="category")
    number = licence(application)
    return {
        "kind": application.kind,
        "name": application.name,
        "short_name": application.short_name,
        "category_id": application.category,
        "contact_phone": phones.e164(application.contact_phone, field="contact_phone"),
        "licence_number": number,
        "licence_index": None if number is None else queries.licence_index(number),
    }


def licence(application: Application) -> str | None:
    """The licence number in its normal form; an individual may have none. Raises Invalid."""
    if not application.licence_number and application.kind == MerchantKind.INDIVIDUAL:
        return None
    number = licences.normal(application.licence_number)
    if number is None:
        raise Invalid(
            "licence_number",
            "Send the 18 characters of the unified social credit code on the licence: check them.",
            "请填写营业执照上的 18 位统一社会信用代码并核对。",
        )
    return number


def count(owner_id: UUID, at: datetime) -> None:
    limits.take(counter=COUNTER, owner=owner_id, period=local_day(at).isoformat(), amount=1, cap=APPLICATIONS.on(at))


@transaction.atomic
def choose_card(*, intent: Intent, merchant_id: UUID, card_id: UUID, at: datetime) -> Merchant:
    """Name the owner's debit card that payouts go to, with a proof of purpose `merchant_card` made for the card's id.

    Raises NotFound, MerchantNotOpen, CardNotUsable, DebitCardNeeded, StepUpNeeded, ProofMismatch, ProofExpired.
    """
    queries.own_merchant(intent.customer_id, merchant_id)
    merchant = require_open(locked(merchant_id))
    card = cards.usable(intent.customer_id, card_id)
    if card.kind != DEBIT:
        raise DebitCardNeeded(field="card_id")
    authority.spend(intent=intent, purpose=CARD_PURPOSE, amount_fen=0, payee=card.public_id, at=at)
    Merchant.objects.filter(pk=merchant.pk).update(settlement_card=card, changed_at=at)
    tell("merchant.card_chosen", merchant, at, card_id=str(card.id))
    return queries.merchant(merchant_id)


def locked(merchant_id: UUID) -> Merchant:
    """The merchant, locked against payments and every change; called once it is known to exist."""
    return Merchant.objects.select_for_update(of=("self",)).get(pk=merchant_id)


def require_open(merchant: Merchant) -> Merchant:
    """Raises MerchantNotOpen."""
    if merchant.state not in OPENED:
        raise MerchantNotOpen(state=merchant.state)
    return merchant


def tell(topic: str, merchant: Merchant, at: datetime, **facts: str) -> None:
    """The news of a change, to be called while holding the merchant's lock."""
    payload = {"merchant_id": str(merchant.id), "customer_id": str(merchant.owner_id), **facts}
    publish(topic=topic, owner=merchant.id, payload=dict(payload), at=at)
