"""What `ledger_check` proves of orders: each names its journals and is named by them, and what products hold for orders is what orders
say: money paid and not confirmed yet, money redeemed and not paid yet, and money advanced and not given back yet."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Expression, F, Q, QuerySet, Sum

from accounts.ledger import queries as ledger
from accounts.ledger.booked import SHOWN, Booked, Named
from accounts.ledger.sockets import CHECKS, Finding
from core.ids import public_id
from wealth.catalog import accounts
from wealth.catalog import queries as catalog
from wealth.orders import journals
from wealth.orders.models import WealthOrder
from wealth.orders.states import OrderState, Side

WAITS = [
    OrderState.PAID, OrderState.SUBMITTED, OrderState.REJECTED, OrderState.CANCELLED, OrderState.FAILED, OrderState.REFUNDING,
]  # fmt: skip
"""A purchase that is paid, and neither confirmed nor refunded."""


class Products:
    """Orders under way alone, so that the cost does not grow with history."""

    name = "wealth_orders"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        paid = Q(pay_journal_id__isnull=False) | Q(leg_id__isnull=False)
        bought = WealthOrder.objects.filter(paid, side=Side.BUY, state__in=WAITS)
        redeemed = WealthOrder.objects.filter(side=Side.REDEEM, state=OrderState.CONFIRMED, fast=False)
        advanced = WealthOrder.objects.filter(side=Side.REDEEM, state=OrderState.FAST_PAID)
        asked = (
            ("payments", accounts.payments, by_product(bought, F("amount_fen"))),
            ("payouts", accounts.payouts, by_product(redeemed, F("amount_fen") - F("fee_fen"))),
            ("advance", accounts.advance, by_product(advanced, F("amount_fen"))),
        )
        found = []
        for product_id in catalog.product_ids():
            for name, account, said in asked:
                held = abs(ledger.balance(account(product_id)).posted)
                if held != said.get(product_id, 0):
                    text = f"product:{name} holds {held} fen; orders say {said.get(product_id, 0)}"
                    found.append(Finding(f"wealth_order.{name}", public_id(catalog.Product.PREFIX, product_id), text))
        return found[:SHOWN]


def by_product(rows: QuerySet[WealthOrder], amount: F | Expression) -> dict[UUID, int]:
    sums = rows.order_by().values_list("product_id").annotate(total=Sum(amount))
    return dict(sums)


CHECKS.plug("wealth.orders", Products())
CHECKS.plug(
    "wealth.orders.booked",
    Booked(
        "wealth_order",
        Named(WealthOrder, WealthOrder.PREFIX, "cash_journal_id", journals.CASH),
        Named(WealthOrder, WealthOrder.PREFIX, "book_journal_id", journals.OF_KINDS),
    ),
)
