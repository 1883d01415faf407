"""What terms may say: each entry that is missing or wrong is named; what stays is guarded by the database."""

from datetime import date, timedelta
from itertools import product as pairs
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.clock import queries as clock
from core.errors import Invalid
from core.moves import WrongState
from credit.products import queries, states, terms
from credit.products.models import CreditProduct, CreditProductVersion, PriceCap
from credit.products.refusals import CreditCodeTaken, CreditVersionChanged, CreditVersionOpen, PriceAboveCap
from credit.products.services import drafting, reviewing
from tests.credit.products.world import CASH, PAY_LATER, VALUES, WATERFALL, by_two, draft, on_offer, publish
from tests.credit.products.world import terms as changed
from tests.rules import newer

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"method": "magic"}, "terms.method"),
    ({"day_count": "31/360"}, "terms.day_count"),
    ({"rounding": "up and away"}, "terms.rounding"),
    ({"multiple_fen": 0}, "terms.multiple_fen"),
    ({"instalments": []}, "terms.instalments"),
    ({"instalments": [{"periods": 0}]}, "terms.instalments.1.periods"),
    ({"instalments": [{"periods": 3}, {"periods": 3}]}, "terms.instalments"),
    ({"instalments": [{"periods": 3, "fee": 1}]}, "terms.instalments.1.fee"),
    ({"instalments": [{"periods": 3, "fee_ppm": True}]}, "terms.instalments.1.fee_ppm"),
    ({"instalments": [{"periods": 3, "basis": "weekly"}]}, "terms.instalments.1.basis"),
    ({"grades": [{"code": "A", "rate_ppm": 1}]}, "terms.instalments"),
    ({"grades": [{"code": "", "rate_ppm": 1}]}, "terms.grades.1.code"),
    ({"cycle": {"mode": "statement", "statement_day": 29, "due_after": 9}}, "terms.cycle.statement_day"),
    ({"cycle": {"mode": "statement", "statement_day": 1}}, "terms.cycle.due_after"),
    ({"cycle": {"mode": "order", "due_after": 9}}, "terms.cycle"),
    ({"cycle": "monthly"}, "terms.cycle"),
    ({"grace_days": -1}, "terms.grace_days"),
    ({"penalty": {"daily_ppm": 500}}, "terms.penalty.base"),
    ({"penalty": {"daily_ppm": 500, "base": "penalty"}}, "terms.penalty.base"),
    ({"penalty": {"daily_ppm": 50_000, "base": "principal"}}, "terms.penalty.daily_ppm"),
    ({"line": {"most_fen": 1, "review_days": 1, "cool_down_days": 1, "temporary_days": 0}}, "terms.line.temporary_days"),
    ({"minimum": {"principal_ppm": 0, "floor_fen": 0}}, "terms.minimum.principal_ppm"),
    ({"waterfall": WATERFALL[1:]}, "terms.waterfall"),
    ({"waterfall": [*WATERFALL, WATERFALL[0]]}, "terms.waterfall"),
    ({"early": {"strategies": ["never"]}}, "terms.early.strategies"),
    ({"early": {}}, "terms.early.strategies"),
    ({"classification": "ours"}, "terms.classification"),
    ({"line": {"most_fen": 0, "review_days": 1, "cool_down_days": 1}}, "terms.line.most_fen"),
    ({"lines": {}}, "terms.lines"),
]


