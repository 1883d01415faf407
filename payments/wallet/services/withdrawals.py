"""Money from the balance to a card, through the card's best channel, and on to another after a definite no."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.ledger import halt
from accounts.ledger import services as ledger
from accounts.ledger.accounts import customer_account
from accounts.ledger.refusals import AccountFrozen, CeilingReached, HoldNotOpen
from core.clock import queries as clock
from core.errors import DomainError
from core.ids import new_id, public_id, shard_of
from core.limits import queries as limits
from core.limits import services as counters
from core.limits.services import LimitReached
from core.moves import advance
from core.outbox import services as outbox
from core.outbox.services import Payload
from core.questions import ask
from core.work import services as work
from payments.cards import queries as cards
from payments.cards import routes
from payments.cards import services as card_services
from payments.cards.queries import CardNotUsable
from payments.cards.services import OverSingleLimit, SceneNotOffered
from payments.channels import telling
from payments.channels.elsewhere import NEXT_CHANNEL
from payments.channels.queries import ChannelRequest
from payments.channels.routing import AmountNotServed
from payments.channels.services import ChannelNotConnected, ChannelOff, ChannelUnderMaintenance
from payments.risk.services import deciding
from payments.risk.services.deciding import Act
from payments.wallet import journals
from payments.wallet.fees import Fee, withdrawal_fee
from payments.wallet.models import WITHDRAWAL_MOVES, WalletTerms, Withdrawal, WithdrawalState, terms_in_force
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent
from payments.wallet.services.parties import CustomerNotActive

BUSINESS = "withdrawal"
FREE_COUNTER = "withdrawal_free"
UNCLAIMED = "withdrawal.unclaimed"
REFUSED = "withdrawal_refused"
HOLD_LIFE = timedelta(days=7)
ALLOWANCE_TRIES = 10
REFUSED_ON_THE_WAY = (
    AccountFrozen,
    AmountNotServed,
    CardNotUsable,
    ChannelNotConnected,
    ChannelOff,
    ChannelUnderMaintenance,
    CustomerNotActive,
    HoldNotOpen,
    LimitReached,
    OverSingleLimit,
    SceneNotOffered,
)


class AllowanceBusy(DomainError):
    code = "withdrawal_allowance_busy"
    en = "Another withdrawal of yours is being priced. Repeat in a moment."
    zh = "您的另一笔提现正在计费,请稍后重试。"


@transaction.atomic
def hold(*, intent: Intent, card_id: uuid.UUID, amount_fen: int, at: datetime) -> Withdrawal:
    """Hold amount and fee on the balance, and for a person's word too where risk says so. Nothing is asked of the channel yet.

    Raises CustomerNotActive, NotFound, CardNotUsable, what `routes.best` raises, the card's limits, StepUpNeeded and its kin, RiskRefused,
    InsufficientFunds, LedgerHalted, NoOpenDay.
    """

    def approved(payee: str) -> int:
        return authority.require(intent=intent, purpose=authority.WITHDRAW, amount_fen=amount_fen, payee=payee, at=at)

    return begun(intent.customer_id, intent.session_id, card_id, amount_fen, approved, at)


@transaction.atomic
def hold_agreed(
    *, customer_id: uuid.UUID, session_id: uuid.UUID, factors: int, card_id: uuid.UUID, amount_fen: int, at: datetime
) -> Withdrawal:
    """The same for money that its owner sent to the card before it was there, with so many factors, in that session. The sweeper sends it.

    Raises what `hold` raises.
    """
    return begun(customer_id, session_id, card_id, amount_fen, lambda payee: factors, at)


def begun(
    customer_id: uuid.UUID, session_id: uuid.UUID, card_id: uuid.UUID, amount_fen: int, approved: Callable[[str], int], at: datetime
) -> Withdrawal:
    """`approved`: how many factors stand behind a withdrawal to that payee."""
    halt.require_open()
    parties.require_active(customer_id)
    card = cards.usable(customer_id, card_id)
    way = routes.best(card=card, use=routes.WITHDRAW, amount_fen=amount_fen, at=at)
    card_services.check_limit(card=card, scene="withdraw", amount_fen=amount_fen, at=at, channel=way.channel)
    act = Act(BUSINESS, new_id(), customer_id, session_id, amount_fen, payee=card.id, card=bytes(card.fingerprint))
    (known,) = ask(deciding.facts_question(act=act, at=at))
    with authority.saying(purpose=authority.WITHDRAW, amount_fen=amount_fen, payee=card.public_id):
        ruling = deciding.decide(act=act, known=known, factors=approved(card.public_id), at=at)
    month = month_of(at)
    fee = take_allowance(customer_id, amount_fen, month, terms_in_force(at))
    withdrawal = Withdrawal.objects.create(
        id=act.business_id,
        state=WithdrawalState.IN_REVIEW if ruling.review else WithdrawalState.HELD,
        customer_id=customer_id,
        shard=shard_of(customer_id),
        card_id=card.id,
        amount_fen=amount_fen,
        fee_fen=fee.fee_fen,
        free_fen=fee.free_fen,
        month=month,
        created_at=at,
        changed_at=at,
    )
    ledger.hold(
        hold_id=withdrawal.hold_id,
        account=customer_account(customer_id, "balance"),
        amount=amount_fen + fee.fee_fen,
        expires_at=at + HOLD_LIFE,
        reference=withdrawal.public_id,
        at=at,
    )
    deciding.record(ruling)
    publish(f"withdrawal.{withdrawal.state}", withdrawal, at)
    return withdrawal


@transaction.atomic
def let_go(*, withdrawal_id: uuid.UUID, at: datetime) -> Withdrawal:
    """A person let a withdrawal in review go on: the sweeper sends what is held. Raises WrongState, CustomerNotActive."""
    withdrawal = Withdrawal.objects.select_for_update().get(pk=withdrawal_id)
    parties.require_active(withdrawal.customer_id)
    advance(withdrawal, WithdrawalState.HELD, moves=WITHDRAWAL_MOVES, at=at)
    publish("withdrawal.held", withdrawal, at)
    return withdrawal


@transaction.atomic
def refuse(*, withdrawal_id: uuid.UUID, at: datetime) -> Withdrawal:
    """A person refused a withdrawal in review, or nobody decided: what is held is free again. Raises WrongState."""
    return release(Withdrawal.objects.select_for_update().get(pk=withdrawal_id), REFUSED, at)


@transaction.atomic
def dispatch(*, withdrawal_id: uuid.UUID, at: datetime) -> Withdrawal:
    """Capture the hold (journal 2, first part) and place the payout, once; the row as it is when that was done before.

    A customer or card that may no longer pay, or a hold that ran out, fails the withdrawal and frees the hold. While nothing can be
    booked it stays held, for the sweeper.
    """
    withdrawal = Withdrawal.objects.select_for_update().get(pk=withdrawal_id)
    if withdrawal.state != WithdrawalState.HELD:
        return withdrawal
    try:
        place_and_capture(withdrawal, at)
    except telling.SHUT:
        return withdrawal
    except REFUSED_ON_THE_WAY as refused:
        return release(withdrawal, refused.code, at)
    publish("withdrawal.sent", withdrawal, at)
    return withdrawal


@transaction.atomic
def place_and_capture(withdrawal: Withdrawal, at: datetime) -> None:
    """Both or, when the customer, the card, every channel, the account or the hold refuses, neither."""
    parties.require_active(withdrawal.customer_id)
    card = cards.usable(withdrawal.customer_id, withdrawal.card_id)
    way = routes.patient(card=card, use=routes.WITHDRAW, amount_fen=withdrawal.amount_fen, at=at)
    request = routes.place(card=card, use=routes.WITHDRAW, order=made_for(withdrawal), way=way, at=at)
    journal_id = new_id()
    ledger.capture(
        hold_id=withdrawal.hold_id,
        journal_id=journal_id,
        event=journals.WITHDRAWAL_SENT,
        legs=journals.withdrawal_sent(customer_id=withdrawal.customer_id, amount_fen=withdrawal.amount_fen, fee_fen=withdrawal.fee_fen),
        amount=withdrawal.amount_fen + withdrawal.fee_fen,
        reference=withdrawal.public_id,
        at=at,
    )
    advance(withdrawal, WithdrawalState.SENT, moves=WITHDRAWAL_MOVES, at=at, sent_journal_id=journal_id, request_id=request.id)


def made_for(withdrawal: Withdrawal) -> routes.Order:
    return routes.Order(BUSINESS, withdrawal.id, withdrawal.public_id, withdrawal.amount_fen)


@transaction.atomic
def settle(*, request: ChannelRequest, at: datetime) -> Withdrawal:
    """Take in the channel's final word on the payout, in the transaction that stores it."""
    withdrawal = Withdrawal.objects.select_for_update().get(pk=request.business_id)
    if request.state == "failed":
        return withdrawal if goes_on(withdrawal, request, at) else give_back(withdrawal, WithdrawalState.FAILED, request.code, at)
    journal_id = new_id()
    advance(withdrawal, WithdrawalState.PAID, moves=WITHDRAWAL_MOVES, at=at, paid_journal_id=journal_id)
    ledger.post(
        journal_id=journal_id,
        event=journals.WITHDRAWAL_PAID,
        legs=journals.withdrawal_paid(channel=request.channel_id, amount_fen=withdrawal.amount_fen),
        reference=withdrawal.public_id,
        at=at,
    )
    publish("withdrawal.paid", withdrawal, at)
    return withdrawal


