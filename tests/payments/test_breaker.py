"""The circuit breaker at the real sandbox bank: opening, resting, one call that tries, and a prober that is killed."""

import os
import signal
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.db import IntegrityError, transaction

from core.clock import queries as clock
from core.observe.metrics import page
from core.work.models import WorkItem
from payments.cards import services as cards
from payments.cards.models import CardBinding
from payments.channels import breaker, health, services, tasks
from payments.channels.breaker import ChannelResting
from payments.channels.models import Breaker, BreakerRule, Channel, ChannelCall, ChannelRequest
from payments.wallet import outbound
from payments.wallet.models import TopUp
from tests import processes
from tests.factories import api
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.bank_world import Holder, assert_settled, card_holder, settle_wallet, start_top_up, top_up
from tests.payments.world import payer
from tests.rules import newer, unguarded
from tests.sandbox_bank import SandboxBank
from tests.together import together

CHANNEL = "sandbox_bank"
OPEN_S, PROBE_S = 30, 30


@pytest.fixture(autouse=True)
def thresholds(connected: SandboxBank) -> None:
    """Half of at least four calls within a minute."""
    newer(latest(), least_calls=4, bad_share_bp=5_000, window_s=60, open_s=OPEN_S, probe_s=PROBE_S)


def latest() -> BreakerRule:
    return BreakerRule.objects.filter(channel_id=CHANNEL).latest("effective_on")


def state() -> str:
    return Breaker.objects.get(channel_id=CHANNEL).state


def opened(bank: SandboxBank, who: Holder) -> datetime:
    """Let the breaker open by four top-ups that are cut off; when it opened. They stay unknown."""
    ChannelCall.objects.all().delete()
    bank.fault("timeout_before_effect", operations=["payment"], params={"hold_ms": 10}, times=4)
    for _ in range(4):
        assert top_up(who, 1_000).state == "processing"
    row = Breaker.objects.get(channel_id=CHANNEL)
    assert (row.state, row.code != "") == ("open", True)
    assert row.opened_at is not None
    return row.opened_at


def test_bad_calls_open_it_once_and_ask_an_operator_and_a_good_probe_closes_it(connected: SandboxBank) -> None:
    who = card_holder(connected)
    at = opened(connected, who)
    item = WorkItem.objects.get(kind=breaker.WORK, target="channel:sandbox_bank")
    assert (item.finished_at, item.facts["calls"], item.facts["bad"]) == (None, 4, 4)
    assert b'banyan_channel_open{channel="sandbox_bank"} 1.0' in page(at)
    later = at + timedelta(seconds=OPEN_S)
    assert top_up(who, 2_000, at=later).state == "succeeded"
    assert state() == "closed"
    item.refresh_from_db()
    assert item.finished_by == "system"
    settle_wallet(later + timedelta(seconds=1))
    assert_settled(expected={who.customer: 6_000})


def test_nobody_is_asked_about_a_channel_at_rest_that_is_switched_off_until_it_is_on_again(connected: SandboxBank) -> None:
    at = opened(connected, card_holder(connected))
    asked = WorkItem.objects.filter(kind=breaker.WORK, target="channel:sandbox_bank", finished_at=None)
    assert (tasks.ask_of_resting(), asked.count()) == (0, 1)
    Channel.objects.filter(code=CHANNEL).update(enabled=False)
    assert (breaker.ask_of_resting(at=at), breaker.ask_of_resting(at=at), asked.count()) == (1, 0, 0)
    Channel.objects.filter(code=CHANNEL).update(enabled=True)
    assert (breaker.ask_of_resting(at=at), asked.get().facts["code"] != "") == (1, True)


def test_fewer_calls_than_the_least_or_a_smaller_share_leave_it_closed(connected: SandboxBank) -> None:
    who = card_holder(connected)
    ChannelCall.objects.all().delete()
    connected.fault("timeout_before_effect", operations=["payment"], params={"hold_ms": 10}, times=3)
    for _ in range(3):
        top_up(who, 1_000)
    assert state() == "closed"
    for _ in range(4):
        assert top_up(who, 1_000).state == "succeeded"
    connected.fault("timeout_before_effect", operations=["payment"], params={"hold_ms": 10}, times=1)
    newer(latest(), bad_share_bp=5_100)
    top_up(who, 1_000)
    assert (state(), ChannelCall.objects.filter(bad=True).count(), ChannelCall.objects.count()) == ("closed", 4, 8)


