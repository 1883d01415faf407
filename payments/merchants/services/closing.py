"""Closing a merchant for good: only when it has nothing, owes nothing and waits for nothing."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.ledger.queries import Balance
from accounts.privacy.sockets import Obstacle
from core.approvals.services import must_be_applying
from core.errors import DomainError
from core.moves import advance, advance_all
from payments.merchants import queries
from payments.merchants.models import AppKey, Merchant, MerchantApp, Store
from payments.merchants.services import reviewing
from payments.merchants.services.applications import require_open, tell
from payments.merchants.services.reviewing import locked
from payments.merchants.sockets import MERCHANT_OBSTACLES
from payments.merchants.states import APP_MOVES, KEY_MOVES, MERCHANT_MOVES, STORE_MOVES, AppState, KeyState, MerchantState, StoreState
from payments.wallet.services import authority
from payments.wallet.services.authority import Intent

CLOSE = "merchant.close"
PURPOSE = "merchant_close"
HAS_MONEY = Obstacle(
    "merchant_has_money",
    "The merchant still has money with us: wait until it is settled and paid out.",
    "商户仍有未结清款项,请等待结算并出款完毕。",
)


class MerchantBusy(DomainError):
    """`obstacles` lists the code and detail of each thing to end first, in both languages."""

    code = "merchant_busy"
    en = "This merchant cannot close yet; `obstacles` says what to end first."
    zh = "该商户暂不能关闭,请先处理 obstacles 所列事项。"


@transaction.atomic
def close(*, intent: Intent, merchant_id: UUID, at: datetime) -> Merchant:
    """Close one's own merchant, with a proof of purpose `merchant_close` made for its id.

    Raises NotFound, MerchantNotOpen, MerchantBusy, StepUpNeeded, ProofMismatch, ProofExpired.
    """
    queries.own_merchant(intent.customer_id, merchant_id)
    merchant = free(locked(merchant_id), at)
    authority.spend(intent=intent, purpose=PURPOSE, amount_fen=0, payee=merchant.public_id, at=at)
    return end(merchant, "", at)


@transaction.atomic
def close_by_platform(*, merchant_id: UUID, reason: str, at: datetime) -> Merchant:
    """Close a merchant; the owner reads `reason`. Raises ApprovalNeeded outside an approval of `merchant.close`, NotFound, Invalid,
    MerchantNotOpen, MerchantBusy."""
    must_be_applying(CLOSE)
    return end(free(locked(merchant_id), at), reviewing.readable(reason), at)


def free(merchant: Merchant, at: datetime) -> Merchant:
    """Raises MerchantNotOpen, MerchantBusy."""
    require_open(merchant)
    found = [obstacle for plug in MERCHANT_OBSTACLES for obstacle in plug.obstacles(merchant_id=merchant.id, at=at)]
    if has_money(queries.balances(merchant.id)):
        found.append(HAS_MONEY)
    if found:
        facts: list[dict[str, str | int]] = [{"code": one.code, "detail_en": one.en, "detail_zh": one.zh} for one in found]
        raise MerchantBusy(obstacles=facts)
    return merchant


def has_money(balances: Mapping[str, Balance]) -> bool:
    return any(balance.posted or balance.held for balance in balances.values())


def end(merchant: Merchant, reason: str, at: datetime) -> Merchant:
    """Close, called with the merchant locked and free; its stores, apps and keys end with it."""
    keys = AppKey.objects.filter(app__merchant_id=merchant.id)
    advance_all(keys, KeyState.RETIRED, moves=KEY_MOVES, at=at, slot=None, ended_at=at)
    advance_all(MerchantApp.objects.filter(merchant_id=merchant.id), AppState.STOPPED, moves=APP_MOVES, at=at)
    advance_all(Store.objects.filter(merchant_id=merchant.id), StoreState.CLOSED, moves=STORE_MOVES, at=at)
    advance(merchant, MerchantState.CLOSED, moves=MERCHANT_MOVES, at=at, reason=reason)
    tell("merchant.closed", merchant, at)
    return queries.merchant(merchant.id)


@transaction.atomic
def forget_owner(*, owner_id: UUID) -> None:
    """What a person who leaves gave us to call them by; their merchants are closed already."""
    Merchant.objects.filter(owner_id=owner_id, contact_phone__isnull=False).update(contact_phone=None)
