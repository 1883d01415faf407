"""Paying settlements out: placed at the card's best channel and booked in one transaction, sent after it, ended by the channel's word. A
definite no goes on at another channel, or is mirrored."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from accounts.ledger import services as ledger
from core.clock.queries import local_day
from core.errors import DomainError
from core.ids import new_id
from core.moves import WrongState, advance
from core.outbox import services as outbox
from core.outbox.services import Payload
from core.production import refuse_in_production
from core.work import services as work
from payments.cards import queries as cards
from payments.cards import routes
from payments.channels import services as channels
from payments.channels import telling
from payments.channels.elsewhere import NEXT_CHANNEL
from payments.channels.queries import ChannelRequest
from payments.merchants import accounts
from payments.merchants import queries as merchants
from payments.merchants.queries import Merchant
from payments.merchants.states import MerchantState
from payments.settlement import journals, queries
from payments.settlement.models import MerchantPayout, Settlement
from payments.settlement.states import PAYOUT_MOVES, SETTLEMENT_MOVES, PayoutState, SettlementState

BUSINESS = "settlement"
WAITING = "settlement.payout_waiting"
RETURNED = "settlement.payout_returned"
TOO_LITTLE = "too_little"
AGAIN_AFTER = timedelta(minutes=10)
PASSING = channels.ChannelUnderMaintenance
"""What is over by itself before a person could do anything about it."""
MAY_WAIT = timedelta(days=1)


class NotPaidOut(DomainError):
    code = "merchant_not_paid_out"
    en = "This merchant is {state}, so nothing is paid out to it."
    zh = "该商户当前状态为 {state},暂停出款。"


class NoSettlementCard(DomainError):
    code = "no_settlement_card"
    en = "The merchant has named no card for payouts. Its owner chooses one in the app."
    zh = "商户未设置结算卡,请商户所有者在应用中选择结算卡。"


@transaction.atomic
def pay(*, settlement_id: uuid.UUID, at: datetime) -> MerchantPayout | None:
    """Place the payout of an approved settlement whose time has come, once, and book it on its way (journal 2).

    None when it is not to be paid now: another did, it waits (for a card, a channel: `code` says for what, and it is tried again), or so
    little is left of it that it goes with the next one.
    """
    settlement = queries.locked(settlement_id)
    if settlement.state != SettlementState.APPROVED or settlement.pay_at is None or settlement.pay_at > at:
        return None
    try:
        return place(settlement, at)
    except telling.SHUT:
        return None
    except DomainError as refused:
        wait(settlement, refused, at)
        return None


@transaction.atomic
def pay_now(*, settlement_id: uuid.UUID, at: datetime) -> MerchantPayout | None:
    """`pay` an approved settlement before its day: for the merchants' sandbox. Raises NotInProduction, WrongState."""
    refuse_in_production("paying a settlement out before its day")
    settlement = queries.locked(settlement_id)
    if settlement.state != SettlementState.APPROVED:
        raise WrongState(state=str(settlement.state), wanted=str(SettlementState.PAYING))
    Settlement.objects.filter(pk=settlement.pk).update(pay_at=at, changed_at=at)
    return pay(settlement_id=settlement_id, at=at)


@transaction.atomic
def place(settlement: Settlement, at: datetime) -> MerchantPayout | None:
    """The payout, its request and its journal, or none of them. Raises what refuses it."""
    merchant = merchants.steady(settlement.merchant_id)
    require_active(merchant)
    if merchant.settlement_card_id is None:
        raise NoSettlementCard()
    card = cards.usable(merchant.owner_id, merchant.settlement_card_id)
    amount = min(settlement.payout_fen, merchants.balances(merchant.id)[accounts.AVAILABLE].available)
    if amount < max(merchants.terms_in_force(merchant.id, at).least_payout_fen, 1):
        advance(settlement, SettlementState.CARRIED, moves=SETTLEMENT_MOVES, at=at, code=TOO_LITTLE, pay_at=None)
        work.finish(kind=WAITING, target=settlement.public_id, by="system", at=at)
        return None
    payout = MerchantPayout(
        id=new_id(),
        settlement_id=settlement.id,
        merchant_id=merchant.id,
        shard=settlement.shard,
        number=queries.next_number(settlement.id),
        card_id=card.id,
        amount_fen=amount,
        sent_journal_id=new_id(),
        created_at=at,
        changed_at=at,
    )
    way = routes.patient(card=card, use=routes.SETTLE, amount_fen=amount, at=at)
    payout.request_id = routes.place(card=card, use=routes.SETTLE, order=made_for(payout), way=way, at=at).id
    payout.save(force_insert=True)
    advance(settlement, SettlementState.PAYING, moves=SETTLEMENT_MOVES, at=at, code="", pay_at=None, paid_fen=amount)
    work.finish(kind=WAITING, target=settlement.public_id, by="system", at=at)
    ledger.post(
        journal_id=payout.sent_journal_id,
        event=journals.SENT,
        legs=journals.sent(merchant_id=merchant.id, amount_fen=amount),
        reference=payout.public_id,
        at=at,
    )
    return payout


def require_active(merchant: Merchant) -> None:
    if merchant.state != MerchantState.ACTIVE:
        raise NotPaidOut(state=merchant.state)


