"""Orders at the desk: the queue and what is stuck, the story of one, and what two people decide."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.privacy.sockets import OBLIGATIONS
from core.approvals import services as approvals
from core.approvals.services import ApprovalNeeded
from core.clock import queries as clock
from core.moves import advance
from core.work.models import WorkItem
from tests.desk.people import staff, verified
from tests.payments.wallet.world import posted
from tests.query_counts import assert_queries_do_not_grow
from tests.wealth.catalog.products import staff as operator
from tests.wealth.orders.world import FEN, api, assert_whole, confirm_all, go_on, holding, ordered, paid, reject_all, saver
from wealth.catalog.models import Product
from wealth.issuers.models import Issuer, IssuerRequest
from wealth.issuers.states import ISSUER_MOVES, IssuerState
from wealth.orders import queries
from wealth.orders.closing import Orders
from wealth.orders.models import WealthOrder
from wealth.orders.refusals import NotStuck
from wealth.orders.services import by_hand, redeeming

pytestmark = pytest.mark.django_db(transaction=True)
BUY = 100_000


def by_two(act: str, order: WealthOrder) -> Any:
    """Proposed by one person, approved by another."""
    maker, checker = (operator(name, role) for name, role in (("mo", "finance_maker"), ("cy", "finance_checker")))
    at = clock.now()
    asked = approvals.propose(act=act, payload={"target": order.public_id}, maker=maker, reason="the issuer said so", at=at)
    return approvals.approve(approval_id=asked.id, checker=checker, at=at)


def switch(state: IssuerState) -> None:
    advance(Issuer.objects.get(code="sandbox_issuer"), state, moves=ISSUER_MOVES, at=clock.now())


def test_a_paid_order_its_issuer_does_not_take_waits_for_people_who_end_it(money_fund: Product) -> None:
    who = saver(FEN)
    order = paid(who, ordered(who, money_fund, BUY))
    switch(IssuerState.OFF)
    go_on(order.cut_at)
    item = WorkItem.objects.get(finished_at=None)
    assert (item.kind, item.target) == ("wealth_order.not_submitted", order.public_id)
    assert queries.overdue(order.cut_at + timedelta(hours=1)).get() == order
    with pytest.raises(ApprovalNeeded):
        by_hand.end(order_id=order.id, at=clock.now())
    by_two(by_hand.REJECT, order)
    go_on(clock.now())
    order.refresh_from_db()
    assert (order.state, order.code, posted(who)) == ("refunded", "ended_by_operators", FEN)
    assert not WorkItem.objects.filter(finished_at=None).exists()
    assert_whole(money_fund, units=0)


def test_a_fast_redemption_its_issuer_refused_is_sent_again_and_settled(money_fund: Product) -> None:
    who = holding(money_fund, BUY)
    order = redeeming.redeem(customer_id=who.id, product_id=money_fund.id, units_fen=BUY, fast=True, at=clock.now())
    with pytest.raises(NotStuck):
        by_two(by_hand.RESEND, order)
    reject_all(clock.now(), code="CLOSED")
    before = IssuerRequest.objects.count()
    by_two(by_hand.RESEND, order)
    assert IssuerRequest.objects.count() == before + 1
    confirm_all(clock.now())
    order.refresh_from_db()
    assert (order.state, order.resends) == ("confirmed", 1)
    assert not WorkItem.objects.filter(finished_at=None).exists()
    assert_whole(money_fund, units=0)


def test_what_the_issuer_confirmed_otherwise_is_not_booked_and_is_an_operators(money_fund: Product) -> None:
    who = saver(FEN)
    order = paid(who, ordered(who, money_fund, BUY))
    go_on(order.cut_at)
    IssuerRequest.objects.update(amount_fen=BUY - 1)
    confirm_all(order.cut_at)
    order.refresh_from_db()
    assert (order.state, WorkItem.objects.get(finished_at=None).kind) == ("submitted", "wealth_order.confirmed_otherwise")
    by_two(by_hand.REJECT, order)
    go_on(order.cut_at)
    order.refresh_from_db()
    assert (order.state, posted(who)) == ("refunded", FEN)
    assert_whole(money_fund, units=0)


def test_the_page_of_an_order_tells_its_whole_story_and_the_queue_finds_what_is_stuck(money_fund: Product) -> None:
    who = saver(FEN)
    order = paid(who, ordered(who, money_fund, BUY))
    go_on(order.cut_at)
    order.refresh_from_db()
    client = verified(staff("sam", "support"))
    shown = client.get(reverse("admin:wealth_wealthorder_change", args=[order.pk])).content.decode()
    request = IssuerRequest.objects.get()
    for text in (order.public_id, money_fund.current.name_en, order.trade_on.isoformat(), order.risk_sha256, request.number):
        assert text in shown, text
    listed = client.get(reverse("admin:wealth_wealthorder_changelist"), {"stuck": "late"}).content.decode()
    assert order.public_id not in listed
    assert order.public_id in client.get(reverse("admin:wealth_wealthorder_changelist")).content.decode()


def test_an_open_order_keeps_the_account_open_and_belongs_into_an_export(money_fund: Product) -> None:
    who = saver(FEN)
    order = paid(who, ordered(who, money_fund, BUY))
    assert OBLIGATIONS.get("wealth.orders") is not None
    assert [one.code for one in Orders().obstacles(customer_id=who.id, at=clock.now())] == ["wealth_orders_open"]
    go_on(order.cut_at)
    reject_all(order.cut_at, code="NO")
    go_on(order.cut_at)
    assert Orders().obstacles(customer_id=who.id, at=clock.now()) == []
    assert [line["id"] for line in Orders().export(customer_id=who.id)] == [order.public_id]


def test_the_list_of_orders_asks_no_more_for_many_and_shows_nobody_anothers(money_fund: Product) -> None:
    few, many = saver(FEN), saver(FEN)
    ordered(few, money_fund, BUY)
    orders = [ordered(many, money_fund, BUY) for _ in range(4)]
    assert_queries_do_not_grow(lambda who: api(who, "get", "orders"), few, many)
    assert len(api(many, "get", "orders?side=buy").json()["items"]) == 4
    assert api(many, "get", "orders?state=paid").json()["items"] == []
    assert api(many, "get", "orders?state=none").status_code == 422
    assert api(few, "get", f"orders/{orders[0].public_id}").status_code == 404
    assert api(many, "get", f"orders/{orders[0].public_id}").status_code == 200
