"""Stripe under the platform: calls placed and sent, events at the door, its statement, and the map of its codes."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from core.business_day import services as business_day
from core.clock import queries as clock
from payments.channels import services
from payments.channels.models import Channel, ChannelCredential, ChannelNotice, ChannelRequest, ErrorRule, RefusedNotices
from payments.channels.notices import take_in
from payments.channels.services import ChannelNotConnected
from tests.factories import Client, customer
from tests.payments.ledgerless import BUSINESS, Counter, counting
from tests.payments.stripe_peer import ACCOUNT, ASKS_FIRST, KEY, SECRET, StripePeer
from tests.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def running() -> Iterator[StripePeer]:
    peer = StripePeer()
    peer.start()
    yield peer
    peer.stop()


@pytest.fixture
def local(running: StripePeer, transactional_db: None, settings: Any) -> StripePeer:
    """The peer, with the platform connected to it and the channel switched on."""
    running.flush()
    settings.STRIPE_URL = running.url
    business_day.open_first_day(at=clock.now())
    Channel.objects.filter(code="stripe").update(enabled=True)
    ChannelCredential.objects.create(
        channel_id="stripe",
        merchant=ACCOUNT,
        private_key_pem=KEY,
        bank_public_key_pem="",
        bank_key_id="",
        api_key=SECRET,
        created_at=clock.now(),
    )
    return running


@pytest.fixture
def told() -> Iterator[Counter]:
    with counting() as counter:
        yield counter


def sent(party: str, operation: str = "pay", original: ChannelRequest | None = None) -> ChannelRequest:
    placed = services.place(
        channel="stripe",
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
    return services.send(request_id=placed.id, at=clock.now())


def deliver(letter: tuple[str, dict[str, str], bytes]) -> int:
    _, headers, raw = letter
    kept = {"Stripe-Signature": headers["Stripe-Signature"]}
    answer = Client().generic("POST", "/v1/payments/notices/stripe", raw, content_type="application/json", headers=kept)
    return int(answer.status_code)


def test_the_channel_is_born_off_without_a_credential_and_with_a_map_of_its_codes(db: None) -> None:
    channel = Channel.objects.get(code="stripe")
    assert (channel.enabled, channel.adapter) == (False, "stripe")
    actions = dict(ErrorRule.objects.filter(channel=channel).values_list("code", "action"))
    assert (actions["rate_limit"], actions["insufficient_funds"], actions["fraudulent"]) == ("retry_same", "ask_user", "step_up")
    assert (actions["issuer_not_available"], actions["http_401"]) == ("next_channel", "stop")


def test_without_an_address_nothing_is_asked(local: StripePeer, settings: Any) -> None:
    settings.STRIPE_URL = ""
    with pytest.raises(ChannelNotConnected):
        services.open_port("stripe")


def test_a_payment_and_its_refund_are_done_once_and_told(local: StripePeer, told: Counter) -> None:
    paid = sent(local.method())
    assert (paid.state, paid.channel_no[:3], paid.booked_on) == ("success", "pi_", clock.local_day(clock.now()))
    refund = sent("", "refund", original=paid)
    assert (refund.state, refund.channel_no[:3]) == ("success", "re_")
    assert told.told == [("success", ""), ("success", "")]


def test_a_decline_is_a_verdict_of_the_map_and_a_lost_answer_is_found_by_asking(local: StripePeer, told: Counter) -> None:
    with local.fault("declined"):
        refused = sent(local.method())
    assert (refused.state, refused.code, refused.verdict) == ("failed", "card_declined", "ask_user")
    with local.fault("timeout_after"):
        lost = sent(local.method())
    assert lost.state == "unknown"
    assert services.query(request_id=lost.id, at=clock.now()).state == "success"
    assert len(local.intents()) == 2
    assert told.told == [("failed", "card_declined"), ("success", "")]


def test_an_event_at_the_door_is_believed_kept_and_taken_in_once(local: StripePeer, told: Counter) -> None:
    request = sent(local.method(ASKS_FIRST))
    assert (request.state, request.code, request.action_url[:14]) == ("action_required", "invoke", "client_secret=")
    intent = local.intent(request.request_no)
    local.made(f"/v1/payment_intents/{intent['id']}/_authenticate", client_secret=intent["client_secret"], success="true")
    wait_until(lambda: len(local.told()) >= 1, "localstripe sent no event")
    letter = local.told()[0]
    assert [deliver(letter), deliver(letter)] == [200, 200]
    kept = ChannelNotice.objects.get()
    for _ in range(2):
        assert take_in(notice_id=kept.id, at=clock.now()).outcome == "success"
    assert told.told == [("success", "")]
    path, headers, raw = letter
    assert deliver((path, headers, raw.replace(b"10000", b"10001"))) == 401
    assert RefusedNotices.objects.get(channel_id="stripe").reason == "signature"
