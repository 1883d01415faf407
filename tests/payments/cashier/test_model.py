"""Orders, their payments and refunds against a plain dictionary: whatever is done in whatever order, the two agree."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.clock import queries as clock
from core.errors import DomainError
from payments.cashier.models import PaymentOrder
from payments.cashier.services import closing, paying
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import BALANCE, fund, holder, intent, new_order, pending, shop
from tests.payments.refunds.world import ask
from tests.payments.wallet.world import open_day, posted

PEOPLE, FUNDS_FEN, RATE_PPM = 2, 2_000, 6_000
people, places, amounts = st.integers(0, PEOPLE - 1), st.integers(0, 9), st.integers(1, 900)


@dataclass
class Kept:
    """What the dictionary says of one order."""

    fen: int
    state: str = "created"
    payer: int | None = None
    refunded: int = 0

    @property
    def fee(self) -> int:
        """0.60 % rounded half up."""
        return (self.fen * RATE_PPM * 2 + 1_000_000) // 2_000_000


class Cashier(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        open_day()
        self.now = clock.now()
        self.where = shop()
        self.who = [holder() for _ in range(PEOPLE)]
        for person in self.who:
            fund(person, FUNDS_FEN)
        self.has = [FUNDS_FEN] * PEOPLE
        self.orders: dict[Any, Kept] = {}

    def attempt(self, act: Any) -> str:
        """What an act is refused with, or nothing."""
        try:
            with transaction.atomic():
                act()
        except DomainError as refused:
            return refused.code
        return ""

    def chosen(self, place: int) -> Any:
        return list(self.orders)[place % len(self.orders)] if self.orders else None

    @rule(fen=amounts)
    def order(self, fen: int) -> None:
        self.orders[new_order(self.where, fen, life=timedelta(days=7)).id] = Kept(fen)

    @rule(place=places, payer=people)
    def pay(self, place: int, payer: int) -> None:
        order_id = self.chosen(place)
        if order_id is None:
            return
        kept = self.orders[order_id]
        said = self.attempt(lambda: paying.pay(intent=intent(self.who[payer]), order_id=order_id, picks=BALANCE, at=self.now))
        expected = {"closed": {"order_closed", "not_found"}, "created": {""}}.get(kept.state, {"order_paid", "not_found"})
        if kept.state == "created" and self.has[payer] < kept.fen:
            assert said, "nobody pays what they do not have"
            return
        assert said in expected
        if not said:
            kept.state, kept.payer = "paid", payer
            self.has[payer] -= kept.fen

    @rule(place=places)
    def close(self, place: int) -> None:
        order_id = self.chosen(place)
        if order_id is None:
            return
        kept = self.orders[order_id]
        said = self.attempt(lambda: closing.begin(order_id=order_id, code="closed_by_merchant", at=self.now))
        assert (said == "") == (kept.state in ("created", "closed")), said
        if not said:
            kept.state = "closed"

    @rule(place=places, fen=amounts)
    def refund(self, place: int, fen: int) -> None:
        order_id = self.chosen(place)
        if order_id is None:
            return
        kept = self.orders[order_id]
        said = self.attempt(lambda: ask(PaymentOrder.objects.get(pk=order_id), fen, at=self.now))
        assert (said == "") == (kept.payer is not None and kept.refunded + fen <= kept.fen), said
        if not said and kept.payer is not None:
            kept.refunded += fen
            self.has[kept.payer] += fen
            kept.state = "refunded" if kept.refunded == kept.fen else "partially_refunded"

    @invariant()
    def the_two_agree_and_nothing_is_lost(self) -> None:
        if not hasattr(self, "who"):
            return
        assert [posted(person) for person in self.who] == self.has
        rows = {row.id: (row.state, row.refunded_fen, row.fee_fen) for row in PaymentOrder.objects.filter(pk__in=self.orders)}
        fees = {key: kept.fee if kept.payer is not None else rows[key][2] for key, kept in self.orders.items()}
        assert rows == {key: (kept.state, kept.refunded, fees[key]) for key, kept in self.orders.items()}
        left = sum(kept.fen - kept.refunded for kept in self.orders.values() if kept.payer is not None)
        assert 0 <= left - pending(self.where) <= sum(kept.fee for kept in self.orders.values() if kept.payer is not None)
        assert sum(self.has) + left == FUNDS_FEN * PEOPLE

    def teardown(self) -> None:
        if hasattr(self, "who"):
            assert_books_balance()


@pytest.mark.django_db
def test_orders_agree_with_a_dictionary_whatever_is_done_to_them() -> None:
    few = settings(max_examples=5, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Cashier, settings=few)
