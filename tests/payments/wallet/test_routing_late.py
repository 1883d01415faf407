"""A routed top-up or payout whose first channel speaks late, or takes its word back."""

import pytest

from core.clock import queries as clock
from core.work.queries import waiting
from payments.channels import late_word, outcomes
from payments.channels import services as channels
from payments.channels.models import Break, ChannelRequest
from payments.channels.port import Failed, Order, Success
from payments.wallet import journals, sweeps
from tests.payments.cashier.test_routing import FIRST
from tests.payments.second_bank import SECOND
from tests.payments.wallet.bank_world import (
    Holder,
    assert_settled,
    long_after,
    settle_wallet,
    start_top_up,
    top_up,
    withdraw,
)
from tests.payments.wallet.routed import FEN, STARTED, asked, assert_done, booked, cleared, holder_of_two, moved
from tests.payments.wallet.world import posted
from tests.sandbox_bank import SandboxBank

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(connected: SandboxBank) -> Holder:
    return holder_of_two(connected)


def test_a_late_success_of_the_first_channel_books_nothing_twice(connected: SandboxBank, who: Holder) -> None:
    """It had said a definite no: that it did it all the same is a break for people, whatever came of the second."""
    order, at = start_top_up(who, FEN), clock.now()
    first = order.request_id
    outcomes.conclude(request_id=first, result=Failed("MAINTENANCE"), source="answer", at=at)
    late = Success(Order(str(first), "bank-1", FEN, "CNY", booked_on=clock.local_day(at)))
    for _ in range(2):
        outcomes.conclude(request_id=first, result=late, source="query", at=at)
    assert asked(order) == [(SECOND, "failed", "next_channel"), (FIRST, "new", "")]
    settle_wallet(at)
    outcomes.conclude(request_id=first, result=late, source="query", at=at)
    assert not late_word.taken(ChannelRequest.objects.get(pk=first))
    assert set(Break.objects.values_list("request_id", "ours", "theirs")) == {(first, "failed", "success")}
    assert_done(connected, who, order, FIRST)


def test_a_late_top_up_goes_back_through_the_channel_that_took_it(connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=["payment"], times=1)
    connected.fault("processing_then_success", operations=["payment"], agreement_no=who.card.token, times=1, params={"after_ms": 0})
    order = top_up(who, FEN)
    assert asked(order) == [(SECOND, "failed", "next_channel"), (FIRST, "pending", "")]
    connected.fault("http_500_burst", operations=["payment_close", "payment_query"], params={"n": 50})
    later = long_after(clock.now())
    sweeps.give_up_top_ups(shard=order.shard, at=later)
    connected.clear_faults()
    made = ChannelRequest.objects.get(business_id=order.id, channel_id=FIRST)
    merchant = channels.ChannelCredential.objects.get(channel_id=FIRST, retired_at=None).merchant
    connected.resolve(merchant, made.request_no)
    channels.query(request_id=made.id, at=later)
    assert f"clearing:channel:{FIRST}" in booked(journals.TOP_UP_LATE)
    settle_wallet(later)
    order.refresh_from_db()
    back = ChannelRequest.objects.get(operation="refund")
    assert (order.state, back.channel_id, back.original_id) == ("refunded", FIRST, made.id)
    assert (moved(connected, who), cleared(FIRST), cleared(SECOND), posted(who.customer)) == (0, 0, 0, STARTED)
    assert waiting() == []
    assert_settled(expected={who.customer: STARTED})


def test_a_payout_that_comes_back_is_mirrored_where_it_was_paid(connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=["payout"], times=1)
    order = withdraw(who, FEN)
    made = ChannelRequest.objects.get(business_id=order.id, channel_id=FIRST)
    merchant = channels.ChannelCredential.objects.get(channel_id=FIRST, retired_at=None).merchant
    connected.return_payout(merchant, made.request_no)
    channels.query(request_id=made.id, at=clock.now())
    order.refresh_from_db()
    assert (order.state, moved(connected, who), cleared(FIRST), cleared(SECOND)) == ("returned", 0, 0, 0)
    assert_settled(expected={who.customer: STARTED})