def test_business_refusals_do_not_speak_against_a_channel(connected: SandboxBank) -> None:
    who = card_holder(connected)
    ChannelCall.objects.all().delete()
    connected.fault("decline", operations=["payment"], times=6)
    assert [top_up(who, 1_000).state for _ in range(6)] == ["failed"] * 6
    assert (ChannelCall.objects.filter(bad=False).count(), Breaker.objects.exclude(state="closed").exists()) == (6, False)


def test_while_it_is_open_new_calls_are_refused_and_nothing_is_written(connected: SandboxBank) -> None:
    who, other = card_holder(connected), payer(connected, at=clock.now())
    opened(connected, who)
    before = TopUp.objects.count(), ChannelRequest.objects.count(), CardBinding.objects.count()
    client = api(who.customer)
    refused = client.post("/v1/payments/wallet/top-ups", {"card_id": who.card.public_id, "amount": 1_000}, key="k")
    assert (refused.status_code, refused.json()["code"]) == (503, "channel_resting")
    assert 1 <= int(refused["Retry-After"]) <= OPEN_S
    body = {"card_number": other.cards[0], "mobile": other.mobile}
    assert api(other.customer).post("/v1/payments/cards/bindings", body).json()["code"] == "channel_resting"
    assert (TopUp.objects.count(), ChannelRequest.objects.count(), CardBinding.objects.count()) == before
    Breaker.objects.update(retry_at=clock.now())
    again = client.post("/v1/payments/wallet/top-ups", {"card_id": who.card.public_id, "amount": 1_000}, key="k")
    assert (again.status_code, again.json()["result"]) == (201, "succeeded")


def test_a_placed_call_fails_as_not_done_and_questions_go_on(connected: SandboxBank) -> None:
    who = card_holder(connected)
    order = start_top_up(who, 3_000)
    at = opened(connected, who)
    failed = outbound.ask_top_up(top_up_id=order.id, at=at)
    assert (failed.state, failed.code) == ("failed", "channel_resting")
    request = ChannelRequest.objects.get(business_id=order.id)
    assert (request.sends, request.state) == (0, "failed")
    unknown = ChannelRequest.objects.filter(state="unknown").first()
    assert unknown is not None
    asked = services.query(request_id=unknown.id, at=at + timedelta(seconds=6))
    assert (asked.state, asked.code, asked.queries, asked.sends) == ("unknown", "channel_resting", 1, 1)
    assert ChannelCall.objects.filter(question=True, bad=False).count() == 1
    assert state() == "open"
    settle_wallet(at + timedelta(seconds=OPEN_S))
    assert_settled(expected={who.customer: 4_000})


def test_what_no_customer_waits_for_is_placed_and_waits(connected: SandboxBank) -> None:
    who, idle = card_holder(connected), card_holder(connected)
    at = opened(connected, who)
    cards.unbind(customer_id=idle.customer.id, card_id=idle.card.id, at=at)
    request = ChannelRequest.objects.get(operation="unsign")
    held = services.send(request_id=request.id, at=at)
    assert (held.state, held.sends, held.due_at) == ("new", 0, at + timedelta(seconds=OPEN_S))
    settle_wallet(at + timedelta(seconds=OPEN_S + 1))
    assert connected.control("GET", f"agreements/{idle.card.token}")["cancelled_by"] == "merchant"
    assert_books_balance()


def test_of_many_that_want_to_try_exactly_one_does(connected: SandboxBank) -> None:
    holders = [card_holder(connected) for _ in range(8)]
    orders = [start_top_up(who, 1_000) for who in holders]
    later = opened(connected, card_holder(connected)) + timedelta(seconds=OPEN_S)
    ended = count(1)
    with connected.silent() as speak:

        def ask(number: int) -> str:
            state = outbound.ask_top_up(top_up_id=orders[number].id, at=later).state
            if next(ended) == 7:
                speak()
            return state

        ends = together(ask, 8)
    assert sorted(ends) == ["failed"] * 7 + ["succeeded"]
    assert ChannelRequest.objects.filter(business_id__in=[order.id for order in orders], sends=1).count() == 1
    assert state() == "closed"


