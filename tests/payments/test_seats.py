"""A bank that hangs, and a web process whose threads it may not hold: real threads, and the real sandbox bank, stopped."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
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
from tests.payments.second_bank import SECOND, connect_second
from tests.payments.wallet.bank_world import Holder, assert_settled, card_holder, settle_wallet
from tests.payments.wallet.world import holder, proven
from tests.payments.world import payer
from tests.processes import wait_until
from tests.sandbox_bank import SandboxBank

WALLET = "/v1/payments/wallet"
BINDINGS = "/v1/payments/cards/bindings"
THREADS = 4
PATIENCE_S = 60  # only guards against waiting for ever
Answers = Callable[[Callable[[], Any]], "Future[Any]"]


@pytest.fixture
def process(connected: SandboxBank, settings: Any) -> Iterator[Answers]:
    """A web process of four threads with two seats: what is handed over is answered by the first free thread."""
    settings.CHANNEL_SEATS, settings.OUTBOUND_SEATS = 2, 2
    with ThreadPoolExecutor(THREADS) as pool:

        def handed(ask: Callable[[], Any]) -> "Future[Any]":
            def run() -> Any:
                try:
                    return ask()
                finally:
                    connection.close()

            return pool.submit(run)

        yield handed


def hanging(asked: list["Future[Any]"]) -> int:
    return sum(not answer.done() for answer in asked)


@contextmanager
def every_seat_taken(process: Answers, bank: SandboxBank) -> Iterator[None]:
    """Two top-ups hang as long as the block lasts: what is answered in it did not wait for the bank. Then the bank answers them."""
    holders = [card_holder(bank) for _ in range(2)]
    with bank.silent():
        hung = [ask_top_up(process, who) for who in holders]
        wait_until(lambda: seats.seats().taken["sandbox_bank"] == 2, "the top-ups took no seats")
        yield
        assert hanging(hung) == 2
    assert [answer.result(PATIENCE_S).json()["result"] for answer in hung] == ["succeeded"] * 2


def ask_top_up(process: Answers, who: Holder) -> "Future[Any]":
    client = api(who.customer)
    return process(lambda: client.post(f"{WALLET}/top-ups", {"card_id": who.card.public_id, "amount": 10_000}))


def test_with_every_seat_hanging_ready_balance_and_transfer_are_answered_and_top_ups_are_left_to_the_worker(
    process: Answers, connected: SandboxBank
) -> None:
    holders = [card_holder(connected) for _ in range(5)]
    ann, bob = holder(10_000), holder()
    client = api(ann)
    with connected.silent():
        asked = [ask_top_up(process, who) for who in holders]
        ready = process(lambda: Client().get("/readyz"))
        balance = process(lambda: client.get(f"{WALLET}/balance"))
        moved = process(lambda: client.post(f"{WALLET}/transfers", {"to": {"customer_id": bob.public_id}, "amount": 100}))
        for answer, status in ((ready, 200), (balance, 200), (moved, 201)):
            found = answer.result(PATIENCE_S)
            assert found.status_code == status, found.content
        wait_until(lambda: hanging(asked) <= 2, "the other top-ups waited for the bank")
        assert hanging(asked) == 2
    answers = [answer.result(PATIENCE_S) for answer in asked]
    ended = sorted((found.status_code, found.json()["result"]) for found in answers)
    assert ended == [(201, "processing")] * 3 + [(201, "succeeded")] * 2
    left = ChannelRequest.objects.filter(state="new", due_at__lte=clock.now())
    assert left.count() == 3
    assert TopUp.objects.filter(state="processing").count() == 3
    settle_wallet(clock.now())
    assert_settled(expected={who.customer: 10_000 for who in holders} | {ann: 9_900, bob: 100})
    assert seats.seats().taken.total() == 0


def test_a_withdrawal_without_a_seat_is_held_placed_and_paid_by_the_worker(process: Answers, connected: SandboxBank) -> None:
    who = card_holder(connected, fen=50_000)
    client = api(who.customer)
    given = proven(who.customer, amount_fen=10_000, payee=who.card.public_id, purpose="withdraw", session=client.session)
    body = {"card_id": who.card.public_id, "amount": 10_000, "proof": given.token}
    with every_seat_taken(process, connected):
        answer = process(lambda: client.post(f"{WALLET}/withdrawals", body, key=given.nonce)).result(PATIENCE_S)
        assert (answer.status_code, answer.json()["result"], answer.json()["state"]) == (201, "processing", "sent")
        request = ChannelRequest.objects.get(operation="payout")
        assert (request.state, request.sends, request.due_at is not None and request.due_at <= clock.now()) == ("new", 0, True)
    settle_wallet(clock.now())
    assert Withdrawal.objects.get().state == "paid"


def test_a_binding_without_a_seat_is_refused_with_nothing_written_and_its_key_works_later(process: Answers, connected: SandboxBank) -> None:
    who = payer(connected, at=clock.now())
    client, body = api(who.customer), {"card_number": who.cards[0], "mobile": who.mobile}
    with every_seat_taken(process, connected):
        before = ChannelRequest.objects.count(), CardBinding.objects.count()
        refused = process(lambda: client.post(BINDINGS, body, key="bind")).result(PATIENCE_S)
        assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (503, "channel_busy", "5")
        assert (ChannelRequest.objects.count(), CardBinding.objects.count()) == before
    started = client.post(BINDINGS, body, key="bind")
    assert (started.status_code, started.json()["state"]) == (201, "sms_sent")


def test_a_confirmation_without_a_seat_uses_no_try_and_leaves_the_binding_waiting(process: Answers, connected: SandboxBank) -> None:
    who = payer(connected, at=clock.now())
    client, body = api(who.customer), {"card_number": who.cards[0], "mobile": who.mobile}
    binding = client.post(BINDINGS, body, key="start").json()["id"]
    code = {"code": connected.last_code(who.mobile)}
    with every_seat_taken(process, connected):
        refused = process(lambda: client.post(f"{BINDINGS}/{binding}/confirm", code, key="confirm")).result(PATIENCE_S)
        assert (refused.status_code, refused.json()["code"]) == (503, "channel_busy")
        waiting = CardBinding.objects.get(customer=who.customer)
        assert (waiting.state, waiting.tries) == ("sms_sent", 0)
        again = process(lambda: client.post(BINDINGS, body, key="start")).result(PATIENCE_S)
        assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    bound = client.post(f"{BINDINGS}/{binding}/confirm", code, key="confirm")
    assert (bound.status_code, bound.json()["state"]) == (201, "bound")


def test_a_binding_takes_the_seat_of_the_channel_it_is_signed_at(connected: SandboxBank, settings: Any) -> None:
    settings.CHANNEL_SEATS, settings.OUTBOUND_SEATS = 1, 4
    who = card_holder(connected)
    connect_second()
    mobile = who.customer.phone.removeprefix("+86")
    client, body = api(who.customer), {"card_number": who.number, "mobile": mobile}
    with seats.seat(SECOND):
        refused = client.post(BINDINGS, body, key="bind")
        assert (refused.status_code, refused.json()["code"]) == (503, "channel_busy")
    with seats.seat("sandbox_bank"):
        started = client.post(BINDINGS, body, key="bind")
        assert (started.status_code, started.json()["state"], CardBinding.objects.latest("id").channel_id) == (201, "sms_sent", SECOND)
    confirm, code = f"{BINDINGS}/{started.json()['id']}/confirm", {"code": connected.last_code(mobile)}
    with seats.seat(SECOND):
        assert client.post(confirm, code, key="confirm").status_code == 503
    with seats.seat("sandbox_bank"):
        assert client.post(confirm, code, key="confirm").json()["state"] == "bound"
    assert api(holder()).post(confirm, code, key="confirm").status_code == 404
    for wrong in ({"card_number": "1", "mobile": mobile}, {"mobile": mobile}, {"card_number": who.number, "mobile": "1"}):
        assert client.post(BINDINGS, wrong, key=str(wrong)).status_code == 422


def test_an_unbinding_without_a_seat_takes_the_card_away_and_the_worker_tells_the_bank(process: Answers, connected: SandboxBank) -> None:
    who = card_holder(connected)
    client, token = api(who.customer), who.card.token
    with every_seat_taken(process, connected):
        gone = process(lambda: client.post(f"/v1/payments/cards/{who.card.public_id}/unbind")).result(PATIENCE_S)
        assert (gone.status_code, gone.json()["state"]) == (201, "unbound")
        assert ChannelRequest.objects.get(operation="unsign").state == "new"
    settle_wallet(clock.now())
    assert connected.control("GET", f"agreements/{token}")["cancelled_by"] == "merchant"


def test_a_check_of_a_name_and_a_text_without_a_seat_are_certainly_not_done(process: Answers, connected: SandboxBank) -> None:
    who = {"name": "林小满", "id_number": "110000199003070028", "mobile": "+8619900000001"}
    with every_seat_taken(process, connected):
        assert process(lambda: BankVerifier().verify(**who, request_no="v1")).result(PATIENCE_S) == VerifyResult.UNAVAILABLE
        with pytest.raises(SmsNotSent):
            process(lambda: BankSms().send(mobile="+8619900000001", text="code", request_no="s1")).result(PATIENCE_S)


def test_one_hanging_channel_leaves_the_seats_of_another(settings: Any) -> None:
    settings.CHANNEL_SEATS, settings.OUTBOUND_SEATS = 1, 2
    with seats.seat("a") as first, seats.seat("a") as second, seats.seat("b") as other, seats.seat("c") as beyond:
        assert (first, second, other, beyond) == (True, False, True, False)
    assert seats.seats().taken.total() == 0
