"""The journals that orders post themselves, by the number the floor knows them by; W1 is the cashier's, W2, W4 and W7 the kind's.

W5 redeemed money is paid · W6 it is advanced · W20 what a refund brought back to a fund, and could not buy
shares again, is paid. All carry the order's public id as their reference.
"""

from accounts.ledger.accounts import customer_account
from accounts.ledger.legs import Leg, credit, debit
from wealth.catalog import accounts
from wealth.orders.models import WealthOrder

CASH_PAID = "wealth.cash_paid"
FAST_PAID = "wealth.fast_paid"
RETURNED = "wealth.returned"
SPENT = "cashier.paid"
"""The cashier's own, where the cash of a fast redemption funds an order: it debits product:advance in place of W6."""
CONFIRMED, REDEEMED, FAST_SETTLED = "wealth.confirmed", "wealth.redeemed", "wealth.fast_settled"
CASH = (CASH_PAID, FAST_PAID, RETURNED, SPENT)
OF_KINDS = (CONFIRMED, REDEEMED, FAST_SETTLED)
"""W2, W4 and W7: posted by the booking of a kind under the order's public id."""


def cash_paid(order: WealthOrder, amount_fen: int) -> list[Leg]:
    """W5: product:payouts -> user:balance."""
    return [debit(accounts.payouts(order.product_id), amount_fen), credit(customer_account(order.customer_id), amount_fen)]


def fast_paid(order: WealthOrder, amount_fen: int) -> list[Leg]:
    """W6: product:advance -> user:balance; W7 of the same order settles the advance."""
    return [debit(accounts.advance(order.product_id), amount_fen), credit(customer_account(order.customer_id), amount_fen)]


def returned(order: WealthOrder, amount_fen: int) -> list[Leg]:
    """W20: product:payments -> user:balance."""
    return [debit(accounts.payments(order.product_id), amount_fen), credit(customer_account(order.customer_id), amount_fen)]