def test_a_probe_that_fails_opens_it_again_for_as_long(connected: SandboxBank) -> None:
    who = card_holder(connected)
    later = opened(connected, who) + timedelta(seconds=OPEN_S)
    connected.fault("timeout_before_effect", operations=["payment"], params={"hold_ms": 10}, times=1)
    top_up(who, 1_000, at=later)
    row = Breaker.objects.get()
    assert (row.state, row.probe, row.retry_at) == ("open", None, later + timedelta(seconds=OPEN_S))
    with pytest.raises(ChannelResting):
        start_top_up(who, 1_000, at=later + timedelta(seconds=OPEN_S - 1))


def test_the_seat_of_a_killed_prober_comes_back(connected: SandboxBank) -> None:
    who = card_holder(connected)
    order, rival = start_top_up(who, 1_000), start_top_up(who, 1_000)
    opened(connected, who)
    Breaker.objects.update(retry_at=clock.now())
    connected.fault("delay", operations=["payment"], params={"ms": 20_000}, times=1)
    words = f"""
import django; django.setup()
from django.conf import settings
settings.SANDBOX_BANK_URL = {connected.base_url!r}
from core.clock import queries as clock
from payments.wallet import outbound
outbound.ask_top_up(top_up_id={str(order.id)!r}, at=clock.now())
"""
    process = processes.start("-c", words)
    try:
        processes.wait_until(lambda: state() == "half_open", "the process never tried")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    row = Breaker.objects.get()
    assert row.probe == order.request_id
    assert row.retry_at is not None
    assert outbound.ask_top_up(top_up_id=rival.id, at=row.retry_at - timedelta(seconds=1)).state == "failed"
    connected.clear_faults()
    assert top_up(who, 1_000, at=row.retry_at).state == "succeeded"
    assert state() == "closed"


def test_no_rule_means_no_breaker(connected: SandboxBank) -> None:
    with unguarded():
        BreakerRule.objects.all().delete()
    who = card_holder(connected)
    connected.fault("timeout_before_effect", operations=["payment"], params={"hold_ms": 10}, times=5)
    for _ in range(5):
        top_up(who, 1_000)
    assert not Breaker.objects.exists()
    assert start_top_up(who, 1).state == "created"


def test_health_counts_the_last_hour_by_answer_and_time_and_what_is_unknown(connected: SandboxBank) -> None:
    who = card_holder(connected)
    at = opened(connected, who)
    ChannelCall.objects.all().delete()
    made = [("", False, took) for took in range(10, 100, 10)] + [("no_answer", True, 7_000)]
    for code, bad, took_ms in made:
        ChannelCall.objects.create(channel_id=CHANNEL, operation="pay", question=False, bad=bad, code=code, took_ms=took_ms, at=at)
    ChannelCall.objects.create(
        channel_id=CHANNEL, operation="pay", question=False, bad=True, code="old", took_ms=1, at=at - timedelta(hours=2)
    )
    found = health.health(CHANNEL, at)
    assert (found.calls, found.bad, found.good_bp, found.p50_ms, found.p95_ms) == (10, 1, 9_000, 50, 7_000)
    assert found.codes == (("", False, 9), ("no_answer", True, 1))
    assert (found.unknown, found.oldest_unknown_at) == (4, ChannelRequest.objects.filter(state="unknown").earliest("created_at").created_at)
    assert breaker.forget_old(at=at + timedelta(hours=23)) == 1


def test_the_database_refuses_a_breaker_that_skips_a_state_or_has_no_time(connected: SandboxBank) -> None:
    row = Breaker.objects.create(channel_id=CHANNEL, changed_at=clock.now())
    changes = {"retry_at": clock.now(), "opened_at": clock.now(), "probe": row.id}
    for fields, why in (({"state": "half_open", **changes}, "cannot move"), ({"state": "open"}, "payments_breaker_state")):
        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            Breaker.objects.filter(pk=row.pk).update(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        newer(latest(), bad_share_bp=10_001)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelCall.objects.create(channel_id=CHANNEL, operation="pay", question=False, bad=False, took_ms=-1, at=clock.now())
