"""What `ledger_check` tells beside the books: it fails on it, and halts nothing."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.ledger import beside, halt
from accounts.ledger.models import ProofRun
from core.audit import services as audit
from core.audit.models import AuditRecord
from core.clock import queries as clock
from core.ids import first_id
from core.outbox.models import OutboxEvent
from tests.core.test_audit import behind_its_back
from tests.core.test_outbox import publish
from tests.ledger.conftest import AT

pytestmark = pytest.mark.django_db


def test_news_that_waits_and_a_log_that_was_touched_are_told() -> None:
    assert beside.findings(at=AT) == []
    event, made = publish(), first_id(clock.wall() - timedelta(seconds=121))
    OutboxEvent.objects.filter(pk=event.id).update(id=made)
    row = audit.record(actor="staff:lin", act="customer.reveal", target="cus_1", reason="a call", details={}, at=AT)
    audit.seal()
    behind_its_back("UPDATE core_auditrecord SET reason = 'nothing' WHERE id = %s", row.id)
    found = beside.findings(at=AT)
    assert [(one.check, one.subject) for one in found] == [("outbox.late", f"event {made}"), ("audit.chain", f"record {row.id}")]
    assert AuditRecord.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_command_fails_on_late_news_while_the_books_balance_and_money_goes_on() -> None:
    OutboxEvent.objects.filter(pk=publish().id).update(id=first_id(clock.wall() - timedelta(seconds=300)))
    for options in ((), ("--halt",)):
        with pytest.raises(SystemExit) as left:
            call_command("ledger_check", *options, stdout=(out := io.StringIO()))
        assert left.value.code == 1
        assert [line.split(":")[0] for line in out.getvalue().splitlines()] == ["The books balance.", "outbox.late"]
    assert (halt.standing(), list(ProofRun.objects.values_list("findings", flat=True))) == (None, [0])
