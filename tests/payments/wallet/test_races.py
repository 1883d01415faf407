"""Many at once on the real database: one effect for one key, no fen spent twice, one end for one transfer."""

import time
from datetime import timedelta

import pytest

from accounts.ledger.models import Journal
from accounts.ledger.refusals import InsufficientFunds
from core.clock import queries as clock
from core.moves import WrongState
from payments.channels import services as channels
from payments.wallet import journals
from payments.wallet.models import Transfer, Withdrawal
from payments.wallet.services import transfers, withdrawals
from payments.wallet.services.transfers import AcceptanceOver
from tests.factories import Client, api
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.bank_world import assert_settled, card_holder, request_of, withdraw
from tests.payments.wallet.world import fund, holder, intent, open_day, posted, proven, terms
from tests.sandbox_bank import SandboxBank
from tests.together import PATIENCE_SECONDS, together

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/v1/payments/wallet/transfers"
TOP_UPS = "/v1/payments/wallet/top-ups"


def test_thirty_calls_with_one_key_make_one_charge_and_thirty_equal_answers(connected: SandboxBank) -> None:
    who = card_holder(connected)
    client = api(who.customer)
    token = client._credentials["HTTP_AUTHORIZATION"]

    def call(_: int) -> tuple[int, bytes]:
        own = Client()
        own.credentials(HTTP_AUTHORIZATION=token)
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = own.post(TOP_UPS, {"card_id": who.card.public_id, "amount": 1_000}, key="one-key")
            if answer.status_code != 409 or time.monotonic() > until:
                return answer.status_code, answer.content

    answers = together(call, 30)
    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == 1
    assert connected.card(who.number)["balance_fen"] == 100_000_00 - 1_000
    other = client.post(TOP_UPS, {"card_id": who.card.public_id, "amount": 1_001}, key="one-key")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert_settled(expected={who.customer: 1_000})


def test_a_decline_is_replayed_as_the_same_decline(connected: SandboxBank) -> None:
    who = card_holder(connected)
    client = api(who.customer)
    given = proven(who.customer, amount_fen=66_601, payee=who.card.public_id, purpose="top_up", session=client.session)
    body = {"card_id": who.card.public_id, "amount": 66_601, "proof": given.token}
    first, again = (client.post(TOP_UPS, body, key=given.nonce) for _ in range(2))
    assert (first.json()["result"], first.json()["code"]) == ("refused", "INSUFFICIENT_FUNDS")
    assert first.json()["message"]
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert_settled(expected={who.customer: 0})


def test_ten_transfers_that_would_each_empty_the_balance_leave_one_winner() -> None:
    open_day()
    ann, bob = holder(10_000), holder()

    def send(_: int) -> Transfer:
        return transfers.send(intent=intent(ann), payee_id=bob.id, amount_fen=10_000, remark="", at=clock.now())

    ended = together(send, 10)
    assert sum(isinstance(end, Transfer) for end in ended) == 1
    assert sum(isinstance(end, InsufficientFunds) for end in ended) == 9
    assert (posted(ann), posted(bob), Transfer.objects.count()) == (0, 10_000, 1)
    assert_books_balance()


def test_crossing_transfers_meet_without_a_deadlock() -> None:
    open_day()
    ann, bob = holder(10_000), holder(10_000)

    def send(number: int) -> Transfer:
        payer, payee = (ann, bob) if number % 2 else (bob, ann)
        return transfers.send(intent=intent(payer), payee_id=payee.id, amount_fen=7, remark="", at=clock.now())

    assert all(isinstance(end, Transfer) for end in together(send, 16))
    assert (posted(ann), posted(bob)) == (10_000, 10_000)
    assert_books_balance()


def test_of_accepting_declining_and_expiring_at_once_one_happens() -> None:
    open_day()
    ann, bob = holder(10_000), holder()
    offered = transfers.offer(intent=intent(ann), payee_id=bob.id, amount_fen=4_000, remark="", at=clock.now())
    last = offered.created_at + timedelta(days=1)
    acts = [
        lambda: transfers.accept(payee_id=bob.id, transfer_id=offered.id, at=last - timedelta(seconds=1)),
        lambda: transfers.decline(payee_id=bob.id, transfer_id=offered.id, at=last),
        lambda: transfers.expire(transfer_id=offered.id, at=last),
    ]
    ended = together(lambda number: acts[number % 3](), 9)
    assert sum(isinstance(end, Transfer) or end is True for end in ended) == 1
    assert all(isinstance(end, (Transfer, WrongState, AcceptanceOver, bool)) for end in ended)
    offered.refresh_from_db()
    assert (posted(ann), posted(bob)) == ((6_000, 4_000) if offered.state == "accepted" else (10_000, 0))
    assert Journal.objects.filter(event__in=[journals.TRANSFER_IN, journals.TRANSFER_BACK]).count() == 1
    assert_books_balance()


def test_two_withdrawals_never_share_a_free_fen(connected: SandboxBank) -> None:
    terms(free_fen_per_month=10_000, fee_bp=10, fee_min_fen=200)
    who = card_holder(connected)
    fund(who.customer, 100_000)
    key = {"card_id": who.card.id, "amount_fen": 6_000}
    held = together(lambda _: withdrawals.hold(intent=intent(who.customer), at=clock.now(), **key), 3)
    assert sorted(row.free_fen for row in held) == [0, 4_000, 6_000]
    assert sorted(row.fee_fen for row in held) == [0, 200, 200]
    assert_books_balance(open_holds=3)


def test_a_withdrawal_told_as_returned_by_many_comes_back_once(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=50_000)
    paid = withdraw(who, 10_000)
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    connected.return_payout(merchant, request_of(paid).request_no)
    request_id = request_of(paid).id
    together(lambda _: channels.query(request_id=request_id, at=clock.now()), 6)
    assert Withdrawal.objects.get().state == "returned"
    assert Journal.objects.filter(event=journals.WITHDRAWAL_BACK).count() == 1
    assert_settled(expected={who.customer: 50_000})