def goes_on(withdrawal: Withdrawal, request: ChannelRequest, at: datetime) -> bool:
    """Whether another channel pays it, after one that certainly did not; what is captured stays on its way. Raises LedgerHalted,
    NoOpenDay: told again then."""
    if withdrawal.state != WithdrawalState.SENT or request.verdict != NEXT_CHANNEL or withdrawal.request_id != request.id:
        return False
    try:
        with transaction.atomic():
            parties.require_active(withdrawal.customer_id)
            card = cards.card(withdrawal.customer_id, withdrawal.card_id)
            following = routes.place_another(card=card, use=routes.WITHDRAW, order=made_for(withdrawal), at=at)
    except telling.SHUT:
        raise
    except DomainError:
        return False
    return following is not None and bool(Withdrawal.objects.filter(pk=withdrawal.pk).update(request_id=following, changed_at=at))


def has_another(request: ChannelRequest, at: datetime) -> bool:
    """Whether a channel that was not asked yet would pay a withdrawal on its way now."""
    withdrawal = Withdrawal.objects.get(pk=request.business_id)
    going = withdrawal.state == WithdrawalState.SENT and parties.active(withdrawal.customer_id)
    card = cards.card(withdrawal.customer_id, withdrawal.card_id)
    return going and routes.another(card=card, use=routes.WITHDRAW, order=made_for(withdrawal), at=at) is not None