def made_for(payout: MerchantPayout) -> routes.Order:
    return routes.Order(BUSINESS, payout.id, payout.public_id, payout.amount_fen)


def wait(settlement: Settlement, refused: DomainError, at: datetime) -> None:
    """Tried again later; a person hears of what does not pass by itself, or not within a day."""
    Settlement.objects.filter(pk=settlement.pk).update(code=refused.code, pay_at=at + AGAIN_AFTER, changed_at=at)
    if not isinstance(refused, PASSING) or local_day(at) - settlement.due_on > MAY_WAIT:
        facts = {"merchant": settlement.merchant_public_id, "payout_fen": settlement.payout_fen, "why": refused.code}
        work.ask(kind=WAITING, target=settlement.public_id, facts=facts, at=at)


@transaction.atomic
def settle(*, request: ChannelRequest, at: datetime) -> Settlement:
    """Take in the channel's final word on a payout, in the transaction that stores it."""
    settlement, payout = locked_with(request.business_id)
    if request.state == "failed":
        if goes_on(payout, request, at):
            return settlement
        advance_back(payout, PayoutState.FAILED, request.code, at)
        return come_back(settlement, payout, request.code, at)
    journal_id = new_id()
    advance(payout, PayoutState.PAID, moves=PAYOUT_MOVES, at=at, paid_journal_id=journal_id)
    advance(settlement, SettlementState.PAID, moves=SETTLEMENT_MOVES, at=at, paid_at=at)
    publish("settlement.paid", settlement, payout, at)
    ledger.post(
        journal_id=journal_id,
        event=journals.PAID,
        legs=journals.paid(channel=request.channel_id, amount_fen=payout.amount_fen),
        reference=payout.public_id,
        at=at,
    )
    return settlement


def goes_on(payout: MerchantPayout, request: ChannelRequest, at: datetime) -> bool:
    """Whether another channel pays it, after one that certainly did not; what is booked stays on its way. Raises LedgerHalted, NoOpenDay:
    told again then."""
    if payout.state != PayoutState.SENT or request.verdict != NEXT_CHANNEL or payout.request_id != request.id:
        return False
    try:
        with transaction.atomic():
            require_active(merchants.steady(payout.merchant_id))
            card = cards.card(request.customer_id, payout.card_id)
            following = routes.place_another(card=card, use=routes.SETTLE, order=made_for(payout), at=at)
    except telling.SHUT:
        raise
    except DomainError:
        return False
    return following is not None and bool(MerchantPayout.objects.filter(pk=payout.pk).update(request_id=following, changed_at=at))


def has_another(request: ChannelRequest, at: datetime) -> bool:
    """Whether a channel that was not asked yet would pay a payout on its way now."""
    payout = queries.payout(request.business_id)
    going = payout.state == PayoutState.SENT and merchants.merchant(payout.merchant_id).state == MerchantState.ACTIVE
    card = cards.card(request.customer_id, payout.card_id)
    return going and routes.another(card=card, use=routes.SETTLE, order=made_for(payout), at=at) is not None


@transaction.atomic
def settle_return(*, request: ChannelRequest, at: datetime) -> Settlement:
    """A payout that was done came back: both its journals are mirrored."""
    settlement, payout = locked_with(request.business_id)
    assert payout.paid_journal_id is not None
    advance_back(payout, PayoutState.RETURNED, request.code, at)
    ledger.reverse(journal_id=new_id(), reverses=payout.paid_journal_id, event=journals.UNPAID, at=at)
    return come_back(settlement, payout, request.code, at)


def locked_with(payout_id: uuid.UUID) -> tuple[Settlement, MerchantPayout]:
    """A payout behind its settlement's lock."""
    settlement = queries.locked(queries.payout(payout_id).settlement_id)
    return settlement, queries.payout(payout_id)


def advance_back(payout: MerchantPayout, to: PayoutState, code: str, at: datetime) -> None:
    advance(payout, to, moves=PAYOUT_MOVES, at=at, code=code, back_journal_id=new_id())


def come_back(settlement: Settlement, payout: MerchantPayout, code: str, at: datetime) -> Settlement:
    """The money is to be paid out again, once a person knows why it came back."""
    assert payout.back_journal_id is not None
    advance(settlement, SettlementState.RETURNED, moves=SETTLEMENT_MOVES, at=at, code=code, paid_fen=0, paid_at=None)
    facts = {"merchant": settlement.merchant_public_id, "payout": payout.public_id, "amount_fen": payout.amount_fen, "code": code}
    work.ask(kind=RETURNED, target=settlement.public_id, facts=facts, at=at)
    publish("settlement.returned", settlement, payout, at, code=code)
    ledger.reverse(journal_id=payout.back_journal_id, reverses=payout.sent_journal_id, event=journals.BACK, at=at)
    return settlement


def publish(topic: str, settlement: Settlement, payout: MerchantPayout, at: datetime, **facts: str) -> None:
    """News for the merchant, in order."""
    payload: Payload = {
        "settlement": settlement.public_id,
        "merchant": settlement.merchant_public_id,
        "app": None,
        "payout": payout.public_id,
        "business_on": settlement.business_on.isoformat(),
        "amount_fen": payout.amount_fen,
        "currency": settlement.currency,
        **facts,
    }
    outbox.publish(topic=topic, owner=settlement.merchant_id, payload=payload, at=at, key=settlement.merchant_public_id)
