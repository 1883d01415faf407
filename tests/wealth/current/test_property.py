"""Random purchases, sales, quotes, gaps and revisions: a model in plain Python agrees to the fen and its fraction, and nothing is made or
lost of money and units."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.ledger import queries as ledger
from core.business_day import queries as business_days
from core.clock import queries as clock
from tests.wealth.current.world import assert_sound, bought, end_day, fund, held, holder, quoted, revised, sold, state
from wealth.catalog import accounts
from wealth.current import late
from wealth.rules.current import income, rate_e4
from decimal import Decimal

DAY = timedelta(days=1)
WHO = st.integers(0, 2)
FEN = st.integers(1, 5_000_000)
RATE = st.integers(-20_000, 30_000).map(lambda e4: str(Decimal(e4).scaleb(-4)))
ACT = st.one_of(
    st.tuples(st.just("buy"), WHO, FEN, st.integers(-3, 2)),
    st.tuples(st.just("sell"), WHO, st.integers(1, 100), st.booleans()),
    st.tuples(st.just("quote"), st.integers(0, 3), RATE),
    st.tuples(st.just("day"), st.booleans(), RATE),
    st.tuples(st.just("revise"), st.integers(0, 9), RATE),
)


@dataclass
class Model:
    """What is known, and every holding worked out from it anew."""

    first: date
    rates: dict[date, int] = field(default_factory=dict)
    moves: dict[int, list[tuple[date, int]]] = field(default_factory=dict)

    def state(self, who: int, through: date) -> tuple[int, int]:
        """Net units and residual, the days up to the first unquoted one booked."""
        units, residual, day = 0, 0, self.first
        while day <= through and day in self.rates:
            base = max(units + sum(fen for on, fen in self.moves.get(who, []) if on <= day), 0)
            if base:
                booked = income(units_fen=base, rate_e4=self.rates[day], residual_e8=residual)
                units, residual = units + booked.income_fen, booked.residual_e8
            day += DAY
        return units + sum(fen for _, fen in self.moves.get(who, [])), residual


@pytest.mark.django_db
@settings(max_examples=25)
@given(acts=st.lists(ACT, min_size=4, max_size=14))
def test_the_model_agrees_whatever_happens_in_whatever_order(acts: list[tuple[object, ...]]) -> None:
    with transaction.atomic():
        play(acts)
        transaction.set_rollback(True)


def play(acts: list[tuple[object, ...]]) -> None:
    product, people = fund(), [holder(7), holder(7), holder(8)]
    model = Model(business_days.current())
    for who, one in enumerate(people):
        bought(product, one, 1_000)
        model.moves[who] = [(model.first, 1_000)]
    for act, *facts in acts:
        today = business_days.current()
        match act, facts:
            case "buy", [who, fen, shift]:
                day = max(today + DAY * shift, model.first)
                bought(product, people[who], fen, counts_from=day)
                model.moves[who].append((day, fen))
            case "sell", [who, percent, fast]:
                fen = held(product, people[who]).free_fen * percent // 100
                if fen:
                    sold(product, people[who], fen, fast=fast)
                    model.moves[who].append((today, -fen))
            case "quote", [back, rate]:
                day = max(today - DAY * back, model.first)
                if day not in model.rates:
                    quoted(product, rate, day)
                    model.rates[day] = rate_e4(Decimal(rate))
                    late.catch_up_all(at=clock.now())
            case "day", [with_quote, rate]:
                if with_quote and today not in model.rates:
                    quoted(product, rate)
                    model.rates[today] = rate_e4(Decimal(rate))
                end_day()
            case "revise", [place, rate]:
                known = sorted(model.rates)
                if known and model.rates[known[place % len(known)]] != rate_e4(Decimal(rate)):
                    day = known[place % len(known)]
                    before = sum(state(product, one)[0] for one in people)
                    seen = revised(product, rate, day)
                    model.rates[day] = rate_e4(Decimal(rate))
                    assert sum(state(product, one)[0] for one in people) - before == seen.more_fen - seen.less_fen
        through = business_days.current() - DAY
        assert [state(product, one) for one in people] == [model.state(who, through) for who in range(3)]
    assert_sound(product)
    moved = sum(fen for moves in model.moves.values() for _, fen in moves)
    earned = sum(state(product, one)[0] for one in people) - moved
    assert ledger.balance(accounts.issuer(product.pk)).posted == -earned