@transaction.atomic
def settle_return(*, request: ChannelRequest, at: datetime) -> Withdrawal:
    """A payout that was done came back: the mirror of both parts of journal 2, the fee with it. Where the account was closed
    meanwhile the money waits as unapplied for an operator."""
    withdrawal = Withdrawal.objects.select_for_update().get(pk=request.business_id)
    assert withdrawal.paid_journal_id is not None
    try:
        with transaction.atomic():
            returned = give_back(withdrawal, WithdrawalState.RETURNED, request.code, at)
    except CeilingReached:
        returned = leave_unclaimed(Withdrawal.objects.get(pk=withdrawal.pk), request.code, at)
    ledger.reverse(journal_id=new_id(), reverses=withdrawal.paid_journal_id, event=journals.WITHDRAWAL_UNPAID, at=at)
    return returned


def give_back(withdrawal: Withdrawal, to: WithdrawalState, code: str, at: datetime) -> Withdrawal:
    """Mirror the captured part, fee included, and return the limits it used."""
    assert withdrawal.sent_journal_id is not None
    journal_id = new_id()
    advance(withdrawal, to, moves=WITHDRAWAL_MOVES, at=at, back_journal_id=journal_id, code=code)
    return_limits(withdrawal)
    ledger.reverse(journal_id=journal_id, reverses=withdrawal.sent_journal_id, event=journals.WITHDRAWAL_BACK, at=at)
    publish(f"withdrawal.{to}", withdrawal, at, code=code)
    return withdrawal


