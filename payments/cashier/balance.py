"""The wallet's balance as a funding source: held in the ledger while a card is asked, else taken by the commit itself."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.ledger import queries as ledger_queries
from accounts.ledger import services as ledger
from accounts.ledger.accounts import customer_account
from accounts.ledger.legs import Leg, credit, debit
from accounts.verification import outflow
from accounts.verification import queries as limits
from accounts.verification import services as verification
from core.columns import MAX_FEN
from core.errors import DomainError
from payments.cashier.sockets import LegFacts, Offer, OrderFacts, Reason

NAME = "balance"


class BalanceEmpty(DomainError):
    code = "balance_empty"
    en = "There is nothing on your balance. Top it up, or pay another way."
    zh = "余额为零,请先充值或选择其他支付方式。"


class BalanceUsedUp(DomainError):
    code = "balance_limit_used_up"
    en = "What your account may pay out of the balance today or this year is used up. Pay by card, or verify your account further."
    zh = "您的余额付款限额已用完,请使用银行卡支付,或进一步完成身份认证以提升限额。"


class Balance:
    """What the customer has on the balance, within what their account class may still pay out by so many factors."""

    order = 20
    external = False

    def offers(self, *, order: OrderFacts, customer_id: UUID, factors: int, at: datetime) -> Sequence[Offer]:
        available = ledger_queries.balance(customer_account(customer_id)).available
        left = may_pay(customer_id, factors, at)
        if isinstance(left, verification.NotVerified):
            return [offer(0, left)]
        if available <= 0:
            return [offer(0, BalanceEmpty())]
        if isinstance(left, DomainError):
            return [offer(0, left)]
        return [offer(min(available, left))]

    def hold(self, *, leg: LegFacts, at: datetime) -> UUID | None:
        """Raises NotVerified, OutflowLimitReached, InsufficientFunds, AccountFrozen."""
        verification.count_outflow(customer_id=leg.customer_id, amount_fen=leg.amount_fen, factors=leg.factors, at=at)
        if leg.at_once:
            return None
        return ledger.hold(
            hold_id=leg.id,
            account=customer_account(leg.customer_id),
            amount=leg.amount_fen,
            expires_at=leg.until,
            reference=leg.order_public_id,
            at=at,
        )

    def commit_legs(self, *, leg: LegFacts) -> Sequence[Leg]:
        return [debit(customer_account(leg.customer_id), leg.amount_fen)]

    def committed(self, *, leg: LegFacts, journal_id: UUID, at: datetime) -> None:
        """The ledger is all the balance has."""

    def release(self, *, leg: LegFacts, at: datetime) -> None:
        give_back_limit(leg, leg.amount_fen)
        if leg.hold_id is not None:
            ledger.release(hold_id=leg.hold_id, at=at)

    def refund_legs(self, *, leg: LegFacts, amount_fen: int) -> Sequence[Leg]:
        return [credit(customer_account(leg.customer_id), amount_fen)]

    def refunded(self, *, leg: LegFacts, amount_fen: int, refund_id: UUID, at: datetime) -> None:
        give_back_limit(leg, amount_fen)


def may_pay(customer_id: UUID, factors: int, at: datetime) -> int | DomainError:
    """What the customer's account may still pay out by so many factors, or why nothing (NotVerified, BalanceUsedUp)."""
    facts = limits.outflow_facts(customer_id, at)
    if facts.account_class == 0 or facts.person is None:
        return verification.NotVerified()
    used = limits.outflow_used(customer_id, at)
    counted = [kind for kind in outflow.counters(factors) if kind in facts.caps]
    left = min((facts.caps[kind] - used.get(kind, 0) for kind in counted), default=MAX_FEN)
    return left if left > 0 else BalanceUsedUp()


def give_back_limit(leg: LegFacts, amount_fen: int) -> None:
    verification.return_outflow(customer_id=leg.customer_id, amount_fen=amount_fen, factors=leg.factors, at=leg.began_at)


def offer(most_fen: int, refusal: DomainError | None = None) -> Offer:
    return Offer(ref="", title_en="Balance", title_zh="余额", most_fen=most_fen, reason=Reason.of(refusal) if refusal else None)
