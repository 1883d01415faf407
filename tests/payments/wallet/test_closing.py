"""An account with an order under way or a bound card does not close; its export tells of both. What is offered to it while it closes
goes back."""

import json

import pytest

from accounts.identity.models import Customer
from accounts.identity.queries import states
from accounts.privacy import queries, services
from accounts.privacy.models import AccountClosure
from core.clock import queries as clock
from core.errors import DomainError
from payments.wallet.models import Transfer
from payments.wallet.services import transfers
from tests.factories import open_session, proof
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.world import available, holder, intent, open_day, posted
from tests.together import behind, together


def closing(who: Customer) -> AccountClosure:
    session, at = open_session(who).session, clock.now()
    token = proof(who, session, purpose="close_account")
    return services.close_account(customer_id=who.id, session_id=session.id, reason="", proof=token, nonce="n", at=at)


def offered(payer: Customer, payee: Customer, fen: int = 500) -> Transfer:
    return transfers.offer(intent=intent(payer), payee_id=payee.id, amount_fen=fen, remark="", at=clock.now())


@pytest.mark.django_db
def test_a_transfer_that_waits_keeps_both_accounts_open() -> None:
    open_day()
    payer, payee = holder(500, pin=True), holder()
    at = clock.now()
    transfers.offer(intent=intent(payer), payee_id=payee.id, amount_fen=500, remark="", at=at)
    assert [found.code for found in queries.obstacles(payee.id, at)] == ["orders_open"]
    session = open_session(payer).session
    token = proof(payer, session, purpose="close_account")
    with pytest.raises(services.ObligationsOpen) as refused:
        services.close_account(customer_id=payer.id, session_id=session.id, reason="", proof=token, nonce="n", at=at)
    assert refused.value.members["obstacles"] == ["orders_open"]
    told = json.loads(json.dumps(queries.personal_data(payee.id), default=str))
    assert [(row["amount"], row["state"]) for row in told["wallet"]["transfers"]] == [(500, "in_transit")]


@pytest.mark.django_db(transaction=True)
def test_what_is_offered_to_an_account_while_it_closes_goes_back_to_its_payer_in_time() -> None:
    """The closing locks no row that an offer waits for: the hot path pays nothing for it, and the money is never the closed account's."""
    open_day()
    payer, payee = holder(500), holder(pin=True)
    closed, transfer = behind(lambda: closing(payee), lambda: offered(payer, payee))
    assert isinstance(closed, AccountClosure)
    assert (transfer.state, available(payer), posted(payee)) == ("in_transit", 0, 0)
    with pytest.raises(DomainError, match="customer_not_active"):
        transfers.accept(payee_id=payee.id, transfer_id=transfer.id, at=clock.now())
    with pytest.raises(DomainError, match="payee_cannot_receive"):
        offered(payer, payee)
    assert transfers.expire(transfer_id=transfer.id, at=transfer.expires_at)
    transfer.refresh_from_db()
    assert (transfer.state, available(payer), posted(payee)) == ("expired", 500, 0)
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_who_offers_their_last_fen_while_they_close_stays() -> None:
    open_day()
    payer, payee = holder(500, pin=True), holder()
    transfer, refused = behind(lambda: offered(payer, payee), lambda: closing(payer))
    assert (transfer.state, type(refused)) == ("in_transit", services.ObligationsOpen)
    assert states([payer.id]) == {payer.id: "active"}
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_closings_and_offers_at_once_leave_no_fen_with_a_closed_account() -> None:
    open_day()
    payers, payee = [holder(500) for _ in range(4)], holder(pin=True)
    acts = [lambda: closing(payee), *(lambda payer=payer: offered(payer, payee) for payer in payers)]  # type: ignore[misc]
    together(lambda number: acts[number](), len(acts))
    for transfer in Transfer.objects.all():
        assert transfer.expires_at is not None
        transfers.expire(transfer_id=transfer.id, at=transfer.expires_at)
    assert ([available(payer) for payer in payers], posted(payee)) == ([500] * 4, 0)
    assert_books_balance()
