"""What `ledger_check` finds of disputes when somebody changes rows behind its back, and nothing after their whole lives."""

from datetime import date, timedelta

import pytest

from accounts.ledger import services as ledger
from core.clock import queries as clock
from core.ids import new_id, public_id
from payments.disputes import journals
from payments.disputes.models import Dispute
from tests.ledger_proof import assert_books_balance, behind_its_back, found_of
from tests.payments.cashier.world import holder, shop
from tests.payments.disputes.world import dispute, lost, won
from tests.payments.refunds.world import by_balance, move
from tests.payments.wallet.world import open_day

pytestmark = pytest.mark.django_db


def yesterday() -> date:
    return clock.local_day(clock.now()) - timedelta(days=1)


@pytest.fixture
def made() -> Dispute:
    """An open dispute, half of whose money has been settled already."""
    open_day()
    where = shop()
    order = by_balance(where, holder(1_000), 1_000)
    move(where, "merchant:available", 400)
    return dispute(order)


@pytest.mark.parametrize("known", [True, False])
def test_disputes_open_won_and_lost_are_found_clean(made: Dispute, known: bool) -> None:
    where = shop()
    won(dispute(by_balance(where, holder(1_000), 1_000)))
    lost(dispute(by_balance(where, holder(1_000), 1_000)))
    assert_books_balance()
    assert found_of("dispute", yesterday() if known else None) == []
    assert sorted(len(row.journal_ids) for row in Dispute.objects.all()) == [1, 1, 2]


@pytest.mark.parametrize("known", [True, False])
def test_a_dispute_without_its_journal_is_found(made: Dispute, known: bool) -> None:
    behind_its_back("DELETE FROM ledger_journal WHERE id = %s", made.journal_ids[0])
    expected = [("dispute.frozen", made.public_id), ("dispute.unbooked", made.public_id)]
    assert sorted(found_of("dispute", yesterday() if known else None)) == expected


@pytest.mark.parametrize("known", [True, False])
def test_a_journal_that_its_dispute_does_not_name_is_found(made: Dispute, known: bool) -> None:
    legs, again = journals.released(made.merchant_id, {"merchant:pending": 100}), new_id()
    ledger.post(journal_id=again, event=journals.RELEASED, legs=legs, reference=made.public_id, at=clock.now())
    assert found_of("dispute", yesterday() if known else None) == [("dispute.unnamed", public_id("jrn", again))]


@pytest.mark.parametrize("end", ["open", "won", "lost"])
def test_money_frozen_that_is_not_what_the_journals_say_is_found(made: Dispute, end: str) -> None:
    """An open one that says it has more, one that was won and gave nothing back, one whose refund took less than is said."""
    if end == "open":
        behind_its_back("UPDATE payments_dispute SET from_pending_fen = from_pending_fen + 1, wanted_fen = wanted_fen + 1")
    if end == "won":
        won(made)
        made.refresh_from_db()
        behind_its_back("UPDATE payments_dispute SET journal_ids = %s", made.journal_ids[:1])
    if end == "lost":
        lost(made)
        behind_its_back("UPDATE payments_refund SET from_frozen_fen = from_frozen_fen - 1, from_pending_fen = from_pending_fen + 1")
    assert ("dispute.frozen", made.public_id) in found_of("dispute", yesterday())
