"""Alipay under the platform: calls placed and sent, codes nobody takes up, and notices at the door."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from core.business_day import services as business_day
from core.clock import queries as clock
from payments.channels import services
from payments.channels.models import Channel, ChannelCredential, ChannelNotice, ChannelRequest, ErrorRule, RefusedNotices
from payments.channels.notices import take_in
from payments.channels.sandbox_bank.signing import public_pem
from tests.factories import Client, customer
from tests.payments.alipay_gateway import APP_ID, APP_SERIAL, MERCHANT, ROOT_SERIAL, SERIAL, AlipayGateway, changed
from tests.payments.ledgerless import BUSINESS, Counter, counting
from tests.payments.pems import private_pem

pytestmark = pytest.mark.django_db(transaction=True)
NOTICES = "/v1/payments/notices/alipay"


@pytest.fixture
def gateway(transactional_db: None, settings: Any) -> Iterator[AlipayGateway]:
    """The peer, with the platform connected to it and the channel switched on."""
    peer = AlipayGateway()
    peer.start()
    settings.ALIPAY_GATEWAY_URL, settings.ALIPAY_BILL_URL = peer.url, peer.origin
    business_day.open_first_day(at=clock.now())
    Channel.objects.filter(code="alipay").update(enabled=True)
    ChannelCredential.objects.create(
        channel_id="alipay",
        merchant=MERCHANT,
        app_id=APP_ID,
        private_key_pem=private_pem(peer.theirs),
        own_key_id=APP_SERIAL,
        root_key_id=ROOT_SERIAL,
        bank_public_key_pem=public_pem(private_pem(peer.ours)),
        bank_key_id=SERIAL,
        created_at=clock.now(),
    )
    yield peer
    peer.stop()


@pytest.fixture
def told() -> Iterator[Counter]:
    with counting() as counter:
        yield counter


def sent(operation: str = "pay", party: str = "", original: ChannelRequest | None = None) -> ChannelRequest:
    request = services.place(
        channel="alipay",
        operation=operation,
        business=BUSINESS,
        business_id=uuid.uuid4(),
        reference="test",
        customer_id=original.customer_id if original else customer(verified_class=None).id,
        card_id=None,
        original_id=original.id if original else None,
        party=party,
        amount_fen=10_000,
        at=clock.now(),
    )
    return services.send(request_id=request.id, at=clock.now())


def deliver(raw: bytes) -> Any:
    return Client().generic("POST", NOTICES, raw, content_type="application/x-www-form-urlencoded; charset=utf-8")


def test_the_channel_is_born_off_with_a_map_of_its_codes(db: None) -> None:
    channel = Channel.objects.get(code="alipay")
    assert (channel.enabled, channel.adapter) == (False, "alipay")
    actions = dict(ErrorRule.objects.filter(channel=channel).values_list("code", "action"))
    assert set(actions.values()) == {"retry_same", "query", "next_channel", "step_up", "ask_user", "stop"}
    assert not ErrorRule.objects.filter(channel=channel, action="query", definite=True).exists()


def test_a_payment_keeps_its_code_while_nobody_scans_it_and_is_told_once_when_paid(gateway: AlipayGateway, told: Counter) -> None:
    request = sent()
    assert (request.state, request.code, request.action_url[:22]) == ("action_required", "scan", "https://qr.alipay.com/")
    asked = services.query(request_id=request.id, at=clock.now())
    assert (asked.state, asked.action_url, asked.sends) == ("action_required", request.action_url, 1)
    gateway.payer_acts(request.request_no)
    done = services.query(request_id=request.id, at=clock.now())
    assert (done.state, told.told) == ("success", [("success", "")])
    refund = sent("refund", original=done)
    assert refund.state == "success"
    paid = sent_and_paid(gateway)
    with gateway.fault("timeout_after"):
        lost = sent("refund", original=paid)
    assert lost.state == "unknown"
    assert services.query(request_id=lost.id, at=clock.now()).state == "success"
    assert told.told == [("success", "")] * 4


def sent_and_paid(gateway: AlipayGateway) -> ChannelRequest:
    request = sent()
    gateway.payer_acts(request.request_no)
    return services.query(request_id=request.id, at=clock.now())


def test_a_code_nobody_scans_waits_until_it_is_too_old_and_ends(gateway: AlipayGateway, told: Counter) -> None:
    request = sent()
    waits = services.close(request_id=request.id, at=clock.now())
    assert (waits.state, waits.code) == ("action_required", "scan")
    later = services.query(request_id=request.id, at=clock.now() + timedelta(minutes=11))
    assert (later.state, later.sends) == ("action_required", 1)
    with time_machine.travel(clock.wall() + timedelta(minutes=31)):
        over = services.query(request_id=request.id, at=clock.now())
    assert (over.state, over.code, told.told) == ("failed", "ACQ.TRADE_NOT_EXIST", [("failed", "ACQ.TRADE_NOT_EXIST")])


def test_a_notice_in_form_fields_is_believed_answered_success_and_taken_in_once(gateway: AlipayGateway, told: Counter) -> None:
    request = sent()
    gateway.payer_acts(request.request_no)
    raw = gateway.notices[0][2]
    for _ in range(2):
        answer = deliver(raw)
        assert (answer.status_code, answer.content) == (200, b"success")
    kept = ChannelNotice.objects.get()
    for _ in range(2):
        assert take_in(notice_id=kept.id, at=clock.now()).outcome == "success"
    assert told.told == [("success", "")]
    assert deliver(changed(raw, total_amount="0.01")).status_code == 401
    assert RefusedNotices.objects.get(channel_id="alipay").reason == "signature"


def test_a_payout_is_done_and_may_come_back(gateway: AlipayGateway, told: Counter) -> None:
    request = sent("payout", party="2088102169481999")
    assert request.state == "success"
    gateway.transfers[request.request_no]["status"] = "REFUND"
    assert services.query(request_id=request.id, at=clock.now()).state == "returned"
    assert told.told == [("success", ""), ("returned", "REFUND")]