@pytest.mark.parametrize(("entry", "path"), WRONG, ids=[path for _entry, path in WRONG])
def test_terms_that_could_not_be_lent_by_are_refused_by_their_entry(entry: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        terms.read(changed(PAY_LATER, **entry))
    assert refused.value.field == path


def test_two_grades_of_one_name_are_refused() -> None:
    with pytest.raises(Invalid, match="grade"):
        terms.read(changed(CASH, grades=[{"code": "A", "rate_ppm": 1}, {"code": "A", "rate_ppm": 2}]))


def test_terms_are_read_with_what_they_leave_out() -> None:
    found = terms.read(CASH)
    assert (found.multiple_fen, found.cycle.mode, found.cycle.statement_day, found.grade("B").rate_ppm) == (1, "order", 0, 146_000)  # type: ignore[union-attr]
    assert (found.choice(12).fee_ppm, found.choice(7), found.grade("Z"), found.penalty.cap_ppm) == (0, None, None, 1_000_000)  # type: ignore[union-attr]


@pytest.mark.django_db
def test_a_version_dearer_than_anybody_may_be_asked_is_refused_with_its_price() -> None:
    """12 payments at 1.2 % a month each: 25.60 % a year."""
    dear = changed(PAY_LATER, instalments=[{"periods": 3, "fee_ppm": 7_000}, {"periods": 12, "fee_ppm": 12_000}])
    with pytest.raises(PriceAboveCap) as refused:
        draft(terms=dear)
    members = refused.value.members
    assert (members["yearly_percent"], members["most_percent"], members["periods"]) == ("25.60", "24.00", 12)
    assert not CreditProduct.objects.exists()


@pytest.mark.django_db
def test_a_cap_that_came_down_stops_what_was_drafted_before_it_at_every_later_step() -> None:
    version, at = draft(), clock.now()
    product = publish(draft().product)
    reviewing.suspend(product_id=product.pk, reason="the cap comes down", at=at)
    newer(queries.cap_on(clock.local_day(at)), most_ppm=150_000)
    with pytest.raises(PriceAboveCap):
        reviewing.hand_in(product_id=version.product_id, at=at)
    with pytest.raises(PriceAboveCap):
        by_two(reviewing.RESUME, {"target": product.public_id}, at)
    assert CreditProduct.objects.get(pk=product.pk).state == "suspended"


@pytest.mark.django_db
def test_a_product_has_one_code_and_one_open_version() -> None:
    version, at = draft(code="ONE"), clock.now()
    with pytest.raises(CreditCodeTaken):
        draft(code="ONE")
    with pytest.raises(CreditVersionOpen):
        drafting.next_version(product_id=version.product_id, values=VALUES, at=at)
    with pytest.raises(Invalid):
        drafting.change(version_id=version.pk, values={"price": 1}, at=at)
    for wrong, field in (({"name_en": ""}, "name_en"), ({"least_fen": 0}, "values"), ({"most_fen": "much"}, "most_fen")):
        with pytest.raises(Invalid) as refused:
            drafting.change(version_id=version.pk, values=wrong, at=at)
        assert refused.value.field == field


@pytest.mark.django_db
def test_what_was_published_stays_and_what_was_looked_at_is_published() -> None:
    version, at = draft(), clock.now()
    product = version.product
    reviewing.hand_in(product_id=product.pk, at=at)
    with pytest.raises(WrongState):
        drafting.change(version_id=version.pk, values=VALUES, at=at)
    with pytest.raises(CreditVersionChanged):
        reviewing.reviewable(product.pk, "0" * 64)
    reviewing.take_back(product_id=product.pk, at=at)
    drafting.change(version_id=version.pk, values={"step_fen": 100}, at=at)
    product = publish(product)
    for row, column in ((product.current, "name_en"), (product, "lender")):
        with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**{column: "Another"})  # type: ignore[union-attr]
    second = drafting.next_version(product_id=product.pk, values=VALUES | {"terms": changed(PAY_LATER, grace_days=5)}, at=at)
    assert drafting.differences(product.current, second) == [("step_fen", 100, 1), ("terms.grace_days", 3, 5)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "moves"),
    [(CreditProduct, states.CREDIT_PRODUCT_MOVES), (CreditProductVersion, states.CREDIT_VERSION_MOVES)],
    ids=["product", "version"],
)
def test_the_database_refuses_what_the_tables_do_not_allow(model: Any, moves: Any) -> None:
    rows = {"draft": draft(), "published": on_offer().current}
    for start, to in pairs(moves.states.values, repeat=2):
        version = rows.get(start)
        if version is None or start == to or moves.allowed(start, to):
            continue
        row = version if model is CreditProductVersion else version.product
        if row.state != start:
            continue
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            model.objects.filter(pk=row.pk).update(state=to)


@pytest.mark.django_db
def test_the_highest_price_is_a_rule_with_a_day_and_the_first_is_24_percent() -> None:
    first = queries.cap_on(date(2026, 1, 1))
    assert (first.most_ppm, queries.percent(first.most_ppm)) == (240_000, "24.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceCap.objects.create(effective_on=clock.local_day(clock.now()) + timedelta(days=9), most_ppm=0, created_at=clock.now())
