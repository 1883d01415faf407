"""WeChat Pay under the platform: calls placed and sent, notices at the door, and the map of its codes."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core.business_day import services as business_day
from core.clock import queries as clock
from payments.channels import services
from payments.channels.models import Channel, ChannelCredential, ChannelNotice, ChannelRequest, ErrorRule, RefusedNotices
from payments.channels.notices import take_in
from payments.channels.sandbox_bank.signing import public_pem
from payments.channels.services import ChannelNotConnected, ChannelOff
from tests.factories import Client, customer
from tests.payments.ledgerless import BUSINESS, Counter, counting
from tests.payments.pems import private_pem
from tests.payments.wechat_pay import API_KEY, APP_ID, KEY_ID, MERCHANT, SERIAL, WechatPay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pay(transactional_db: None, settings: Any) -> Iterator[WechatPay]:
    """The peer, with the platform connected to it and the channel switched on."""
    peer = WechatPay()
    peer.start()
    settings.WECHAT_PAY_URL = peer.url
    business_day.open_first_day(at=clock.now())
    Channel.objects.filter(code="wechat_v3").update(enabled=True)
    ChannelCredential.objects.create(
        channel_id="wechat_v3",
        merchant=MERCHANT,
        app_id=APP_ID,
        private_key_pem=private_pem(peer.theirs),
        own_key_id=SERIAL,
        bank_public_key_pem=public_pem(private_pem(peer.ours)),
        bank_key_id=KEY_ID,
        api_key=API_KEY,
        payout_scene="1005",
        payout_report={"岗位类型": "推广员"},
        created_at=clock.now(),
    )
    yield peer
    peer.stop()


@pytest.fixture
def told() -> Iterator[Counter]:
    with counting() as counter:
        yield counter


def placed(operation: str = "pay", party: str = "", original: ChannelRequest | None = None) -> ChannelRequest:
    return services.place(
        channel="wechat_v3",
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


def sent(operation: str = "pay", party: str = "", original: ChannelRequest | None = None) -> ChannelRequest:
    return services.send(request_id=placed(operation, party, original).id, at=clock.now())


def deliver(letter: tuple[str, dict[str, str], bytes]) -> int:
    path, headers, raw = letter
    return int(Client().generic("POST", path, raw, content_type="application/json", headers=headers).status_code)


def test_the_channel_is_born_off_without_a_credential_and_with_a_map_of_its_codes(db: None) -> None:
    channel = Channel.objects.get(code="wechat_v3")
    assert (channel.enabled, channel.adapter) == (False, "wechat_v3")
    actions = dict(ErrorRule.objects.filter(channel=channel).values_list("code", "action"))
    assert (actions["FREQUENCY_LIMITED"], actions["SYSTEM_ERROR"], actions["NO_AUTH"]) == ("retry_same", "query", "next_channel")
    assert (actions["RULE_LIMIT"], actions["REQUEST_BLOCKED"], actions["SIGN_ERROR"]) == ("ask_user", "step_up", "stop")
    assert not ErrorRule.objects.filter(channel=channel, action="query", definite=True).exists()
    business_day.open_first_day(at=clock.now())
    with counting(), pytest.raises(ChannelOff):
        placed()
    Channel.objects.filter(code="wechat_v3").update(enabled=True)
    with counting(), pytest.raises(ChannelNotConnected):
        placed()


def test_without_an_address_nothing_is_asked(pay: WechatPay, settings: Any) -> None:
    settings.WECHAT_PAY_URL = ""
    with pytest.raises(ChannelNotConnected):
        services.open_port("wechat_v3")


def test_a_payment_keeps_where_to_scan_until_it_is_paid_and_is_told_once(pay: WechatPay, told: Counter) -> None:
    request = sent()
    assert (request.state, request.code, request.action_url[:24]) == ("action_required", "scan", "weixin://wxpay/bizpayurl")
    asked = services.query(request_id=request.id, at=clock.now())
    assert (asked.state, asked.action_url) == ("action_required", request.action_url)
    pay.payer_acts(request.request_no)
    done = services.query(request_id=request.id, at=clock.now())
    assert (done.state, done.channel_no) == ("success", pay.trades[request.request_no]["transaction_id"])
    assert told.told == [("success", "")]
    refund = sent("refund", original=done)
    assert (refund.state, told.told) == ("success", [("success", ""), ("success", "")])


def test_a_notice_at_the_door_is_believed_kept_sealed_and_taken_in_once(pay: WechatPay, told: Counter) -> None:
    request = sent()
    pay.payer_acts(request.request_no)
    letter = pay.notices[0]
    assert [deliver(letter), deliver(letter)] == [200, 200]
    kept = ChannelNotice.objects.get()
    assert request.request_no not in kept.raw_body
    for _ in range(2):
        assert take_in(notice_id=kept.id, at=clock.now()).outcome == "success"
    assert told.told == [("success", "")]
    path, headers, raw = letter
    assert deliver((path, headers | {"Wechatpay-Nonce": "x"}, raw)) == 401
    assert RefusedNotices.objects.get(channel_id="wechat_v3").reason == "signature"


def test_a_payment_nobody_takes_up_is_closed_and_one_closed_too_late_was_paid(pay: WechatPay, told: Counter) -> None:
    left, late = sent(), sent()
    closed = services.close(request_id=left.id, at=clock.now())
    assert (closed.state, closed.code) == ("failed", "CLOSED")
    pay.payer_acts(late.request_no)
    assert services.close(request_id=late.id, at=clock.now()).state == "success"
    assert told.told == [("failed", "CLOSED"), ("success", "")]


def test_a_payment_whose_answer_was_lost_is_sent_again_while_young_and_ends_when_old(pay: WechatPay, told: Counter) -> None:
    with pay.fault("timeout_before"):
        request = sent()
    assert request.state == "unknown"
    again = services.query(request_id=request.id, at=clock.now())
    assert (again.state, again.action_url != "") == ("action_required", True)
    with pay.fault("timeout_before"):
        other = sent()
    over = services.query(request_id=other.id, at=clock.now() + timedelta(minutes=10))
    assert (over.state, over.code, told.told) == ("failed", "ORDER_NOT_EXIST", [("failed", "ORDER_NOT_EXIST")])


def test_a_payout_goes_to_the_party_named_kept_encrypted_and_waits_for_them(pay: WechatPay, told: Counter) -> None:
    request = sent("payout", party="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
    assert (request.state, request.code) == ("action_required", "confirm")
    assert next(iter(pay.transfers.values()))["openid"] == ChannelRequest.objects.get(pk=request.pk).party
    pay.payer_acts(request.request_no)
    assert services.query(request_id=request.id, at=clock.now()).state == "success"
    assert told.told == [("success", "")]


@pytest.mark.parametrize(
    ("fault", "state"), [("busy", "new"), ("declined", "failed"), ("error_before", "unknown"), ("forged_answer", "unknown")]
)
def test_what_a_code_means_is_read_in_the_map(pay: WechatPay, told: Counter, fault: str, state: str) -> None:
    with pay.fault(fault):
        assert sent().state == state
