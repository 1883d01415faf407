"""A top-up spends the card holder's money: above the PIN-free amount it is approved, for this amount, this card and this request."""

from typing import Any

import pytest

from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from accounts.verification.queries import outflow_used
from core.clock import queries as clock
from core.limits import queries as limits
from payments.channels.models import Channel, ChannelRequest
from payments.channels.services import ChannelOff
from payments.wallet.models import TopUp
from payments.wallet.services import top_ups
from payments.wallet.services.authority import Intent
from tests.factories import NAMES, api, proof
from tests.payments.wallet.bank_world import Holder, assert_settled, card_holder, top_up
from tests.payments.wallet.world import intent, proven, session_of
from tests.payments.world import WORKS, Payer, bind
from tests.sandbox_bank import SandboxBank

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/v1/payments/wallet/top-ups"
PIN_FREE_FEN = 20_000
PIN_FREE_A_DAY = 10
FULL_CARD_FEN = 100_000_00


def start(who: Holder, given: Intent, fen: int) -> TopUp:
    return top_ups.start(intent=given, card_id=who.card.id, amount_fen=fen, at=clock.now())


def used_of_card(who: Holder) -> int:
    """What today's top-ups took of the card's limit."""
    return limits.used(counter="card:top_up:day", owner=who.card.id, period=clock.local_day(clock.now()).isoformat())


def assert_nothing_moved(bank: SandboxBank, who: Holder) -> None:
    assert not TopUp.objects.exists()
    assert not ChannelRequest.objects.filter(business="top_up").exists()
    assert used_of_card(who) == 0
    assert bank.card(who.number)["balance_fen"] == FULL_CARD_FEN
    assert_settled(expected={who.customer: 0})


def test_the_pin_free_amount_needs_no_proof_and_a_fen_more_does(connected: SandboxBank) -> None:
    who = card_holder(connected)
    client = api(who.customer)
    over = client.post(PATH, {"card_id": who.card.public_id, "amount": PIN_FREE_FEN + 1})
    assert (over.status_code, over.json()["code"]) == (403, "step_up_needed")
    assert [over.json()[name] for name in ("purpose", "amount", "payee")] == ["top_up", PIN_FREE_FEN + 1, who.card.public_id]
    assert_nothing_moved(connected, who)
    at_limit = client.post(PATH, {"card_id": who.card.public_id, "amount": PIN_FREE_FEN})
    assert (at_limit.status_code, at_limit.json()["state"]) == (201, "succeeded")
    assert_settled(expected={who.customer: PIN_FREE_FEN})


def test_small_top_ups_count_among_the_days_payments_without_a_proof(connected: SandboxBank) -> None:
    who = card_holder(connected)
    for _ in range(PIN_FREE_A_DAY):
        start(who, intent(who.customer), 1)
    with pytest.raises(StepUpNeeded):
        start(who, intent(who.customer), 1)
    assert (TopUp.objects.count(), used_of_card(who)) == (PIN_FREE_A_DAY, PIN_FREE_A_DAY)


def test_a_proof_approves_one_top_up_and_its_replay_but_no_second_one(connected: SandboxBank) -> None:
    who = card_holder(connected)
    client = api(who.customer)
    given = proven(who.customer, amount_fen=30_000, payee=who.card.public_id, purpose="top_up", session=client.session)
    body = {"card_id": who.card.public_id, "amount": 30_000, "proof": given.token}
    first = client.post(PATH, body, key=given.nonce)
    again = client.post(PATH, body, key=given.nonce)
    assert (first.status_code, first.json()["state"]) == (201, "succeeded")
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    other_key = client.post(PATH, body)
    assert (other_key.status_code, other_key.json()["code"]) == (403, "proof_mismatch")
    with pytest.raises(ProofExpired):
        start(who, given, 30_000)
    assert TopUp.objects.count() == 1
    assert connected.card(who.number)["balance_fen"] == FULL_CARD_FEN - 30_000
    assert_settled(expected={who.customer: 30_000})


@pytest.mark.parametrize(
    "made_for",
    [{"amount_fen": 30_001}, {"payee": "crd_06a1m5x9q0e7z8r2k4w6t1y3v5"}, {"payee": ""}, {"purpose": "withdraw"}, {"purpose": "transfer"}],
)
def test_a_proof_made_for_another_amount_card_or_purpose_is_refused(connected: SandboxBank, made_for: dict[str, Any]) -> None:
    who = card_holder(connected)
    facts = {"amount_fen": 30_000, "payee": who.card.public_id, "purpose": "top_up"}
    with pytest.raises(ProofMismatch):
        start(who, proven(who.customer, **(facts | made_for)), 30_000)
    assert_nothing_moved(connected, who)
    start(who, proven(who.customer, **facts), 30_000)


def test_a_proof_for_one_of_my_cards_does_not_charge_the_other(connected: SandboxBank) -> None:
    who = card_holder(connected)
    number = WORKS
    person = Payer(who.customer, NAMES[0], "", who.customer.phone.removeprefix("+86"))
    other = bind(connected, person, number, at=clock.now())
    given = proven(who.customer, amount_fen=30_000, payee=other.public_id, purpose="top_up")
    with pytest.raises(ProofMismatch):
        start(who, given, 30_000)
    assert_nothing_moved(connected, who)
    assert start(Holder(who.customer, other, number), given, 30_000).card_id == other.id


def test_a_proof_of_another_session_is_refused(connected: SandboxBank) -> None:
    who = card_holder(connected)
    session, nonce = session_of(who.customer), "top-up-nonce"
    token = proof(who.customer, session, purpose="top_up", amount_fen=30_000, payee=who.card.public_id, nonce=nonce)
    with pytest.raises(ProofMismatch):
        start(who, intent(who.customer, token=token, nonce=nonce), 30_000)
    assert_nothing_moved(connected, who)


def test_a_top_up_leaves_the_outflow_limits_as_they_are(connected: SandboxBank) -> None:
    who = card_holder(connected)
    assert top_up(who, 30_000).state == "succeeded"
    assert set(outflow_used(who.customer.id, clock.now()).values()) == {0}


def test_a_channel_that_is_shut_leaves_the_proof_unused(connected: SandboxBank) -> None:
    who = card_holder(connected)
    given = proven(who.customer, amount_fen=30_000, payee=who.card.public_id, purpose="top_up")
    Channel.objects.update(enabled=False)
    with pytest.raises(ChannelOff):
        start(who, given, 30_000)
    assert_nothing_moved(connected, who)
    Channel.objects.update(enabled=True)
    assert start(who, given, 30_000).amount_fen == 30_000
