"""Purchases and redemptions with the real sandbox issuer: sent over HTTP, confirmed by its signed file of the day, booked, paid."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.clock.queries import offset
from tests.payments.wallet.world import posted
from tests.sandbox_issuer import SandboxIssuer, sandbox_issuer
from tests.wealth.issuers.world import connect_platform, fetched, on
from tests.wealth.orders.world import FEN, api, assert_whole, go_on, order_of, ordered, paid, saver, units_of, wait_until
from wealth.catalog import accounts
from wealth.catalog.models import Product
from wealth.issuers.models import IssuerRequest
from wealth.issuers.services import sending
from wealth.orders.models import WealthOrder
from wealth.orders.services import redeeming

__all__ = ["sandbox_issuer"]
pytestmark = pytest.mark.django_db(transaction=True)
BUY = 100_000


@pytest.fixture
def connected(opened: None, sandbox_issuer: SandboxIssuer, settings: Any) -> Iterator[SandboxIssuer]:
    sandbox_issuer.switches_off()
    connect_platform(sandbox_issuer, settings)
    yield sandbox_issuer
    sandbox_issuer.switches_off()
    offset.forget()


def sent_all(issuer: SandboxIssuer, day: date) -> None:
    """Everything that waits leaves for the issuer on that trade date."""
    issuer.now(f"{day}T15:00:01")
    for request_id in IssuerRequest.objects.filter(state="created").values_list("id", flat=True):
        sending.send(request_id=request_id, at=on(day, 15))


def test_a_purchase_and_both_redemptions_with_the_issuers_own_word(connected: SandboxIssuer, money_fund: Product) -> None:
    who = saver(FEN)
    order = paid(who, ordered(who, money_fund, BUY))
    go_on(order.cut_at)
    sent_all(connected, order.trade_on)
    assert IssuerRequest.objects.get().state == "accepted"
    assert fetched(connected, order.confirms_on).state == "settled"
    order.refresh_from_db()
    assert (order.state, units_of(who, money_fund)) == ("confirmed", BUY)
    assert_whole(money_fund, units=BUY)
    assert abs(balance(accounts.issuer(money_fund.id)).posted) == BUY
    at = wait_until(order.confirms_on)
    fast, slow = (
        redeeming.redeem(customer_id=who.id, product_id=money_fund.id, units_fen=30_000, fast=fast, at=at) for fast in (True, False)
    )
    go_on(slow.cut_at)
    sent_all(connected, slow.trade_on)
    fetched(connected, slow.confirms_on)
    go_on(wait_until(slow.cash_on))
    states = [WealthOrder.objects.get(pk=one.pk).state for one in (fast, slow)]
    assert (states, posted(who), units_of(who, money_fund)) == (["confirmed", "cash_paid"], FEN - BUY + 60_000, BUY - 60_000)
    assert_whole(money_fund, units=BUY - 60_000)


def test_what_the_issuer_rejects_in_its_file_is_refunded(connected: SandboxIssuer, money_fund: Product) -> None:
    who = saver(FEN)
    body = api(who, "post", "orders", {"product_id": money_fund.public_id, "amount": BUY}).json()
    order = paid(who, order_of(body))
    go_on(order.cut_at)
    connected.switch("reject_in_file", number=IssuerRequest.objects.get().number)
    sent_all(connected, order.trade_on)
    fetched(connected, order.confirms_on)
    go_on(on(order.confirms_on, 23))
    order = order_of(body)
    assert (order.state, order.code, posted(who)) == ("refunded", "QUOTA_USED_UP", FEN)
    assert clock.local_day(order.changed_at) >= order.confirms_on
    assert_whole(money_fund, units=0)
