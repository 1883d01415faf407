"""The whole story of an order on one page: attempts, legs, calls, notices, journals, splits, refunds, disputes, and late money."""

from datetime import timedelta

from django.urls import reverse

from accounts.ledger.models import Journal, Reversal
from core.clock import queries as clock
from payments.cashier.models import FundingLeg, PaymentAttempt
from payments.cashier.services.funding import Pick
from payments.channels.models import ChannelRequest
from payments.disputes.models import Dispute
from payments.disputes.services import deciding
from payments.merchants.models import MerchantTerms
from payments.notices.models import MerchantNotice
from payments.refunds.models import Refund, RefundPart
from payments.splits.models import Split
from tests.desk.people import staff, verified
from tests.payments.cashier.plugs import strange_sources
from tests.payments.cashier.test_desk import page
from tests.payments.cashier.test_unknown import late_success
from tests.payments.cashier.world import assert_settled, card, card_holder, new_order, pay, settle_cashier, shop
from tests.payments.disputes.world import dispute
from tests.payments.notices.world import news, told_shop
from tests.payments.refunds.world import read, refund
from tests.payments.settlement.world import dated
from tests.payments.splits.world import receiver_shop, split
from tests.query_counts import assert_queries_do_not_grow
from tests.sandbox_bank import SandboxBank


def journal_page(journal_id: object) -> str:
    return reverse("admin:accounts_journal_change", args=[journal_id])


def test_an_order_split_refunded_by_card_disputed_and_notified_is_all_on_one_page(connected: SandboxBank) -> None:
    where, who = told_shop("https://shop.example/n"), card_holder(connected, fen=3_000)
    dated(MerchantTerms, where, split_cap_bp=10_000)
    order = new_order(where, 10_000, to_split=True)
    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    for _ in range(2):
        pay(who.customer, order, [Pick("balance"), card(who)])
    split(where, read(order), (receiver_shop(where, shop()), 9_000))
    connected.fault("decline", operations=["refund"], times=1, params={"code": "RISK_REFUSED"})
    for fen in (2_000, 1_000):
        refund(read(order), fen)
    made = dispute(read(order), 1_000)
    deciding.withdraw(customer_id=who.customer.id, dispute_id=made.id, at=clock.now())
    news(clock.now())
    shown = verified(staff("sam", "support")).get(page(order)).content.decode()
    order = read(order)
    [given] = Split.objects.all()
    refunds, notices = list(Refund.objects.all()), list(MerchantNotice.objects.all())
    calls = ChannelRequest.objects.filter(operation__in=["pay", "refund"])
    parts = RefundPart.objects.filter(asked=True).values_list("id", flat=True)
    assert (calls.count(), calls.filter(business_id__in=parts).count(), len(refunds)) == (4, 2, 2)
    assert {notice.type for notice in notices} >= {"order.paid", "split.done", "refund.succeeded", "dispute.opened", "dispute.withdrawn"}
    rows = [order, made, given, *refunds, *notices, *calls, *PaymentAttempt.objects.all(), *FundingLeg.objects.all()]
    for row in rows:
        assert row.public_id in shown, row
    made = Dispute.objects.get()
    frozen, released = Journal.objects.filter(event__startswith="dispute.").order_by("id")
    assert made.journal_ids == [frozen.id, released.id]
    done = [row.journal_id for row in refunds if row.journal_id]
    for journal_id in [order.journal_id, *done, *made.journal_ids]:
        assert journal_page(journal_id) in shown


def test_a_late_success_shows_its_journal_the_one_that_gave_it_back_and_both_calls(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        order = late_success(connected, who, where)
        settle_cashier(order.expires_at + timedelta(seconds=2))
    order = read(order)
    assert order.state == "late_refunded"
    shown = verified(staff("sam", "support")).get(page(order)).content.decode()
    [back] = Reversal.objects.filter(reverses=order.late_journal_id)
    for journal_id in (order.late_journal_id, back.journal_id):
        assert journal_page(journal_id) in shown
    for call in ChannelRequest.objects.filter(operation__in=["pay", "refund"]):
        assert call.public_id in shown
    assert_settled(expected={who.customer: 3_000})


def test_the_page_costs_as_many_queries_for_four_refunds_as_for_one(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    short, long = (new_order(where, 10_000) for _ in range(2))
    for order, times in ((short, 1), (long, 4)):
        pay(who.customer, order, [card(who)])
        for _ in range(times):
            refund(read(order), 100)
    client = verified(staff("sam", "support"))
    assert_queries_do_not_grow(lambda order: client.get(page(order)), short, long)
