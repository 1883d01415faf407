"""Random purchases, early exits, offers, trades, instructions and days that go by (hypothesis): no fen and no principal is made or lost."""

from contextlib import suppress

import pytest
from django.db.models import QuerySet, Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.identity.models import Customer
from accounts.ledger.queries import balance
from core.business_day.end_of_day import catch_up
from core.clock import queries as clock
from core.errors import DomainError
from tests.payments.wallet.world import posted
from tests.payments.world import set_clock
from tests.wealth.fixed_term.world import ask_issuer, confirm_all, deposits, principal
from tests.wealth.orders.world import go_on, saver
from tests.wealth.orders.world import paid as order_paid
from tests.wealth.transfer.world import approval, assert_conserved
from tests.wealth.transfer.world import paid as trade_paid
from wealth.catalog import accounts
from wealth.fixed_term.models import FixedHolding, FixedMove
from wealth.fixed_term.services import instructing
from wealth.fixed_term.states import OPEN
from wealth.orders.models import WealthOrder
from wealth.orders.services import buying, redeeming
from wealth.transfer import queries, sweeps
from wealth.transfer.models import TransferOffer, TransferTrade
from wealth.transfer.services import buying as trading
from wealth.transfer.services import offering

pytestmark = pytest.mark.django_db(transaction=True)
START, DAYS = 1_000_000, 10
DAY_SECONDS = 86_400
PLACES, PICKS = st.integers(0, 2), st.integers(0, 30)
AMOUNTS = st.integers(10_000, 30_000)
INSTRUCTIONS = st.sampled_from(["pay_out", "roll_principal", "roll_all"])


