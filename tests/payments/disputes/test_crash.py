"""kill -9 of whoever opens or loses a dispute: nothing of it has happened, and doing it again does it once."""

from datetime import timedelta

import pytest

from core.clock import queries as clock
from payments.channels.models import ChannelRequest
from payments.disputes.models import Dispute
from payments.refunds.models import Refund
from tests.payments.cashier.world import card_holder, holder, shop
from tests.payments.disputes import world
from tests.payments.killing import AFTER, BEFORE, POSTED, killed
from tests.payments.refunds.test_card import FULL
from tests.payments.refunds.world import assert_all_over, by_balance, by_card, has, read, settle_refunds
from tests.payments.wallet.world import open_day, posted
from tests.sandbox_bank import SandboxBank


@pytest.mark.django_db(transaction=True)
def test_a_dispute_killed_while_it_is_opened_froze_nothing_and_is_opened_again() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    order = by_balance(where, ann, 1_000)
    killed("dispute", POSTED, order=order.id)
    assert (Dispute.objects.count(), has(where)) == (0, {"pending": (994, 0)})
    made = world.dispute(order)
    assert (made.frozen_fen, made.short_fen, has(where)) == (994, 0, {"frozen": (994, 0)})
    world.won(made)
    assert has(where) == {"pending": (994, 0)}
    assert_all_over(expected={ann: 0})


@pytest.mark.django_db(transaction=True)
def test_a_dispute_killed_while_it_is_lost_paid_nothing_and_pays_once() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    made = world.dispute(by_balance(where, ann, 1_000))
    killed("lose", "+payments.disputes.services.freezing.release_rest", dispute=made.id)
    made.refresh_from_db()
    assert (made.state, Refund.objects.count(), has(where), posted(ann)) == ("opened", 0, {"frozen": (994, 0)}, 0)
    assert world.lost(made).state == "lost"
    assert (Refund.objects.get().state, has(where), posted(ann)) == ("succeeded", {}, 1_000)
    assert_all_over(expected={ann: 1_000})


@pytest.mark.parametrize("stop", [BEFORE, AFTER])
def test_a_lost_disputes_money_killed_on_the_way_to_the_bank_or_back_goes_back_once(connected: SandboxBank, stop: str) -> None:
    where, who = shop(), card_holder(connected)
    order = by_card(where, who, 1_000)
    world.lost(world.dispute(order))
    request = ChannelRequest.objects.get(operation="refund")
    killed("send", stop, request=request.id)
    request.refresh_from_db()
    assert (request.state, has(where)) == ("sent", {"frozen": (994, 994)})
    assert connected.card(who.number)["balance_fen"] == FULL - (0 if stop == AFTER else 1_000)
    settle_refunds(clock.now() + timedelta(seconds=61))
    assert (Refund.objects.get().state, read(order).state, has(where)) == ("succeeded", "refunded", {})
    assert connected.card(who.number)["balance_fen"] == FULL
    assert_all_over()
