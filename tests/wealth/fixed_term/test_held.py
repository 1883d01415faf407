"""What rooms above are told of fixed terms, what customers are told ahead, and what the proof finds."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.ledger.sockets import CHECKS, Finding
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.ids import SHARDS
from core.outbox.models import OutboxEvent
from tests.query_counts import assert_queries_do_not_grow
from tests.rules import capped, unguarded
from tests.wealth.current.world import holder
from tests.wealth.fixed_term.world import DAY, FEN, again, brought, days_until, deposits, mature_on, put_away
from tests.wealth.orders.world import api
from wealth.catalog.models import Product
from wealth.catalog.sockets import HOLDINGS, MATURING, Due
from wealth.fixed_term import ahead
from wealth.fixed_term.models import PARTS, FixedHolding, FixedMove
from wealth.fixed_term.steps import Ahead
from wealth.fixed_term.worth import accrued

pytestmark = pytest.mark.django_db(transaction=True)


def day_rows(day: date) -> dict[Any, tuple[int, ...]]:
    plug = HOLDINGS.get("fixed_term")
    assert plug is not None
    with connection.cursor() as cursor:
        cursor.execute(plug.day_sql(), {"day": day, "low": 0, "high": SHARDS})
        return {row[0]: tuple(row[3:]) for row in cursor.fetchall()}


def found(name: str = "wealth.fixed_term") -> list[Finding]:
    plug = CHECKS.get(name)
    assert plug is not None
    return list(plug.findings(since=None))


def test_a_customer_has_a_line_for_each_lot_and_one_for_what_is_over(steady: Product) -> None:
    first = put_away(steady)
    plug = HOLDINGS.get("fixed_term")
    assert plug is not None
    [line] = plug.held(customer_id=first.customer_id, at=start_of_day(first.starts_on + 10 * DAY))
    earned = accrued(first, first.starts_on + 10 * DAY)
    assert (line.holding, line.cost_fen, line.value_fen, line.accrued_fen) == (first.public_id, FEN, FEN + earned, earned)
    assert line.yesterday_fen == earned - accrued(first, first.starts_on + 9 * DAY)
    assert line.available_fen > FEN
    assert line.matures_on == first.matures_on
    mature_on(first.matures_on)
    [over] = plug.held(customer_id=first.customer_id, at=clock.now())
    assert (over.holding, over.value_fen, over.income_fen) == ("", 0, first.interest_fen)


def test_what_is_read_of_many_lots_takes_as_many_queries_as_of_one(steady: Product) -> None:
    few, many, plug = holder(), holder(), HOLDINGS.get("fixed_term")
    assert plug is not None
    for who in (few, *[many] * 5):
        brought(steady, who)
    assert_queries_do_not_grow(lambda who: plug.held(customer_id=who.pk, at=clock.now()), few, many)
    assert_queries_do_not_grow(lambda who: api(who, "get", "fixed-term/holdings").content, few, many)


def test_days_say_what_lots_were_worth_what_came_and_went_and_what_was_earned(opened: None) -> None:
    who, product = holder(), deposits(term_days=4)
    lot = brought(product, who)
    bought_on = FixedMove.objects.get().day
    assert day_rows(bought_on)[who.pk] == (FEN, FEN, 0, 0)
    later = lot.starts_on + 2 * DAY
    value, yesterday = accrued(lot, later), accrued(lot, later - DAY)
    assert day_rows(later)[who.pk] == (FEN + value, 0, 0, value - yesterday)
    days_until(lot.matures_on)
    last = lot.interest_fen - accrued(lot, lot.matures_on - DAY)
    assert day_rows(lot.matures_on)[who.pk] == (0, 0, FEN + lot.interest_fen, last)
    assert who.pk not in day_rows(lot.matures_on + DAY)


def test_customers_are_told_once_some_days_ahead(steady: Product) -> None:
    lot = brought(steady, holder())
    capped(ahead.AHEAD, 5)

    def run(on: date) -> int:
        return sum(Ahead().run(day=on - DAY, shard=part, at=start_of_day(on)) for part in range(PARTS))

    assert run(lot.matures_on - 6 * DAY) == 0
    assert run(lot.matures_on - 5 * DAY) == 1
    assert run(lot.matures_on - 4 * DAY) == 0
    [event] = OutboxEvent.objects.filter(topic="wealth.maturity_ahead")
    assert (event.payload["matures_on"], event.payload["interest_fen"]) == (lot.matures_on.isoformat(), lot.interest_fen)


def test_an_account_with_a_fixed_term_does_not_close_and_its_export_names_it(steady: Product) -> None:
    lot = brought(steady, holder())
    obligation, exporter = OBLIGATIONS.get("wealth.fixed_term"), EXPORTERS.get("wealth_fixed_term")
    assert obligation is not None
    assert exporter is not None
    assert [one.code for one in obligation.obstacles(customer_id=lot.customer_id, at=clock.now())] == ["fixed_term_open"]
    [row] = exporter.export(customer_id=lot.customer_id)
    assert row["id"] == lot.public_id  # type: ignore[call-overload]
    mature_on(lot.matures_on)
    assert obligation.obstacles(customer_id=lot.customer_id, at=clock.now()) == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("fixed_term.control", {"principal_fen": FEN - 1}),
        ("fixed_term.moved", {"earned_fen": 1}),
        ("fixed_term.frozen", {"frozen_fen": 1}),
        ("fixed_term.interest", {"interest_fen": 1}),
        ("fixed_term.behind", {"matures_on": date(2026, 1, 5), "ends_on": date(2026, 1, 5), "starts_on": date(2026, 1, 1)}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_proof_finds_what_was_changed_behind_the_platform(steady: Product, name: str, values: dict[str, Any]) -> None:
    lot = brought(steady, holder())
    assert found() == []
    with unguarded():
        FixedHolding.objects.filter(pk=lot.pk).update(**values)
    assert name in {one.check for one in found()}


def test_a_lot_past_its_day_is_found_only_once_its_day_is_closed(steady: Product) -> None:
    lot = put_away(steady)
    mature_on(lot.matures_on - timedelta(days=1))
    assert [*found(), *found("wealth.fixed_term_booked")] == []
    mature_on(lot.matures_on)
    assert [*found(), *found("wealth.fixed_term_booked")] == []
    assert again(lot).state == "matured"


def test_what_falls_due_is_told_by_day_and_product(steady: Product) -> None:
    lots = [put_away(steady) for _ in range(2)]
    plug = MATURING.get("fixed_term")
    assert plug is not None
    day = lots[0].matures_on
    assert plug.ahead(since=day, through=day) == [Due(day, steady.pk, 2, sum(lot.principal_fen + lot.interest_fen for lot in lots))]
    assert plug.ahead(since=day + DAY, through=day + 90 * DAY) == []