class LotsChangeHands(RuleBasedStateMachine):
    """Three customers, one fixed term whose lots may be sold. Each example goes on where the one before it ended: days do not come back."""

    gone = 0

    def __init__(self) -> None:
        super().__init__()
        self.product = deposits(transferable=True, term_days=DAYS)
        self.people: list[Customer] = [saver(START) for _ in range(3)]
        self.come_to()
        for place, instruction in enumerate(["pay_out", "roll_principal", "roll_all"]):
            self.buy(place, START // 20, instruction)
        self.days_go_by(4)

    def lot(self, pick: int) -> FixedHolding | None:
        found = list(FixedHolding.objects.filter(product=self.product, state__in=OPEN).order_by("id"))
        return found[pick % len(found)] if found else None

    def offer_of(self, pick: int) -> TransferOffer | None:
        found = list(self.offers())
        return found[pick % len(found)] if found else None

    def offers(self) -> QuerySet[TransferOffer]:
        return queries.offers().filter(product_id=self.product.id, state__in=["listed", "reserved"]).order_by("id")

    @rule(place=PLACES, fen=AMOUNTS, instruction=INSTRUCTIONS)
    def buy(self, place: int, fen: int, instruction: str) -> None:
        who = self.people[place]
        with suppress(DomainError):
            order = buying.buy(
                customer_id=who.id, product_id=self.product.id, amount_fen=fen, details={"instruction": instruction}, at=self.at
            )
            if posted(who) >= fen:
                order_paid(who, order, at=self.at)

    @rule(pick=PICKS, part=AMOUNTS)
    def leave_early(self, pick: int, part: int) -> None:
        lot = self.lot(pick)
        if lot is not None:
            with suppress(DomainError):
                redeeming.redeem(
                    customer_id=lot.customer_id, product_id=self.product.id, units_fen=part, fast=False, holding_id=lot.pk, at=self.at
                )

    @rule(pick=PICKS, part=AMOUNTS, premium_bp=st.integers(-50, 50))
    def offered(self, pick: int, part: int, premium_bp: int) -> None:
        self.offer(pick, part, premium_bp)

    def offer(self, pick: int, part: int, premium_bp: int) -> None:
        lot = self.lot(pick)
        if lot is not None:
            with suppress(DomainError):
                who = approval(lot, part, premium_bp, at=self.at)
                offering.offer(intent=who, holding_id=lot.pk, part_fen=part, premium_bp=premium_bp, at=self.at)

    @rule(pick=PICKS)
    def withdraw(self, pick: int) -> None:
        offer = self.offer_of(pick)
        if offer is not None:
            with suppress(DomainError):
                offering.withdraw(customer_id=offer.customer_id, offer_id=offer.id, at=self.at)

    @rule(pick=PICKS, place=PLACES, part=AMOUNTS, pays=st.booleans())
    def trade(self, pick: int, place: int, part: int, pays: bool) -> None:
        self.offer(pick, part, -10)
        offer, who = self.offer_of(pick), self.people[place]
        if offer is not None:
            with suppress(DomainError):
                trade = trading.reserve(customer_id=who.id, offer_id=offer.id, at=self.at)
                if pays and posted(who) >= trade.price_fen:
                    trade_paid(trade)

    @rule(pick=PICKS, instruction=INSTRUCTIONS)
    def instruct(self, pick: int, instruction: str) -> None:
        lot = self.lot(pick)
        if lot is not None:
            with suppress(DomainError):
                instructing.instruct(customer_id=lot.customer_id, holding_id=lot.pk, instruction=instruction, at=self.at)

    @rule(days=st.integers(1, 5))
    def days_go_by(self, days: int) -> None:
        for _ in range(days):
            LotsChangeHands.gone += 1
            self.come_to()
            self.jobs()

    def come_to(self) -> None:
        set_clock(LotsChangeHands.gone * DAY_SECONDS)
        self.at = clock.now()
        assert catch_up(at=self.at).failed == []

    def jobs(self) -> None:
        """Everything that is due, the issuer's word, and what follows from it."""
        for shard in queries.due_shards(self.at):
            sweeps.expire(shard=shard, at=self.at)
        ask_issuer(clock.local_day(self.at))
        go_on(self.at)
        confirm_all(self.at)
        go_on(self.at)

    @invariant()
    def nobody_owes_and_the_product_holds_what_the_lots_say(self) -> None:
        assert all(posted(who) >= 0 for who in self.people)
        assert balance(accounts.holdings(self.product.id)).posted == principal(self.product)

    def teardown(self) -> None:
        for _ in range(60):
            LotsChangeHands.gone += 1
            self.come_to()
            for lot in FixedHolding.objects.filter(product=self.product, state="held").exclude(instruction="pay_out"):
                with suppress(DomainError):
                    instructing.instruct(customer_id=lot.customer_id, holding_id=lot.pk, instruction="pay_out", at=self.at)
            self.jobs()
            if not self.unfinished():
                break
        assert self.unfinished() == []
        by_issuer = total(FixedMove, "interest_fen", product=self.product, kind__in=["mature", "exit", "roll_out"])
        fees = total(TransferTrade, "fee_fen", product_id=self.product.id, state="settled")
        assert sum(posted(who) for who in self.people) == 3 * START + by_issuer - fees
        assert principal(self.product) == 0
        assert_conserved(self.product)

    def unfinished(self) -> list[object]:
        """Lots, orders, offers and trades that wait for something."""
        orders = WealthOrder.objects.filter(product=self.product).exclude(state__in=["earning", "cash_paid", "refunded", "expired"])
        return [
            *FixedHolding.objects.filter(product=self.product, state__in=OPEN),
            *orders,
            *self.offers(),
            *TransferTrade.objects.filter(product_id=self.product.id, state="reserved"),
        ]


def total(model: type[FixedMove] | type[TransferTrade], field: str, **of: object) -> int:
    return int(model._default_manager.filter(**of).aggregate(fen=Sum(field, default=0))["fen"])


def test_lots_and_money_are_conserved_over_any_steps(opened: None) -> None:
    phases = [Phase.explicit, Phase.generate]
    calm = settings(
        max_examples=5, stateful_step_count=12, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), phases=phases
    )
    LotsChangeHands.gone = 0
    run_state_machine_as_test(LotsChangeHands, settings=calm)
