"""The contract suite on Stripe's adapter against localstripe, and what is its own."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import stripe
import time_machine

from core.errors import Invalid
from payments.channels.port import (
    ActionRequired,
    Capability,
    ChannelUnreachable,
    Elements,
    Failed,
    NoticeRefused,
    OtherNotice,
    Pending,
    StatementBroken,
    Success,
    Unknown,
)
from payments.channels.stripe import answers, movements
from payments.channels.stripe.adapter import STATEMENTS, Stripe
from payments.channels.stripe.client import PAGE, Account, TooMany
from payments.channels.stripe.credentials import StripeCredentials
from payments.channels.transport import Patience
from payments.channels.typed import Typed
from tests.payments.channel_contract import ChannelContract, Letter, Peer, number, wall
from tests.payments.stripe_peer import ACCOUNT, ASKS_FIRST, EVENTS, KEY, SECRET, StripePeer
from tests.processes import wait_until

TERMS: dict[str, Any] = {"amount_fen": 10_000, "currency": "CNY", "subject": "test"}


def opened(peer: StripePeer, **changes: Any) -> Stripe:
    facts = {"base_url": peer.url, "merchant": ACCOUNT, "api_key": KEY, "notice_secret": SECRET, "patience": Patience(1.0, 5.0)}
    return Stripe(Account(**facts | changes))


class AsPeer:
    """Stripe as one account sees it."""

    def __init__(self, peer: StripePeer) -> None:
        self.peer, self.port = peer, opened(peer)
        self.later, self.travelled = time_machine.travel(wall() + timedelta(days=1)), False

    def elements(self) -> Elements:
        raise AssertionError("Stripe takes no card numbers from us")

    def sms_code(self, mobile: str) -> str:
        raise AssertionError("Stripe takes no card numbers from us")

    def cancel(self, token: str) -> None:
        raise AssertionError("Stripe takes no card numbers from us")

    def finish_payout_back(self, request_no: str) -> None:
        raise AssertionError("Stripe pays out to nobody else")

    def token(self) -> str:
        return self.peer.method()

    def fault(self, name: str) -> AbstractContextManager[None]:
        return self.peer.fault(name)

    def payer_acts(self, request_no: str) -> None:
        intent = self.peer.intent(request_no)
        self.peer.made(f"/v1/payment_intents/{intent['id']}/_authenticate", client_secret=intent["client_secret"], success="true")

    def letters(self, count: int) -> list[Letter]:
        wait_until(lambda: len(self.peer.told()) >= count, "localstripe sent no event")
        return self.peer.told()

    def forgeries(self, letter: Letter) -> list[Letter]:
        path, headers, raw = letter
        told = headers["Stripe-Signature"]
        live = json.dumps(json.loads(raw) | {"livemode": True}).encode()
        return [
            (path, headers, raw.replace(b"payment_intent.succeeded", b"payment_intent.cancelled")),
            (path, headers | {"Stripe-Signature": told.replace("t=1", "t=2", 1)}, raw),
            (path, headers | {"Stripe-Signature": told.replace("v1=", "v0=")}, raw),
            (path, {name: value for name, value in headers.items() if name != "Stripe-Signature"}, raw),
            (path, headers | {"Stripe-Signature": signed(raw, secret="whsec_other")}, raw),
            (path, headers | {"Stripe-Signature": signed(live)}, live),
        ]

    def stamp(self, letter: Letter) -> datetime:
        return datetime.fromtimestamp(int(letter[1]["Stripe-Signature"].split(",")[0][2:]), UTC)

    def next_day(self) -> date:
        day = answers.day({"created": int(wall().timestamp())})
        self.later.start()
        self.travelled = True
        return day


def signed(raw: bytes, secret: str = SECRET) -> str:
    header: str = stripe.WebhookSignature.generate_signature_header(raw.decode(), secret, int(wall().timestamp()))
    return header


@pytest.fixture(scope="module")
def running() -> Iterator[StripePeer]:
    peer = StripePeer()
    peer.start()
    yield peer
    peer.stop()


@pytest.fixture
def local(running: StripePeer) -> StripePeer:
    running.flush()
    return running


class TestStripe(ChannelContract):
    FEE_FEN = 0
    """localstripe takes none."""
    REFUSES_OVER_REFUNDS = False
    """localstripe gives back more than was paid; Stripe does not."""

    @pytest.fixture
    def peer(self, local: StripePeer) -> Iterator[Peer]:
        found = AsPeer(local)
        yield found
        if found.travelled:
            found.later.stop()


def test_it_says_what_it_can_do(local: StripePeer) -> None:
    can = {Capability.PAY, Capability.CLOSE, Capability.REFUND, Capability.NOTICES, *STATEMENTS}
    assert opened(local).capabilities == can


def test_a_payment_sends_our_number_as_the_idempotency_key_and_leaves_one_object(local: StripePeer) -> None:
    port, token, request_no = opened(local), local.method(), number()
    for _ in range(3):
        assert isinstance(port.pay(request_no=request_no, token=token, **TERMS), Success)
    assert [one["metadata"]["request_no"] for one in local.intents()] == [request_no]
    assert request_no in local.replies


def test_a_refused_payment_is_cancelled_so_that_nobody_can_go_on_with_it(local: StripePeer) -> None:
    port, request_no = opened(local), number()
    with local.fault("declined"):
        refused = port.pay(request_no=request_no, token=local.method(), **TERMS)
    assert refused == Failed("card_declined", decided=True)
    assert local.intent(request_no)["status"] == "canceled"


def test_a_card_whose_bank_asks_first_is_paid_when_its_payer_has_answered(local: StripePeer) -> None:
    port, request_no = opened(local), number()
    asked = port.pay(request_no=request_no, token=local.method(ASKS_FIRST), **TERMS)
    assert isinstance(asked, ActionRequired)
    secret = parse_qs(asked.url)["client_secret"][0]
    assert (asked.code, secret) == ("invoke", local.intent(request_no)["client_secret"])
    AsPeer(local).payer_acts(request_no)
    paid = port.query(request_no=request_no)
    assert isinstance(paid, Success)
    assert paid.facts.amount_fen == 10_000


def test_closing_takes_an_unseen_number_so_that_a_late_departure_is_refused(local: StripePeer) -> None:
    port, request_no, token = opened(local), number(), local.method()
    assert port.close(request_no=request_no, operation="pay") == Failed("canceled", decided=True)
    assert port.pay(request_no=request_no, token=token, **TERMS) == Failed("canceled", decided=True)
    assert [one["status"] for one in local.intents()] == ["canceled"]


def test_what_is_refused_at_the_door_never_left_or_is_malformed_is_read_so(local: StripePeer) -> None:
    wrong = opened(local, api_key="sk_test_other00000")
    assert wrong.pay(request_no=number(), token="pm_x", **TERMS) == Failed("http_401")
    assert isinstance(wrong.query(request_no=number()), Unknown)
    nowhere = opened(local, base_url="http://127.0.0.1:9")
    assert nowhere.pay(request_no=number(), token="pm_x", **TERMS) == Failed("unreachable", retryable=True)
    asked = nowhere.query(request_no=number())
    assert isinstance(asked, Unknown)
    assert asked.seen is True
    with pytest.raises(ChannelUnreachable):
        nowhere.fetch_statement(day=date(2026, 1, 1), kind="payments", format="csv")
    assert opened(local).pay(request_no=number(), token="pm_never", **TERMS) == Failed("http_404")
    assert opened(local).refund(request_no=number(), payment_request_no=number(), amount_fen=1, currency="CNY", reason="test") == Failed(
        "original_not_known", retryable=True
    )


def test_a_payment_is_found_behind_many_others_and_too_many_are_not_known(local: StripePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    port, token = opened(local), local.method()
    for _ in range(3):
        port.pay(request_no=number(), token=token, **TERMS)
    request_no = number()
    paid = port.pay(request_no=request_no, token=token, **TERMS)
    monkeypatch.setattr("payments.channels.stripe.client.PAGE", 2)
    assert port.query(request_no=request_no) == paid
    monkeypatch.setattr("payments.channels.stripe.client.PAGES", 1)
    with pytest.raises(TooMany):
        port.client.pages(port.client.api.payment_intents, {}, 1)
    assert PAGE == 100


def intent(status: str, **changes: Any) -> dict[str, Any]:
    facts = {"id": "pi_1", "amount": 10_000, "currency": "cny", "status": status, "created": 1_790_000_000, "metadata": {"request_no": "n"}}
    return facts | {"client_secret": "s", "latest_charge": None} | changes


def test_documents_are_read_as_documented() -> None:
    booked = {"fee": 290, "currency": "cny", "created": 1_790_000_100}
    paid = answers.payment(intent("succeeded", latest_charge={"id": "ch_1", "created": 1_790_000_050, "balance_transaction": booked}))
    assert isinstance(paid, Success)
    assert (paid.facts.fee_fen, paid.facts.currency, paid.facts.booked_on) == (290, "CNY", answers.day(booked))
    abroad = answers.payment(
        intent("succeeded", latest_charge={"created": 1_790_000_050, "balance_transaction": booked | {"currency": "usd"}})
    )
    assert isinstance(abroad, Success)
    assert abroad.facts.fee_fen == 0
    assert answers.payment(intent("processing")) == Pending("pi_1")
    error = {"code": "card_declined", "decline_code": "insufficient_funds"}
    assert answers.payment(intent("canceled", last_payment_error=error)) == Failed("insufficient_funds", decided=True)
    assert answers.payment(intent("requires_capture")) == Unknown("requires_capture")
    refund = {"id": "re_1", "amount": 5, "currency": "cny", "created": 1_790_000_000, "metadata": {"request_no": "n"}}
    assert answers.refund(refund | {"status": "pending"}) == Pending("re_1")
    assert answers.refund(refund | {"status": "failed", "failure_reason": "lost_or_stolen_card"}) == Failed(
        "lost_or_stolen_card", decided=True
    )
    with pytest.raises(answers.Unreadable):
        answers.payment({"status": 1})


def test_the_balance_in_another_currency_is_no_statement_of_our_orders() -> None:
    line = {"id": "txn_1", "type": "charge", "amount": 10_000, "fee": 0, "currency": "usd", "created": 1_790_000_000, "source": None}
    with pytest.raises(StatementBroken, match="USD"):
        movements.written([line], day=date(2026, 9, 21), kind="payments")
    empty = movements.written([line | {"type": "stripe_fee"}], day=date(2026, 9, 21), kind="payments")
    assert (empty.lines, empty.summary["net_fen"]) == ((), 0)


def test_events_that_are_no_word_on_an_order_of_ours_are_of_no_use(local: StripePeer) -> None:
    port = opened(local)

    def read(kind: str, told: dict[str, Any]) -> object:
        raw = json.dumps({"id": "evt_1", "type": kind, "livemode": False, "data": {"object": told}}).encode()
        return port.parse_notice(path=EVENTS, headers={"stripe-signature": signed(raw)}, raw_body=raw, wall=wall())

    assert read("payment_intent.payment_failed", intent("requires_payment_method")) == OtherNotice("evt_1", "payment_intent.payment_failed")
    assert read("payment_intent.succeeded", intent("succeeded", metadata={})) == OtherNotice("evt_1", "payment_intent.succeeded")
    closed = read("payment_intent.canceled", intent("canceled"))
    assert closed.result == Failed("canceled", decided=True)  # type: ignore[attr-defined]
    for raw in (b"[]", b"\xff", b"{"):
        with pytest.raises(NoticeRefused):
            port.parse_notice(path=EVENTS, headers={"stripe-signature": "t=1,v1=x"}, raw_body=raw, wall=wall())
    with pytest.raises(NoticeRefused, match="malformed"):
        port.read_notice(raw_body=b'{"id": "evt_1"}')


def test_credentials_are_taken_in_stripes_form_alone() -> None:
    typed = Typed(merchant=ACCOUNT, private_key_pem=f" {KEY} ", api_key=SECRET, app_id="of no use")
    kept = StripeCredentials().checked(typed)
    assert (kept.private_key_pem, kept.app_id, kept.api_key) == (KEY, "", SECRET)
    for field, value in (("merchant", "1900"), ("private_key_pem", "pk_test_banyan0123456789"), ("api_key", "x")):
        with pytest.raises(Invalid) as refused:
            StripeCredentials().checked(Typed(**{**vars(typed), field: value}))
        assert refused.value.field == field
