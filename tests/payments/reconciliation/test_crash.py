"""kill -9 of whoever reconciles a day, between all its steps: every line is booked once, and the day closes."""

import pytest

from accounts.ledger import queries as ledger
from accounts.ledger.accounts import platform_account
from core.outbox.models import OutboxEvent
from core.work.models import WorkItem
from payments.channels.models import Break
from payments.reconciliation.models import ReconFile, ReconLine, ReconRun
from tests.ledger_proof import assert_books_balance
from tests.payments.killing import killed
from tests.payments.reconciliation.test_days import a_day
from tests.payments.reconciliation.world import CHANNEL, at_the_bank, clearing, reconciled
from tests.payments.settle import assert_nothing_open
from tests.sandbox_bank import SandboxBank

ROOM = "payments.reconciliation.services"
STOPS = {
    "fetched": ("+payments.reconciliation.files.fetch", "open", 0),
    "stored, not committed": (f"+{ROOM}.check_account", "open", 0),
    "taken": (f"{ROOM}.carry_on", "matched", 0),
    "a line posted, not committed": (f"+{ROOM}.post_many", "matched", 0),
    "a line booked": (f"{ROOM}.book_some*2", "matched", 1),
    "all booked": (f"{ROOM}.conclude", "matched", 3),
    "closed, not committed": (f"+{ROOM}.advance*2", "matched", 3),
}


@pytest.mark.parametrize("stop", STOPS)
def test_a_day_whose_reconciliation_was_killed_is_booked_once_and_closes(connected: SandboxBank, stop: str) -> None:
    where, state, booked = STOPS[stop]
    day = a_day(connected, 10_000, 4_000, 1_000)
    killed("reconcile", where, channel=CHANNEL, day=day)
    assert ReconRun.objects.get().state == state
    assert (ReconFile.objects.exists(), ReconLine.objects.count()) == ((False, 0) if state == "open" else (True, 3))
    assert ReconLine.objects.filter(state="booked").count() == booked
    for _ in range(2):
        assert reconciled(day).state == "closed"
    run = ReconRun.objects.get()
    assert (run.closing_fen, run.books_fen, at_the_bank(), clearing()) == (14_970, 14_970, 14_970, 0)
    assert -ledger.balance(platform_account("expense:channel_fee")).posted == 30
    assert set(ReconLine.objects.values_list("state", flat=True)) == {"booked"}
    assert ReconFile.objects.filter(run=run).count() == 2
    assert OutboxEvent.objects.filter(topic="reconciliation.closed").count() == 1
    assert not Break.objects.exists()
    assert not WorkItem.objects.filter(finished_at=None).exists()
    assert_nothing_open()
    assert_books_balance()
