"""What Prometheus reads of insurance and crowdfunding."""

from datetime import timedelta

import pytest

from core.clock import queries as clock
from core.observe.metrics import MONEY_COUNTERS
from tests.wealth.crowdfunding.world import begun
from tests.wealth.insurance.world import answered, applied, approved, assert_whole, be_at, day, insured, premium, quoted, sweep
from tests.wealth.orders.world import FEN, api, saver
from wealth.catalog.models import Product
from wealth.crowdfunding import metrics as campaigns
from wealth.crowdfunding.services import drafting
from wealth.insurance import metrics
from wealth.insurance.queries import LATE

pytestmark = pytest.mark.django_db(transaction=True)


def waiting() -> dict[str, float]:
    return {one.labels["what"]: one.value for one in metrics.waiting(clock.now()) if one.value}


def test_what_waits_of_insurance_is_a_gauge_until_somebody_did_it(term_life: Product) -> None:
    who, policy = insured(term_life)
    assert waiting() == {}
    be_at(day(policy.starts_on))
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "It broke.", "amount": 500}
    claim_id = api(who, "post", "insurance/claims", claim).json()["id"]
    assert waiting() == {"claim": 1}
    approved(claim_id, 500)
    sweep(clock.now())
    assert waiting() == {}
    be_at(clock.now() + LATE + timedelta(hours=1))
    assert waiting() == {"late_payout": 1}
    answered(clock.now())
    be_at(day(premium(policy, 2).due_on + timedelta(days=1)))
    assert waiting() == {"overdue_premium": 1}
    assert_whole()


def test_an_application_for_a_person_and_a_campaign_for_two_are_gauges(term_life: Product) -> None:
    who = saver(FEN)
    applied(who, quoted(who, term_life, "heavily"))
    drafting.hand_in(creator_id=who.id, campaign_id=begun(who).id, at=clock.now())
    assert waiting() == {"application": 1}
    assert {one.labels["what"]: one.value for one in campaigns.waiting(clock.now())} == {"campaign": 1, "milestone": 0}


def test_money_of_every_kind_of_product_is_counted() -> None:
    counted = {(one.product, one.outcome) for one in MONEY_COUNTERS.values()}
    assert {
        ("insurance_premium", "paid"), ("insurance_premium", "failed"), ("insurance_payout", "paid"), ("campaign", "successful"),
        ("campaign", "failed"), ("campaign", "paid"), ("transfer", "sold"), ("wealth_order", "paid"),
    } <= counted  # fmt: skip
