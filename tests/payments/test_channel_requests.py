"""Outbound calls at the real sandbox bank: each ends, once, whatever happens on the way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from core.work.queries import waiting
from payments.cards.models import Card
from payments.channels import services
from payments.channels.models import Break, Channel, ChannelRequest, MaintenanceWindow
from tests.payments.ledgerless import Counter, counting, placed, sent
from tests.payments.settle import assert_nothing_open, settle
from tests.payments.world import AT, WORKS, bind, payer
from tests.processes import PATIENCE_SECONDS, wait_until
from tests.sandbox_bank import SandboxBank
from tests.together import together

ROOT = Path(__file__).resolve().parents[2]
FAULTS: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    ("delay", {"ms": 50}, ("success", "")),
    ("timeout_before_effect", {"hold_ms": 20}, ("success", "")),
    ("timeout_after_effect", {"hold_ms": 20}, ("success", "")),
    ("http_500_burst", {"n": 3}, ("success", "")),
    ("http_500_burst", {"n": 3, "after_effect": True}, ("success", "")),
    ("maintenance", {}, ("failed", "MAINTENANCE")),
    ("system_busy", {}, ("success", "")),
    ("decline", {"code": "RISK_REFUSED"}, ("failed", "RISK_REFUSED")),
    ("processing_then_success", {"after_ms": 1}, ("success", "")),
    ("processing_then_failed", {"after_ms": 1}, ("failed", "RISK_REFUSED")),
    ("forged_response", {}, ("success", "")),
]


@pytest.fixture
def counter() -> Iterator[Counter]:
    with counting() as made:
        yield made


@pytest.fixture
def card(connected: SandboxBank) -> Card:
    return bind(connected, payer(connected), WORKS)


def taken_from(bank: SandboxBank, request: ChannelRequest) -> int:
    """What the bank took for, or paid to, this number."""
    moves = [move for move in bank.card(WORKS)["movements"] if move["request_no"] == request.request_no]
    return sum(abs(move["amount_fen"]) for move in moves)


@pytest.mark.parametrize("operation", ["pay", "payout"])
def test_every_fault_of_a_money_call_ends_after_the_jobs_once_and_as_the_bank_has_it(
    connected: SandboxBank, card: Card, counter: Counter, operation: str
) -> None:
    for fault, params, word in FAULTS:
        told = ("success", "") if (fault, operation) == ("maintenance", "payout") else word  # a payout waits it out
        connected.clear_faults()
        connected.fault(fault, operations=["payment", "payout"], times=params.get("n", 1), params=params)
        counter.told.clear()
        request = sent(card, operation)
        if fault.startswith("processing"):
            wait_until(partial(connected.notices, request.request_no), "the bank never decided")
        settle(AT, pause_s=0.02)
        request.refresh_from_db()
        assert counter.told == [told], fault
        assert (request.state, request.code) == told, fault
        assert taken_from(connected, request) == (10_000 if told[0] == "success" else 0), fault
        assert_nothing_open()
    assert Break.objects.count() == 0


def test_a_call_that_was_lost_goes_out_again_under_its_number_and_is_closed_when_it_is_old(
    connected: SandboxBank, card: Card, counter: Counter
) -> None:
    connected.fault("timeout_before_effect", operations=["payment"], times=99, params={"hold_ms": 5})
    request = sent(card)
    assert request.state == "unknown"
    settle(AT)
    request.refresh_from_db()
    assert (request.state, request.code) == ("failed", "ORDER_CLOSED")
    assert request.sends > 5
    assert counter.told == [("failed", "ORDER_CLOSED")]
    connected.clear_faults()
    assert taken_from(connected, request) == 0


@pytest.mark.parametrize("operation", ["pay", "payout"])
def test_a_lost_call_is_not_over_because_it_could_not_be_sent_again(
    connected: SandboxBank, card: Card, counter: Counter, settings: Any, operation: str
) -> None:
    bank_operation = {"pay": "payment", "payout": "payout"}[operation]
    connected.fault("timeout_before_effect", operations=[bank_operation], times=1, params={"hold_ms": 5})
    request = sent(card, operation)
    unheard = services.ask(request.id, AT)[0]
    assert unheard.state == "unknown"
    for fault, at in (("maintenance", 1), ("system_busy", 2)):
        connected.clear_faults()
        connected.fault(fault, operations=[bank_operation], times=1)
        found = services.not_seen(services.queries.request(request.id), AT + timedelta(seconds=at))
        assert (found.state, found.sends) == ("unknown", 1 + at), fault
    bank, settings.SANDBOX_BANK_URL = settings.SANDBOX_BANK_URL, "http://127.0.0.1:9"
    found = services.not_seen(services.queries.request(request.id), AT + timedelta(seconds=3))
    settings.SANDBOX_BANK_URL = bank
    assert (found.state, found.code) == ("unknown", "unreachable")
    Channel.objects.update(enabled=False)
    found = services.query(request_id=request.id, at=AT + timedelta(seconds=4))
    assert (found.state, found.code, found.sends) == ("unknown", "channel_off", 4)
    assert counter.told == []
    assert taken_from(connected, request) == 0
    Channel.objects.update(enabled=True)
    connected.clear_faults()
    settle(AT + timedelta(seconds=5))
    assert counter.told == [("success", "")]
    assert taken_from(connected, request) == 10_000


def test_the_banks_own_decision_about_a_lost_call_ends_it(connected: SandboxBank, card: Card, counter: Counter) -> None:
    connected.fault("timeout_before_effect", operations=["payment"], times=1, params={"hold_ms": 5})
    request = sent(card)
    connected.clear_faults()
    connected.fault("decline", operations=["payment"], times=1, params={"code": "RISK_REFUSED"})
    settle(AT)
    request.refresh_from_db()
    assert (request.state, request.code, request.sends) == ("failed", "RISK_REFUSED", 2)
    assert counter.told == [("failed", "RISK_REFUSED")]
    assert taken_from(connected, request) == 0


def test_what_no_asking_finds_out_becomes_an_operators_work_and_ends_when_it_is_known(
    connected: SandboxBank, card: Card, counter: Counter
) -> None:
    connected.fault("processing_then_success", operations=["payment"], params={"after_ms": 0})
    request = sent(card)
    reached = settle(AT, until=AT + timedelta(hours=24))
    request.refresh_from_db()
    assert (request.state, request.queries, request.due_at) == ("pending", 13, reached + timedelta(hours=6))
    assert reached >= AT + timedelta(hours=18)
    assert [item.target for item in waiting(kind="channel_request.unknown")] == [request.public_id]
    assert counter.told == []
    connected.resolve(services.open_port("sandbox_bank").account.merchant, request.request_no)  # type: ignore[attr-defined]
    settle(reached)
    assert counter.told == [("success", "")]
    assert waiting(kind="channel_request.unknown") == []


def test_a_busy_bank_is_tried_six_times_under_one_number_and_then_it_failed(connected: SandboxBank, card: Card, counter: Counter) -> None:
    connected.fault("system_busy", operations=["payment"], times=99)
    request = sent(card)
    assert request.state == "new"
    settle(AT)
    request.refresh_from_db()
    assert (request.state, request.code, request.sends) == ("failed", "SYSTEM_BUSY", 6)
    assert counter.told == [("failed", "SYSTEM_BUSY")]


def test_a_payout_that_came_back_is_told_once_after_it_was_told_done(connected: SandboxBank, card: Card, counter: Counter) -> None:
    request = sent(card, "payout")
    assert request.state == "success"
    connected.return_payout(services.open_port("sandbox_bank").account.merchant, request.request_no)  # type: ignore[attr-defined]
    for _ in range(3):
        services.query(request_id=request.id, at=AT)
    request.refresh_from_db()
    assert (request.state, request.code, request.returned_at) == ("returned", "PAYEE_ACCOUNT_CLOSED", AT)
    assert counter.told == [("success", ""), ("returned", "PAYEE_ACCOUNT_CLOSED")]


def test_payouts_whose_return_was_never_told_are_found_by_the_daily_look_batch_by_batch(
    connected: SandboxBank, card: Card, counter: Counter
) -> None:
    requests = [sent(card, "payout") for _ in range(3)]
    connected.return_payout(services.open_port("sandbox_bank").account.merchant, requests[2].request_no)  # type: ignore[attr-defined]
    shard = requests[0].shard
    assert services.look_for_returns(shard=shard, at=AT + timedelta(days=7, seconds=1)) is None
    last = services.look_for_returns(shard=shard, at=AT, most=2)
    assert (last, ChannelRequest.objects.filter(state="returned").count()) == (requests[1].id, 0)
    assert services.look_for_returns(shard=shard, at=AT, after=last, most=2) is None
    assert list(ChannelRequest.objects.filter(state="returned")) == [requests[2]]
    assert counter.told == [("success", "")] * 3 + [("returned", "PAYEE_ACCOUNT_CLOSED")]


def test_a_refund_gives_back_what_was_paid(connected: SandboxBank, card: Card, counter: Counter) -> None:
    payment = sent(card)
    refund = services.place(
        channel="sandbox_bank",
        operation="refund",
        business="test_order",
        business_id=payment.business_id,
        reference="test",
        customer_id=card.customer_id,
        card_id=card.id,
        amount_fen=4_000,
        at=AT,
        original_id=payment.id,
    )
    connected.fault("timeout_after_effect", operations=["refund"], params={"hold_ms": 5})
    services.send(request_id=refund.id, at=AT)
    settle(AT)
    refund.refresh_from_db()
    assert refund.state == "success"
    assert taken_from(connected, refund) == 4_000
    assert counter.told == [("success", ""), ("success", "")]


def test_sending_and_asking_from_many_threads_moves_money_once_and_tells_once(connected: SandboxBank, card: Card, counter: Counter) -> None:
    request = placed(card)
    together(lambda _: services.send(request_id=request.id, at=AT), 6)
    together(lambda _: services.query(request_id=request.id, at=AT), 3)
    request.refresh_from_db()
    assert (request.state, request.sends) == ("success", 1)
    assert taken_from(connected, request) == 10_000
    assert counter.told == [("success", "")]


def test_sweepers_that_run_at_once_share_the_work(connected: SandboxBank, card: Card, counter: Counter) -> None:
    requests = [placed(card) for _ in range(6)]
    later = AT + timedelta(seconds=61)
    together(lambda _: services.resolve_due(shard=requests[0].shard, at=later), 3)
    assert [row.sends for row in ChannelRequest.objects.filter(operation="pay")] == [1] * 6
    assert counter.told == [("success", "")] * 6


def test_a_refusal_that_tells_of_a_dead_agreement_unbinds_the_card(connected: SandboxBank, counter: Counter) -> None:
    card = bind(connected, payer(connected), "9901100000000000280")
    sent(card)
    assert counter.told == [("failed", "AGREEMENT_CANCELLED")]
    settle(AT)
    card.refresh_from_db()
    assert (card.state, card.unbound_by) == ("unbound", "bank")


def test_no_call_leaves_inside_a_transaction(card: Card, counter: Counter) -> None:
    request = placed(card)
    with transaction.atomic(), pytest.raises(services.InsideTransaction):
        services.send(request_id=request.id, at=AT)
    request.refresh_from_db()
    assert (request.state, request.sends) == ("new", 0)


def test_a_channel_that_is_off_or_under_maintenance_takes_no_new_call_and_fails_what_never_left(
    connected: SandboxBank, card: Card, counter: Counter
) -> None:
    waiting_call = placed(card)
    MaintenanceWindow.objects.create(
        channel_id="sandbox_bank",
        bank_code="ICBC",
        starts_at=AT,
        ends_at=AT + timedelta(hours=1),
        words_en="w",
        words_zh="w",
        created_at=AT,
    )
    with pytest.raises(services.ChannelUnderMaintenance):
        services.refuse_closed("sandbox_bank", "ICBC", AT)
    services.refuse_closed("sandbox_bank", "ABC", AT)
    services.refuse_closed("sandbox_bank", "ICBC", AT + timedelta(hours=1))
    Channel.objects.update(enabled=False)
    with pytest.raises(services.ChannelOff):
        placed(card)
    services.send(request_id=waiting_call.id, at=AT)
    assert counter.told == [("failed", "channel_off")]
    assert taken_from(connected, waiting_call) == 0


KILLED = """
import os, sys, uuid
sys.path[:0] = [{root!r}, {platform!r}]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from django.conf import settings
from django.db import connections
connections["default"].settings_dict["NAME"] = {database!r}
settings.SANDBOX_BANK_URL = {url!r}
from datetime import datetime
from payments.channels import services
from tests.payments.ledgerless import counting
print("ready", flush=True)
with counting():
    services.send(request_id=uuid.UUID({request!r}), at=datetime.fromisoformat({at!r}))
"""


def test_a_process_killed_between_sending_and_storing_loses_nothing(connected: SandboxBank, card: Card, counter: Counter) -> None:
    request = placed(card)
    connected.fault("timeout_after_effect", operations=["payment"], params={"hold_ms": 20_000})
    script = KILLED.format(
        root=str(ROOT),
        platform=str(ROOT / "platform"),
        database=connection.settings_dict["NAME"],
        url=connected.base_url,
        request=str(request.id),
        at=AT.isoformat(),
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, start_new_session=True)
    until = time.monotonic() + PATIENCE_SECONDS
    while taken_from(connected, request) == 0:
        assert time.monotonic() < until, "the killed process never reached the bank"
        assert process.poll() is None, "the process ended before it was killed"
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    request.refresh_from_db()
    assert request.state == "sent"
    settle(AT)
    request.refresh_from_db()
    assert (request.state, request.sends) == ("success", 1)
    assert taken_from(connected, request) == 10_000
    assert counter.told == [("success", "")]
