"""Random buys, sells, rejections and cancellations (hypothesis): money and units are conserved, whatever happens in which order."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.identity.models import Customer
from core.clock import queries as clock
from core.errors import DomainError
from tests.payments.wallet.world import posted
from tests.payments.world import set_clock
from tests.wealth.catalog.products import on_sale
from tests.wealth.orders.world import (
    assert_whole,
    confirm_all,
    go_on,
    ordered,
    paid,
    reject_all,
    saver,
    units_of,
)
from wealth.orders.models import WealthOrder
from wealth.orders.services import ending, redeeming

pytestmark = pytest.mark.django_db(transaction=True)
START = 2_000_000
AMOUNTS = st.integers(10_000, 300_000)


class OrdersAgainstModel(RuleBasedStateMachine):
    """What each customer has in all is what they began with, but for what is on its way; nobody gains by any order of steps."""

    def __init__(self) -> None:
        super().__init__()
        self.fund = on_sale(minimum_fen=100)
        self.people: list[Customer] = [saver(START), saver(START)]
        self.gone = 0
        self.days_go_by(0)

    def who(self, place: int) -> Customer:
        return self.people[place % 2]

    @rule(place=st.integers(0, 1), amount=AMOUNTS, pays=st.booleans())
    def buy(self, place: int, amount: int, pays: bool) -> None:
        try:
            order = ordered(self.who(place), self.fund, amount, at=self.at)
            if pays:
                paid(self.who(place), order, at=self.at)
        except DomainError:
            pass

    @rule(place=st.integers(0, 1), units=AMOUNTS, fast=st.booleans())
    def sell(self, place: int, units: int, fast: bool) -> None:
        who = self.who(place)
        before = (posted(who), units_of(who, self.fund))
        try:
            redeeming.redeem(customer_id=who.id, product_id=self.fund.id, units_fen=units, fast=fast, at=self.at)
        except DomainError:
            assert (posted(who), units_of(who, self.fund)) == before

    @rule(pick=st.integers(0, 20))
    def call_off(self, pick: int) -> None:
        orders = list(WealthOrder.objects.filter(product=self.fund).order_by("id"))
        if orders:
            order = orders[pick % len(orders)]
            with suppress(DomainError):
                ending.cancel(customer_id=order.customer_id, order_id=order.id, at=self.at)

    @rule(rejected=st.booleans())
    def a_day_goes_by(self, rejected: bool) -> None:
        self.days_go_by(1)
        go_on(self.at)
        if rejected:
            reject_all(self.at, code="NO", sides=("buy",))
        confirm_all(self.at)
        go_on(self.at)

    def days_go_by(self, days: int) -> None:
        self.gone += days
        set_clock(self.gone * 86_400)
        self.at = clock.now()

    @invariant()
    def nobody_has_more_than_they_began_with(self) -> None:
        for who in self.people:
            assert 0 <= posted(who) <= START
            assert posted(who) + units_of(who, self.fund) <= START + self.advanced(who)

    def advanced(self, who: Customer) -> int:
        """Units paid for at once are the customer's until the issuer took them."""
        return sum(WealthOrder.objects.filter(customer_id=who.id, state="fast_paid").values_list("amount_fen", flat=True))

    def teardown(self) -> None:
        for _ in range(12):
            self.days_go_by(3)
            go_on(self.at)
            confirm_all(self.at)
        units = 0
        for who in self.people:
            units += units_of(who, self.fund)
            assert posted(who) + units_of(who, self.fund) == START
        open_ones = WealthOrder.objects.filter(product=self.fund).exclude(
            state__in=["earning", "cash_paid", "confirmed", "refunded", "expired", "cancelled", "rejected", "checked"]
        )
        assert list(open_ones) == []
        assert_whole(self.fund, units=units)


def test_money_and_units_are_conserved_over_any_steps(opened: None) -> None:
    calm = settings(max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(OrdersAgainstModel, settings=calm)
