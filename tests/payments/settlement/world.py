"""Merchants whose days are paid, cut off, settled, approved and paid out."""

from datetime import date, datetime, timedelta
from typing import Any

from core.approvals.services import applying
from core.business_day import queries as business_days
from core.business_day.end_of_day import catch_up
from core.clock import queries as clock
from core.clock.queries import start_of_day
from payments.cashier.models import PaymentOrder
from payments.merchants import queries as merchants
from payments.merchants.models import Merchant, MerchantTerms
from payments.settlement.models import Settlement, SettlementAdjustment, SettlementTerms
from payments.settlement.services import adjusting, approving
from tests.payments.cashier.world import BALANCE, Shop, new_order, pay
from tests.payments.merchants.world import PEOPLE
from tests.payments.wallet.world import holder, open_day

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
