"""Fixed terms with the real sandbox issuer, and what happens when an issuer is off, says no or another amount."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.ledger.queries import balance
from core.approvals.services import ApprovalNeeded, applying
from core.business_day.queries import next_trading_day
from core.clock import queries as clock
from core.clock.queries import offset, start_of_day
from core.work.models import WorkItem
from tests.payments.wallet.world import posted
from tests.sandbox_issuer import SandboxIssuer, sandbox_issuer
from tests.wealth.fixed_term.world import (
    FEN,
    again,
    ask_issuer,
    assert_sound,
    confirm_all,
    mature_on,
    put_away,
)
from tests.wealth.issuers.world import connect_platform, fetched
from tests.wealth.orders.test_issuer import sent_all
from tests.wealth.orders.world import go_on, ordered, paid, reject_all, saver, wait_until
from wealth.catalog import accounts
from wealth.catalog.models import Product
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.services import asking
from wealth.issuers.models import Issuer, IssuerRequest
from wealth.orders.services import redeeming

__all__ = ["sandbox_issuer"]
pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = {"maker": "staff:mary", "checker": "staff:carl"}


@pytest.fixture
def connected(opened: None, sandbox_issuer: SandboxIssuer, settings: Any) -> Iterator[SandboxIssuer]:
    sandbox_issuer.switches_off()
    connect_platform(sandbox_issuer, settings)
    yield sandbox_issuer
    sandbox_issuer.switches_off()
    offset.forget()


def items() -> list[str]:
    return sorted(WorkItem.objects.filter(finished_at=None).values_list("kind", flat=True))


def test_an_early_exit_and_a_maturity_are_confirmed_by_the_issuers_file_to_the_fen(connected: SandboxIssuer, steady: Product) -> None:
    who = saver(FEN)
    order = paid(who, ordered(who, steady, FEN))
    go_on(order.cut_at)
    sent_all(connected, order.trade_on)
    fetched(connected, order.confirms_on)
    lot = FixedHolding.objects.get()
    assert -balance(accounts.issuer(steady.id)).posted == FEN

    at = wait_until(lot.starts_on + timedelta(days=1))
    left = redeeming.redeem(customer_id=who.id, product_id=steady.id, units_fen=40_000, fast=False, holding_id=lot.pk, at=at)
    go_on(left.cut_at)
    sent_all(connected, left.trade_on)
    fetched(connected, left.confirms_on)
    go_on(wait_until(left.cash_on))
    assert (again(lot).principal_fen, posted(who)) == (60_000, left.quoted_fen)
    assert -balance(accounts.issuer(steady.id)).posted == 60_000

    mature_on(lot.matures_on)
    ask_issuer(lot.matures_on)
    request = IssuerRequest.objects.get(business=asking.BUSINESS)
    sent_all(connected, request.trade_on)
    fetched(connected, next_trading_day(request.trade_on))
    request.refresh_from_db()
    assert (request.state, request.confirmed_fen) == ("confirmed", again(lot).paid_fen)
    assert balance(accounts.issuer(steady.id)).posted == 0
    assert items() == []
    assert_sound(steady)


def test_an_issuer_that_is_off_is_asked_later_and_the_customer_is_paid_all_the_same(steady: Product) -> None:
    lot = put_away(steady)
    Issuer.objects.update(state="off")
    mature_on(lot.matures_on)
    assert ask_issuer(lot.matures_on) == 0
    assert (posted(lot.customer), items()) == (FEN + lot.interest_fen, ["fixed_term.not_asked"])
    Issuer.objects.update(state="on")
    assert ask_issuer(lot.matures_on + timedelta(days=1)) == 1
    assert items() == []


def test_an_issuer_that_says_no_is_asked_again_by_two_people(steady: Product) -> None:
    lot = put_away(steady)
    mature_on(lot.matures_on)
    ask_issuer(lot.matures_on)
    at = start_of_day(lot.matures_on)
    with applying(asking.ASK_AGAIN, **PEOPLE), pytest.raises(asking.NothingToAsk):
        asking.ask_again(holding_id=lot.pk, at=at)
    reject_all(at, code="CLOSED")
    assert items() == ["fixed_term.issuer_refused"]
    with pytest.raises(ApprovalNeeded):
        asking.ask_again(holding_id=lot.pk, at=at)
    with applying(asking.ASK_AGAIN, **PEOPLE):
        asking.ask_again(holding_id=lot.pk, at=at)
    assert (items(), ask_issuer(lot.matures_on)) == ([], 1)
    confirm_all(at)
    assert IssuerRequest.objects.filter(business=asking.BUSINESS).values_list("state", flat=True).order_by("id").last() == "confirmed"
    assert items() == []
    assert_sound(steady)


def test_an_issuer_that_takes_a_fee_of_what_matured_is_an_operators_case(steady: Product) -> None:
    lot = put_away(steady)
    mature_on(lot.matures_on)
    ask_issuer(lot.matures_on)
    confirm_all(start_of_day(lot.matures_on), fee_fen=5)
    assert items() == ["fixed_term.issuer_refused"]
    assert clock.now() < start_of_day(lot.matures_on)
