"""A customer's money from the wallet to a fund and back, over the orders: nothing of it is ever lost from sight, or seen twice."""

import pytest

from core.clock import queries as clock
from tests.wealth.insurance.world import PREMIUM, insurance, insured
from tests.wealth.orders.conftest import connected, money_fund, opened, sandbox_bank, small_cap
from tests.wealth.orders.world import api, confirm_all, go_on, order_of, ordered, paid, saver
from tests.wealth.portfolio.world import got
from wealth.catalog.models import Product
from wealth.portfolio.models import PARTS, PortfolioDay
from wealth.portfolio.services import keeping

__all__ = ["connected", "money_fund", "opened", "sandbox_bank", "small_cap"]
pytestmark = pytest.mark.django_db(transaction=True)


def worth(who: object) -> tuple[int, int, int, int]:
    """Net worth, the balance, what is on its way, and products."""
    seen = got(who)  # type: ignore[arg-type]
    return seen["net_worth"]["value"], seen["beside"][0]["amount"], seen["on_its_way"], seen["products"]


def test_the_net_worth_stays_while_money_is_on_its_way(small_cap: Product) -> None:
    ann = saver(10_000)
    assert worth(ann) == (10_000, 10_000, 0, 0)

    order = paid(ann, ordered(ann, small_cap, 8_000))
    assert worth(ann) == (10_000, 2_000, 8_000, 0)
    go_on(order.cut_at)
    assert worth(ann) == (10_000, 2_000, 8_000, 0)
    confirm_all(order.cut_at)
    assert worth(ann) == (10_000, 2_000, 0, 8_000)

    body = {"product_id": small_cap.public_id, "units": 3_000, "fast": True}
    answer = api(ann, "post", "redemptions", body)
    assert answer.status_code == 201, answer.content
    assert worth(ann) == (10_000, 5_000, -3_000, 8_000)
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    assert worth(ann) == (10_000, 5_000, 0, 5_000)

    slow = order_of(api(ann, "post", "redemptions", body | {"units": 1_000, "fast": False}).json())
    assert worth(ann) == (10_000, 5_000, 0, 5_000)
    go_on(slow.cut_at)
    confirm_all(slow.cut_at)
    assert worth(ann) == (10_000, 5_000, 1_000, 4_000)
    assert {one["key"]: one["amount"] for one in got(ann)["allocation"]["liquidity"]} == {"today": 8_000, "later": 1_000}


def test_what_was_paid_for_products_is_no_outflow(money_fund: Product) -> None:
    ann = saver(10_000)
    paid(ann, ordered(ann, money_fund, 8_000))
    found = {one["name"]: one["answer"] for one in got(ann, "/checkups")["items"]}
    assert found["emergency"] == "not_available"


def test_a_policy_is_part_of_what_one_has_and_no_part_of_what_one_earned(opened: None) -> None:
    term_life = insurance()
    who, policy = insured(term_life)
    for part in range(PARTS):
        keeping.catch_up(part=part, through=clock.local_day(clock.now()))
    kept = PortfolioDay.objects.get(customer_id=who.id, product_id=term_life.id)
    assert (kept.paid_in_fen, kept.value_fen) == (PREMIUM, PREMIUM - 1_000)
    seen = got(who)
    assert [(one["holding_id"], one["value"]) for one in seen["items"]] == [(policy.public_id, PREMIUM - 1_000)]
    earned = [*seen["income"].values(), *seen["returns"].values()]
    assert {one["reason"] for one in earned if isinstance(one, dict)} == {"Nothing is invested."}
