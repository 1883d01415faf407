"""A bank that hangs, and a web process whose threads it may not hold: real threads, the real sandbox bank with its delay."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.identity.sockets import SmsNotSent
from accounts.verification.sockets import VerifyResult
from core.clock import queries as clock
from payments.cards.models import CardBinding
from payments.channels import seats
from payments.channels.models import ChannelRequest
from payments.channels.sandbox_bank.sidelines import BankSms, BankVerifier
from payments.wallet.models import TopUp, Withdrawal
from tests.factories import Client, api
from tests.payments.wallet.bank_world import Holder, assert_settled, card_holder, settle_wallet
from tests.payments.wallet.world import holder, proven
from tests.payments.world import payer
from tests.sandbox_bank import SandboxBank

WALLET = "/v1/payments/wallet"
BINDINGS = "/v1/payments/cards/bindings"
HANGS_MS = 3_000
FAST_S = 1.5
THREADS = 4
Answers = Callable[[Callable[[], Any]], "Future[tuple[Any, float]]"]


@pytest.fixture
def process(connected: SandboxBank, settings: Any) -> Iterator[Answers]:
    """A web process of four threads with two seats: what is handed over is answered by the first free thread; the answer, and
    how long it took from then on."""
    settings.CHANNEL_SEATS, settings.OUTBOUND_SEATS = 2, 2
    with ThreadPoolExecutor(THREADS) as pool:

        def handed(ask: Callable[[], Any]) -> "Future[tuple[Any, float]]":
            begun = time.monotonic()

            def run() -> tuple[Any, float]:
                try:
                    return ask(), time.monotonic() - begun
                finally:
                    connection.close()

            return pool.submit(run)

        yield handed


def hang_at(bank: SandboxBank, *operations: str) -> None:
    bank.fault("delay", operations=list(operations), params={"ms": HANGS_MS}, times=1_000)


def occupy(process: Answers, bank: SandboxBank) -> list["Future[tuple[Any, float]]"]:
    """Two top-ups that hang: every seat is taken once this returns."""
    hang_at(bank, "payment")
    hung = [ask_top_up(process, card_holder(bank)) for _ in range(2)]
    until = time.monotonic() + 2
    while seats.seats().taken["sandbox_bank"] < 2:
        assert time.monotonic() < until, "the top-ups took no seats"
        time.sleep(0.01)
    return hung


def ask_top_up(process: Answers, who: Holder) -> "Future[tuple[Any, float]]":
    client = api(who.customer)
    return process(lambda: client.post(f"{WALLET}/top-ups", {"card_id": who.card.public_id, "amount": 10_000}))


def test_with_every_seat_hanging_ready_balance_and_transfer_answer_fast_and_top_ups_are_left_to_the_worker(
    process: Answers, connected: SandboxBank
) -> None:
    holders = [card_holder(connected) for _ in range(5)]
    ann, bob = holder(10_000), holder()
    client = api(ann)
    hang_at(connected, "payment")
    asked = [ask_top_up(process, who) for who in holders]
    ready = process(lambda: Client().get("/readyz"))
    balance = process(lambda: client.get(f"{WALLET}/balance"))
    moved = process(lambda: client.post(f"{WALLET}/transfers", {"to": {"customer_id": bob.public_id}, "amount": 100}))
    for answer, status in ((ready, 200), (balance, 200), (moved, 201)):
        found, seconds = answer.result(30)
        assert (found.status_code, seconds < FAST_S) == (status, True), (found.content, seconds)
    answers = [answer.result(30) for answer in asked]
    assert all((found.status_code, found.json()["result"]) in ((201, "succeeded"), (201, "processing")) for found, _ in answers)
    hung = [seconds for _, seconds in answers if seconds >= HANGS_MS / 1000]
    assert len(hung) == 2
    assert all(seconds < FAST_S for _, seconds in answers if seconds not in hung)
    left = ChannelRequest.objects.filter(state="new", due_at__lte=clock.now())
    assert left.count() == 3
    assert TopUp.objects.filter(state="processing").count() == 3
    connected.clear_faults()
    settle_wallet(clock.now())
    assert_settled(expected={who.customer: 10_000 for who in holders} | {ann: 9_900, bob: 100})
    assert seats.seats().taken.total() == 0


def test_a_withdrawal_without_a_seat_is_held_placed_and_paid_by_the_worker(process: Answers, connected: SandboxBank) -> None:
    who = card_holder(connected, fen=50_000)
    client = api(who.customer)
    given = proven(who.customer, amount_fen=10_000, payee=who.card.public_id, purpose="withdraw", session=client.session)
    occupy(process, connected)
    body = {"card_id": who.card.public_id, "amount": 10_000, "proof": given.token}
    answer, seconds = process(lambda: client.post(f"{WALLET}/withdrawals", body, key=given.nonce)).result(30)
    assert (answer.status_code, answer.json()["result"], answer.json()["state"], seconds < FAST_S) == (201, "processing", "sent", True)
    request = ChannelRequest.objects.get(operation="payout")
    assert (request.state, request.sends, request.due_at is not None and request.due_at <= clock.now()) == ("new", 0, True)
    connected.clear_faults()
    settle_wallet(clock.now() + timedelta(seconds=HANGS_MS / 1000))
    assert Withdrawal.objects.get().state == "paid"


def test_a_binding_without_a_seat_is_refused_with_nothing_written_and_its_key_works_later(process: Answers, connected: SandboxBank) -> None:
    who = payer(connected, at=clock.now())
    client, body = api(who.customer), {"card_number": who.cards[0], "mobile": who.mobile}
    hung = occupy(process, connected)
    before = ChannelRequest.objects.count(), CardBinding.objects.count()
    refused, seconds = process(lambda: client.post(BINDINGS, body, key="bind")).result(30)
    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (503, "channel_busy", "5")
    assert seconds < FAST_S
    assert (ChannelRequest.objects.count(), CardBinding.objects.count()) == before
    for answer in hung:
        answer.result(30)
    started = client.post(BINDINGS, body, key="bind")
    assert (started.status_code, started.json()["state"]) == (201, "sms_sent")


def test_a_confirmation_without_a_seat_uses_no_try_and_leaves_the_binding_waiting(process: Answers, connected: SandboxBank) -> None:
    who = payer(connected, at=clock.now())
    client = api(who.customer)
    binding = client.post(BINDINGS, {"card_number": who.cards[0], "mobile": who.mobile}, key="start").json()["id"]
    hung = occupy(process, connected)
    code = {"code": connected.last_code(who.mobile)}
    refused, _ = process(lambda: client.post(f"{BINDINGS}/{binding}/confirm", code, key="confirm")).result(30)
    assert (refused.status_code, refused.json()["code"]) == (503, "channel_busy")
    waiting = CardBinding.objects.get(customer=who.customer)
    assert (waiting.state, waiting.tries) == ("sms_sent", 0)
    again, _ = process(lambda: client.post(BINDINGS, {"card_number": who.cards[0], "mobile": who.mobile}, key="start")).result(30)
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    for answer in hung:
        answer.result(30)
    bound = client.post(f"{BINDINGS}/{binding}/confirm", code, key="confirm")
    assert (bound.status_code, bound.json()["state"]) == (201, "bound")


def test_an_unbinding_without_a_seat_takes_the_card_away_and_the_worker_tells_the_bank(process: Answers, connected: SandboxBank) -> None:
    who = card_holder(connected)
    client, token = api(who.customer), who.card.token
    occupy(process, connected)
    gone, seconds = process(lambda: client.post(f"/v1/payments/cards/{who.card.public_id}/unbind")).result(30)
    assert (gone.status_code, gone.json()["state"], seconds < FAST_S) == (201, "unbound", True)
    assert ChannelRequest.objects.get(operation="unsign").state == "new"
    connected.clear_faults()
    settle_wallet(clock.now())
    assert connected.control("GET", f"agreements/{token}")["cancelled_by"] == "merchant"


def test_a_check_of_a_name_and_a_text_without_a_seat_are_certainly_not_done(process: Answers, connected: SandboxBank) -> None:
    occupy(process, connected)
    asked = process(lambda: BankVerifier().verify(name="林小满", id_number="110000199003070028", mobile="+8619900000001", request_no="v1"))
    assert asked.result(30)[0] == VerifyResult.UNAVAILABLE
    with pytest.raises(SmsNotSent):
        process(lambda: BankSms().send(mobile="+8619900000001", text="code", request_no="s1")).result(30)


def test_one_hanging_channel_leaves_the_seats_of_another(settings: Any) -> None:
    settings.CHANNEL_SEATS, settings.OUTBOUND_SEATS = 1, 2
    with seats.seat("a") as first, seats.seat("a") as second, seats.seat("b") as other, seats.seat("c") as beyond:
        assert (first, second, other, beyond) == (True, False, True, False)
    assert seats.seats().taken.total() == 0
