"""What the database refuses of terms and portfolios."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.clock import queries as clock
from tests.rules import newer
from tests.wealth.current.world import fund, holder
from wealth.portfolio.models import Portfolio, PortfolioTerms, terms_in_force

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change",
    [
        {"emergency_months": 0},
        {"emergency_months": 61},
        {"wall_days": 0},
        {"wall_days": 367},
        {"concentration_bp": 0},
        {"concentration_bp": 10_001},
        {"wall_bp": 10_001},
        {"idle_bp": -1},
        {"idle_fen": -1},
        {"debt_bp": 100_001},
    ],
    ids=str,
)
def test_terms_nobody_can_mean_are_refused(change: dict[str, int]) -> None:
    starts_at = clock.now() + timedelta(days=1)
    with pytest.raises(IntegrityError, match="wealth_portfolioterms_bounds"), transaction.atomic():
        newer(PortfolioTerms.objects.get(), starts_at=starts_at, **change)


def test_terms_are_those_that_began_last() -> None:
    starts_at: Any = clock.now() + timedelta(days=1)
    newer(PortfolioTerms.objects.get(), starts_at=starts_at, wall_days=60)
    assert terms_in_force(clock.now()).wall_days == 30
    assert terms_in_force(starts_at).wall_days == 60


def test_a_portfolio_is_of_a_shard_there_is() -> None:
    fund()
    with pytest.raises(IntegrityError, match="wealth_portfolio_shard"), transaction.atomic():
        Portfolio.objects.create(customer_id=holder().pk, shard=64, begun_on=clock.local_day(clock.now()))
