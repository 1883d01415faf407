"""From draft to sale: two people, exactly what was seen, and nothing that nobody could hold."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.approvals import services as approvals
from core.clock import queries as clock
from core.errors import DomainError, Invalid
from core.moves import WrongState
from tests.rules import unguarded
from tests.wealth.catalog import products
from wealth.catalog import queries
from wealth.catalog.models import Product, ProductVersion
from wealth.catalog.services import drafting, reviewing
from wealth.catalog.states import PRODUCT_MOVES, ProductState

pytestmark = pytest.mark.django_db
AT = clock.wall()


def test_a_product_is_sold_once_a_second_person_approved_what_was_handed_in() -> None:
    version = products.draft()
    with pytest.raises(queries.NotFound):
        queries.product(version.product_id)
    sold = products.publish(version.product)
    offer = queries.offered(sold.pk, AT)
    assert (offer.product.state, offer.version.number, offer.version.state) == ("on_sale", 1, "published")


def test_nobody_publishes_alone_and_nobody_publishes_what_was_not_seen() -> None:
    version = products.draft()
    with products.plugged():
        version = reviewing.hand_in(product_id=version.product_id, at=AT)
    with pytest.raises(approvals.ApprovalNeeded):
        reviewing.publish(product_id=version.product_id, seen=reviewing.fingerprint(version), at=AT)
    with pytest.raises(reviewing.VersionChanged):
        products.by_two(reviewing.PUBLISH, {"target": version.product.public_id, "seen": "0" * 64}, AT)


def test_a_version_under_review_is_closed_for_changes_until_it_is_taken_back() -> None:
    version = products.draft()
    with products.plugged():
        reviewing.hand_in(product_id=version.product_id, at=AT)
        with pytest.raises(WrongState):
            drafting.change(version_id=version.pk, values={"risk": "R2"}, at=AT)
        reviewing.take_back(product_id=version.product_id, at=AT)
        changed = drafting.change(version_id=version.pk, values={"risk": "R2"}, at=AT)
    assert (changed.risk, changed.product.state) == ("R2", "draft")


def test_the_next_version_changes_nothing_until_it_is_published() -> None:
    sold = products.on_sale()
    with products.plugged():
        later = drafting.next_version(product_id=sold.pk, values=drafting.said(queries.current_version(sold)) | {"risk": "R3"}, at=AT)
        with pytest.raises(drafting.VersionOpen):
            drafting.next_version(product_id=sold.pk, values={}, at=AT)
    assert queries.offered(sold.pk, AT).version.risk == "R1"
    assert drafting.differences(sold.current, later) == [("risk", "R1", "R3")]
    products.publish(sold)
    assert queries.offered(sold.pk, AT).version.risk == "R3"


def test_a_suspended_product_is_shown_and_not_sold_and_comes_back_by_two_people() -> None:
    sold = products.on_sale()
    reviewing.suspend(product_id=sold.pk, reason="the issuer asked for it", at=AT)
    with pytest.raises(queries.ProductNotOnSale):
        queries.offered(sold.pk, AT)
    assert queries.one_shown(sold.pk, AT).state == "suspended"
    with pytest.raises(approvals.ApprovalNeeded):
        reviewing.resume(product_id=sold.pk, at=AT)
    products.by_two(reviewing.RESUME, {"target": sold.public_id}, AT)
    assert queries.offered(sold.pk, AT).product.state == "on_sale"


def test_a_closed_product_is_gone_for_good() -> None:
    sold = products.on_sale()
    reviewing.close(product_id=sold.pk, reason="no longer made", at=AT)
    with pytest.raises(queries.NotFound):
        queries.one_shown(sold.pk, AT)
    for act in (reviewing.suspend, reviewing.close):
        with pytest.raises(WrongState):
            act(product_id=sold.pk, reason="once more please", at=AT)
    with products.plugged(), pytest.raises(WrongState):
        drafting.next_version(product_id=sold.pk, values=products.VALUES, at=AT)
    assert queries.product(sold.pk).state == "closed"


@pytest.mark.parametrize(("start", "to"), [(a, b) for a in ProductState for b in ProductState if a != b])
def test_the_database_makes_no_move_that_is_not_in_the_table(start: ProductState, to: ProductState) -> None:
    product = products.on_sale()
    with unguarded():
        Product.objects.filter(pk=product.pk).update(state=start)
    if PRODUCT_MOVES.allowed(start, to):
        Product.objects.filter(pk=product.pk).update(state=to)
        return
    with pytest.raises(IntegrityError, match="wealth_product_moves"), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(state=to)


def test_the_database_keeps_a_published_version_and_what_a_product_is() -> None:
    sold = products.on_sale()
    for change in (
        lambda: ProductVersion.objects.filter(product=sold).update(minimum_fen=2),
        lambda: ProductVersion.objects.filter(product=sold).delete(),
        lambda: Product.objects.filter(pk=sold.pk).update(code="other"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"yield_kind": "fixed"}, "wealth_version_yield"),
        ({"yield_kind": "range", "yield_low_bp": 5, "yield_high_bp": 5, "carry": ""}, "wealth_version_yield"),
        ({"locked": True}, "wealth_version_liquidity"),
        ({"redeem_days": 0}, "wealth_version_liquidity"),
        ({"term_days": 0}, "wealth_version_term"),
        ({"minimum_fen": 0}, "wealth_version_amounts"),
        ({"total_quota_fen": 0}, "wealth_version_quotas"),
        ({"buy_fee_bp": 10_000}, "wealth_version_fees"),
        ({"custodian": ""}, "wealth_version_told"),
    ],
)
def test_a_version_that_could_not_be_sold_is_refused_by_the_service_and_by_the_database(values: dict[str, Any], constraint: str) -> None:
    with pytest.raises(Invalid):
        products.draft(**values)
    version = products.draft()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ProductVersion.objects.filter(pk=version.pk).update(**values)


def test_an_unknown_kind_a_taken_code_and_a_term_its_kind_refuses_are_refused_by_name() -> None:
    taken = products.draft().product.code
    with pytest.raises(drafting.ProductCodeTaken):
        products.draft(code=taken)
    with pytest.raises(drafting.KindNotBuilt):
        drafting.draft(code="X1", kind="advisor", issuer_code="i", values=products.VALUES, at=AT)
    with products.plugged("advisor"), pytest.raises(Invalid) as refused:
        products.draft(kind="advisor", terms={"forbidden": 1})
    assert refused.value.field == "terms"


@pytest.mark.parametrize(("fen", "refusal"), [(999, queries.AmountTooSmall), (1_050, queries.AmountOffStep), (1_000, None), (1_100, None)])
def test_amounts_begin_at_the_minimum_and_go_in_steps(fen: int, refusal: type[DomainError] | None) -> None:
    version = products.draft(minimum_fen=1_000, step_fen=100)
    if refusal is None:
        queries.require_amount(version, fen)
        return
    with pytest.raises(refusal):
        queries.require_amount(version, fen)


def test_a_proposal_that_waited_too_long_publishes_nothing() -> None:
    version = products.draft()
    with products.plugged():
        version = reviewing.hand_in(product_id=version.product_id, at=AT)
    payload = {"target": version.product.public_id, "seen": reviewing.fingerprint(version)}
    asked = approvals.propose(
        act=reviewing.PUBLISH, payload=payload, maker=products.staff("prod_maker", "marketing"), reason="as agreed", at=AT
    )
    with pytest.raises(approvals.ApprovalExpired):
        approvals.approve(approval_id=asked.id, checker=products.staff("prod_checker", "finance_checker"), at=AT + timedelta(hours=73))
    assert Product.objects.get(pk=version.product_id).state == "reviewing"
