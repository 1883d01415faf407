"""Transfers between customers: journal 3, acceptance, refusals that move nothing, limits at the fen."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.ledger.models import Journal
from accounts.ledger.refusals import InsufficientFunds
from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from accounts.verification.queries import outflow_used
from accounts.verification.services import NotVerified, OutflowLimitReached
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.moves import WrongState
from core.outbox.models import OutboxEvent
from payments.wallet import journals, sweeps
from payments.wallet.models import Transfer
from payments.wallet.services import transfers
from payments.wallet.services.parties import CustomerNotActive, PayeeCannotReceive, PayeeIsPayer
from tests.ledger_proof import assert_books_balance
from tests.payments.risk.world import no_rules
from tests.payments.wallet.world import available, freeze, holder, intent, open_day, posted, proven, session_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def send(payer: Any, payee: Any, fen: int, **changes: Any) -> Transfer:
    facts = {"intent": intent(payer), "payee_id": payee.id, "amount_fen": fen, "remark": "", "at": clock.now()} | changes
    return transfers.send(**facts)


def offer(payer: Any, payee: Any, fen: int, **changes: Any) -> Transfer:
    facts = {"intent": intent(payer), "payee_id": payee.id, "amount_fen": fen, "remark": "", "at": clock.now()} | changes
    return transfers.offer(**facts)


def refused(payer: Any, error: type[Exception], act: Callable[[], object]) -> Any:
    """The act raises `error` and nothing has moved, been written or been told."""
    before = (posted(payer), Transfer.objects.count(), Journal.objects.count(), OutboxEvent.objects.count())
    with pytest.raises(error) as raised, transaction.atomic():
        act()
    assert (posted(payer), Transfer.objects.count(), Journal.objects.count(), OutboxEvent.objects.count()) == before
    return raised.value


def test_journal_3_moves_the_amount_from_the_payers_balance_to_the_payees() -> None:
    ann, bob = holder(10_000), holder(300)
    transfer = send(ann, bob, 5_000, remark=" 午饭 ")
    assert (transfer.state, transfer.remark, transfer.expires_at) == ("succeeded", "午饭", None)
    journal = Journal.objects.get(id=transfer.id)
    assert (journal.event, journal.amounts, journal.reference) == (journals.TRANSFER, [-5_000, 5_000], transfer.public_id)
    assert (posted(ann), posted(bob)) == (5_000, 5_300)
    told = OutboxEvent.objects.get(topic="transfer.succeeded")
    assert (told.payload["transfer"], told.payload["amount_fen"]) == (transfer.public_id, 5_000)
    assert_books_balance()


def test_with_acceptance_the_money_waits_in_transit_and_then_reaches_the_payee() -> None:
    ann, bob = holder(10_000), holder()
    transfer = offer(ann, bob, 4_000)
    assert (transfer.state, transfer.expires_at) == ("in_transit", transfer.created_at + DAY)
    assert (posted(ann), posted(bob)) == (6_000, 0)
    taken = transfers.accept(payee_id=bob.id, transfer_id=transfer.id, at=transfer.created_at + DAY - timedelta(seconds=1))
    assert (taken.state, posted(ann), posted(bob)) == ("accepted", 6_000, 4_000)
    assert Journal.objects.get(id=taken.closing_journal_id).event == journals.TRANSFER_IN
    assert_books_balance()


@pytest.mark.parametrize("way", ["declined", "expired"])
def test_what_is_not_taken_goes_back_to_the_fen_and_the_limits_with_it(way: str) -> None:
    ann, bob = holder(10_000), holder()
    before = outflow_used(ann.id, clock.now())["day", False]
    transfer = offer(ann, bob, 4_001)
    if way == "declined":
        transfers.decline(payee_id=bob.id, transfer_id=transfer.id, at=clock.now())
    else:
        assert transfers.expire(transfer_id=transfer.id, at=transfer.created_at + DAY - timedelta(seconds=1)) is False
        assert transfers.expire(transfer_id=transfer.id, at=transfer.created_at + DAY) is True
    transfer.refresh_from_db()
    assert (transfer.state, posted(ann), posted(bob)) == (way, 10_000, 0)
    assert Journal.objects.get(id=transfer.closing_journal_id).reverses == transfer.id
    assert outflow_used(ann.id, clock.now())["day", False] == before
    assert_books_balance()


def test_the_sweeper_sends_back_what_is_due_on_its_shard_and_nothing_else() -> None:
    ann, bob = holder(10_000), holder()
    old = offer(ann, bob, 100)
    later = old.created_at + DAY
    young = offer(ann, bob, 200, at=later)
    assert sweeps.expire_transfers(shard=(old.shard + 1) % 64, at=later) == 0
    assert sweeps.expire_transfers(shard=old.shard, at=later) == 1
    assert sweeps.expire_transfers(shard=old.shard, at=later) == 0
    assert (Transfer.objects.get(pk=old.pk).state, Transfer.objects.get(pk=young.pk).state) == ("expired", "in_transit")
    assert posted(ann) == 9_800


def test_after_its_time_a_transfer_cannot_be_taken_even_before_the_sweeper_came() -> None:
    ann, bob = holder(10_000), holder()
    transfer = offer(ann, bob, 100)
    late = {"payee_id": bob.id, "transfer_id": transfer.id, "at": transfer.created_at + DAY}
    refused(ann, transfers.AcceptanceOver, lambda: transfers.accept(**late))
    transfers.expire(transfer_id=transfer.id, at=transfer.created_at + DAY)
    refused(ann, WrongState, lambda: transfers.accept(**late))
    refused(ann, WrongState, lambda: transfers.decline(**late))


def test_only_the_payee_may_take_or_decline() -> None:
    ann, bob, eve = holder(10_000), holder(), holder()
    transfer = offer(ann, bob, 100)
    for other in (ann, eve):
        refused(ann, NotFound, lambda other=other: transfers.accept(payee_id=other.id, transfer_id=transfer.id, at=clock.now()))
        refused(ann, NotFound, lambda other=other: transfers.decline(payee_id=other.id, transfer_id=transfer.id, at=clock.now()))


def test_one_fen_more_than_there_is_is_refused_and_all_of_it_goes() -> None:
    ann, bob = holder(10_000), holder()
    error = refused(ann, InsufficientFunds, lambda: send(ann, bob, 10_001))
    assert (error.members["wanted"], error.members["available"]) == (10_001, 10_000)
    send(ann, bob, 10_000)
    assert (posted(ann), posted(bob)) == (0, 10_000)


def test_a_transfer_to_oneself_is_refused() -> None:
    ann = holder(10_000)
    refused(ann, PayeeIsPayer, lambda: send(ann, ann, 100))


def test_an_unknown_a_frozen_and_a_closed_payee_get_nothing_and_a_frozen_payer_gives_nothing() -> None:
    ann, bob, eve = holder(10_000), holder(), holder()
    unknown = holder()
    unknown.id = ann.id.__class__(int=ann.id.int ^ 1)
    refused(ann, NotFound, lambda: send(ann, unknown, 100))
    freeze(bob)
    refused(ann, PayeeCannotReceive, lambda: send(ann, bob, 100))
    freeze(ann)
    refused(ann, CustomerNotActive, lambda: send(ann, eve, 100))


def test_money_offered_by_a_payer_frozen_meanwhile_is_not_taken_and_goes_back_in_time() -> None:
    payer, payee = holder(500), holder()
    transfer = offer(payer, payee, 500)
    freeze(payer)
    with pytest.raises(transfers.PayerNotActive):
        transfers.accept(payee_id=payee.id, transfer_id=transfer.id, at=clock.now())
    assert Transfer.objects.get().state == "in_transit"
    assert posted(payee) == 0
    assert sweeps.expire_transfers(shard=transfer.shard, at=clock.now() + DAY) == 1
    assert (Transfer.objects.get().state, posted(payer), posted(payee)) == ("expired", 500, 0)
    assert_books_balance()


def test_one_row_that_fails_stops_no_other_of_its_sweep() -> None:
    done: list[uuid.UUID] = []

    def act(row_id: uuid.UUID) -> bool:
        if not done:
            done.append(row_id)
            raise Transfer.DoesNotExist
        done.append(row_id)
        return True

    rows = [uuid.uuid4() for _ in range(3)]
    assert sweeps.each("transfer", rows, act) == 2
    assert done == rows


def test_money_offered_goes_back_to_a_payer_who_was_frozen_meanwhile() -> None:
    ann, bob = holder(10_000), holder()
    transfer = offer(ann, bob, 100)
    freeze(ann)
    transfers.decline(payee_id=bob.id, transfer_id=transfer.id, at=clock.now())
    assert posted(ann) == 10_000
    assert_books_balance()


def test_a_remark_with_a_card_number_is_refused() -> None:
    ann, bob = holder(10_000), holder()
    refused(ann, Invalid, lambda: send(ann, bob, 100, remark="4111 1111 1111 1111"))


def test_the_unverified_pay_nothing() -> None:
    ann, bob = holder(10_000, verified_class=None), holder()
    refused(ann, NotVerified, lambda: send(ann, bob, 100))


def test_up_to_200_yuan_need_no_proof_one_fen_more_does_and_the_eleventh_of_a_day_too() -> None:
    ann, bob = holder(100_000), holder()
    refused(ann, StepUpNeeded, lambda: send(ann, bob, 20_001))
    send(ann, bob, 20_000)
    for _ in range(9):
        send(ann, bob, 1)
    refused(ann, StepUpNeeded, lambda: send(ann, bob, 1))
    assert posted(bob) == 20_009


def test_a_proof_is_good_for_this_amount_payee_and_nonce_once() -> None:
    ann, bob, eve = holder(100_000, pin=True), holder(), holder()
    given = proven(ann, amount_fen=30_000, payee=bob.public_id)
    refused(ann, ProofMismatch, lambda: send(ann, bob, 30_001, intent=given))
    refused(ann, ProofMismatch, lambda: send(ann, eve, 30_000, intent=given))
    other = intent(ann, session_of(ann), token=given.token, nonce=given.nonce)
    refused(ann, ProofMismatch, lambda: send(ann, bob, 30_000, intent=other))
    send(ann, bob, 30_000, intent=given)
    refused(ann, ProofExpired, lambda: send(ann, bob, 30_000, intent=given))
    assert (posted(ann), posted(bob)) == (70_000, 30_000)


def test_one_factor_pays_1000_yuan_a_day_and_not_one_fen_more() -> None:
    no_rules()  # those of the night would ask for a proof first
    ann, bob = holder(200_000, pin=True), holder()
    send(ann, bob, 99_999, intent=proven(ann, amount_fen=99_999, payee=bob.public_id))
    error = refused(ann, OutflowLimitReached, lambda: send(ann, bob, 2))
    assert error.members["remaining_fen"] == 1
    send(ann, bob, 1)
    refused(ann, OutflowLimitReached, lambda: send(ann, bob, 1))
    tomorrow = clock.now() + DAY
    send(ann, bob, 1, at=tomorrow)
    assert posted(bob) == 100_001


def test_class_1_pays_1000_yuan_in_its_life() -> None:
    ann, bob = holder(200_000, verified_class=1, pin=True), holder()
    send(ann, bob, 99_999, intent=proven(ann, amount_fen=99_999, payee=bob.public_id))
    later = clock.now() + timedelta(days=400)
    error = refused(ann, OutflowLimitReached, lambda: send(ann, bob, 2, at=later))
    assert (error.members["period"], error.members["remaining_fen"]) == ("life", 1)
    send(ann, bob, 1, at=later)


def test_holds_are_not_there_to_be_sent() -> None:
    ann, bob = holder(10_000), holder()
    assert available(ann) == 10_000
    offer(ann, bob, 9_000)
    refused(ann, InsufficientFunds, lambda: send(ann, bob, 1_001))