def leave_unclaimed(withdrawal: Withdrawal, code: str, at: datetime) -> Withdrawal:
    """Journal 7: the customer has no account any more, so the money with its fee waits until an operator has paid it out."""
    journal_id = new_id()
    advance(withdrawal, WithdrawalState.UNCLAIMED, moves=WITHDRAWAL_MOVES, at=at, back_journal_id=journal_id, code=code)
    return_limits(withdrawal)
    ledger.post(
        journal_id=journal_id,
        event=journals.WITHDRAWAL_UNCLAIMED,
        legs=journals.withdrawal_unclaimed(amount_fen=withdrawal.amount_fen, fee_fen=withdrawal.fee_fen),
        reference=withdrawal.public_id,
        at=at,
    )
    facts = {"code": code, "amount_fen": withdrawal.amount_fen + withdrawal.fee_fen}
    work.ask(kind=UNCLAIMED, target=withdrawal.public_id, facts=facts, at=at)
    publish("withdrawal.unclaimed", withdrawal, at, code=code)
    return withdrawal


def release(withdrawal: Withdrawal, code: str, at: datetime) -> Withdrawal:
    advance(withdrawal, WithdrawalState.FAILED, moves=WITHDRAWAL_MOVES, at=at, code=code)
    return_limits(withdrawal)
    ledger.release(hold_id=withdrawal.hold_id, at=at)
    publish("withdrawal.failed", withdrawal, at, code=code)
    return withdrawal


@dataclass(frozen=True)
class Quote:
    """A fee, and the free allowance it was computed with (fen)."""

    fee: Fee
    free_left_fen: int


def quote(*, customer_id: uuid.UUID, amount_fen: int, at: datetime) -> Quote:
    """What a withdrawal of `amount_fen` would cost now; it binds nobody until it is held."""
    terms = terms_in_force(at)
    used_fen = limits.used(counter=FREE_COUNTER, owner=customer_id, period=month_of(at))
    return Quote(fee_under(terms, amount_fen, used_fen), max(terms.free_fen_per_month - used_fen, 0))


def take_allowance(customer_id: uuid.UUID, amount_fen: int, month: str, terms: WalletTerms) -> Fee:
    """Use up the month's free allowance: read what is left, take it guarded, and look again when another took it first."""
    for _ in range(ALLOWANCE_TRIES):
        fee = fee_under(terms, amount_fen, limits.used(counter=FREE_COUNTER, owner=customer_id, period=month))
        if not fee.free_fen:
            return fee
        with suppress(LimitReached):
            counters.take(counter=FREE_COUNTER, owner=customer_id, period=month, amount=fee.free_fen, cap=terms.free_fen_per_month)
            return fee
    raise AllowanceBusy()


def return_limits(withdrawal: Withdrawal) -> None:
    """What it used of the month's free allowance and of the card's limits."""
    if withdrawal.free_fen:
        counters.give_back(counter=FREE_COUNTER, owner=withdrawal.customer_id, period=withdrawal.month, amount=withdrawal.free_fen)
    card_services.give_back_limit(
        card_id=withdrawal.card_id, scene="withdraw", amount_fen=withdrawal.amount_fen, taken_at=withdrawal.created_at
    )


def fee_under(terms: WalletTerms, amount_fen: int, used_fen: int) -> Fee:
    return withdrawal_fee(
        amount_fen=amount_fen,
        free_left_fen=terms.free_fen_per_month - used_fen,
        rate_bp=terms.fee_bp,
        min_fen=terms.fee_min_fen,
        cap_fen=terms.fee_cap_fen,
    )


def month_of(at: datetime) -> str:
    """The Shanghai month a withdrawal's free allowance is counted in."""
    return f"{clock.local(at):%Y-%m}"


def publish(topic: str, withdrawal: Withdrawal, at: datetime, **facts: str) -> None:
    payload: Payload = {
        "withdrawal": withdrawal.public_id,
        "customer": public_id("cus", withdrawal.customer_id),
        "amount_fen": withdrawal.amount_fen,
        "fee_fen": withdrawal.fee_fen,
        "currency": "CNY",
        **facts,
    }
    outbox.publish(topic=topic, owner=withdrawal.customer_id, payload=payload, at=at)
