"""Merchants whose days are paid, cut off, settled, approved and paid out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.ledger import queries as ledger
from core.approvals.services import applying
from core.business_day import queries as business_days
from core.business_day.end_of_day import catch_up
from core.clock import queries as clock
from core.clock.queries import start_of_day
from payments.cashier.models import PaymentOrder
from payments.merchants import queries as merchants
from payments.merchants.models import Merchant, MerchantTerms
from payments.merchants.services import applications
from payments.settlement import journals, sweeps
from payments.settlement.models import Settlement, SettlementAdjustment, SettlementTerms
from payments.settlement.services import adjusting, approving
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import BALANCE, Shop, new_order, pay
from tests.payments.merchants.world import PEOPLE, add_app, opened
from tests.payments.settle import assert_nothing_open, settle
from tests.payments.wallet.bank_world import Holder, card_holder
from tests.payments.wallet.world import holder, open_day, proven
from tests.sandbox_bank import SandboxBank

TODAY = date(2020, 1, 2)


def sell(where: Shop, *amounts: int) -> list[PaymentOrder]:
    """Orders of these fen, each paid from a balance."""
    open_day()
    made = []
    for fen in amounts:
        order = new_order(where, fen)
        pay(holder(fen, pin=True), order, BALANCE, pin=True)
        order.refresh_from_db()
        assert order.state == "paid"
        made.append(order)
    return made


def end_day() -> date:
    """The open business day cut off and closed to the last step; the next one is open."""
    day = business_days.current()
    done = catch_up(at=start_of_day(day + timedelta(days=1)))
    assert done.failed == []
    assert done.closed[-1] == day
    return day


def settled(where: Shop, day: date) -> Settlement:
    return Settlement.objects.get(merchant=where.merchant, business_on=day)


def dated(model: Any, where: Shop, **values: Any) -> None:
    """Terms of a merchant's own, in force since long ago: the database refuses to date one back only when it is changed."""
    base = model.objects.get(merchant=None)
    kept = {field.attname: getattr(base, field.attname) for field in model._meta.concrete_fields if not field.primary_key}
    model.objects.create(**(kept | {"merchant_id": where.merchant.id, "effective_on": TODAY} | values))


def merchant_terms(where: Shop, **values: Any) -> None:
    dated(MerchantTerms, where, **values)


def settlement_terms(where: Shop, **values: Any) -> None:
    dated(SettlementTerms, where, **values)


def approve_day(day: date, *, at: datetime | None = None) -> int:
    rows = list(Settlement.objects.filter(business_on=day, state="closed"))
    with applying(approving.DAY, **PEOPLE):
        return approving.approve_day(
            business_on=day, number=len(rows), payout_fen=sum(row.payout_fen for row in rows), at=at or clock.now()
        )


def pay_again(row: Settlement, *, at: datetime | None = None) -> Settlement:
    with applying(approving.RETRY, **PEOPLE):
        return approving.pay_again(settlement_id=row.id, at=at or clock.now())


def adjust(where: Shop, fen: int, reason: str = "a correction") -> SettlementAdjustment:
    with applying(adjusting.ADJUST, **PEOPLE):
        return adjusting.adjust(merchant_id=where.merchant.id, amount_fen=fen, reason=reason, at=clock.now())


def standing(merchant: Merchant) -> dict[str, int]:
    """Role to what is posted, by the last word of the account's name."""
    return {role.split(":")[1]: found.posted for role, found in merchants.balances(merchant.id).items() if found.posted}


@dataclass
class Seller:
    """A shop whose payouts go to its owner's card at the bank."""

    shop: Shop
    owner: Holder

    @property
    def merchant(self) -> Merchant:
        return merchants.merchant(self.shop.merchant.id)


def seller(bank: SandboxBank) -> Seller:
    owner = card_holder(bank)
    merchant = opened(owner.customer)
    choose_card(merchant, owner)
    return Seller(Shop(merchants.merchant(merchant.id), merchants.app(add_app(merchant).id)), owner)


def choose_card(merchant: Merchant, owner: Holder) -> None:
    given = proven(owner.customer, amount_fen=0, payee=owner.card.public_id, purpose=applications.CARD_PURPOSE)
    applications.choose_card(intent=given, merchant_id=merchant.id, card_id=owner.card.id, at=clock.now())


def approved(where: Shop, *amounts: int) -> Settlement:
    """A settlement of these orders, approved by two people; its payout waits for its day."""
    sell(where, *amounts)
    day = end_day()
    approve_day(day)
    return settled(where, day)


def pay_out(row: Settlement, *, at: datetime | None = None) -> datetime:
    """The sweeper's pass on the day it is due, and every job of the channels after it."""
    at = at or start_of_day(row.due_on)
    sweeps.pay_due(shard=row.shard, at=at)
    at = settle(at)
    row.refresh_from_db()
    return at


def assert_paid_out(row: Settlement, bank: SandboxBank, owner: Holder, fen: int, *, before_fen: int = 100_000_00) -> None:
    """Paid once: here, in the books and at the bank."""
    row.refresh_from_db()
    assert (row.state, row.paid_fen) == ("paid", fen)
    assert bank.card(owner.number)["balance_fen"] == before_fen + fen
    assert ledger.balance(journals.TRANSIT).posted == 0
    assert_nothing_open()
    assert_books_balance()
