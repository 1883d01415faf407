"""Lifting a halt: the one that was proposed, as it was found then, and no other."""

import pytest
from django.contrib.auth.models import User

from accounts.ledger import halt, proving
from accounts.ledger.models import LedgerHalt
from accounts.ledger.sockets import Finding
from core.approvals import services as approvals
from core.approvals.models import Approval
from core.approvals.services import applying
from tests.desk.people import staff
from tests.ledger.conftest import AT


def proposal(standing: LedgerHalt, maker: User) -> Approval:
    payload = {"target": f"halt:{standing.pk}", "findings": standing.findings_hash}
    return approvals.propose(act="ledger.lift_halt", payload=payload, maker=maker, reason="it was looked into", at=AT)


def must_stand(wanted: LedgerHalt) -> None:
    found = halt.standing()
    assert found is not None
    assert (found.pk, found.lifted_at) == (wanted.pk, None)


@pytest.mark.django_db
def test_an_approval_lifts_the_halt_it_was_proposed_for_and_no_newer_one() -> None:
    maker, checker = staff("max", "finance_maker"), staff("cara", "finance_checker")
    first = halt.halt(reason="the first", at=AT)
    stale = proposal(first, maker)
    with applying("ledger.lift_halt", maker="staff:max", checker="staff:cara"):
        halt.lift(halt_id=first.pk, findings_hash=first.findings_hash, at=AT)
    second = halt.halt(reason="the first", at=AT)
    with pytest.raises(halt.HaltChanged):
        approvals.approve(approval_id=stale.pk, checker=checker, at=AT)
    must_stand(second)
    approvals.reject(approval_id=stale.pk, checker=checker, reason="outdated", at=AT)
    with pytest.raises(halt.HaltChanged):
        proposal(first, maker)
    approvals.approve(approval_id=proposal(second, maker).pk, checker=checker, at=AT)
    second.refresh_from_db()
    assert (second.lift_proposed_by, second.lifted_by) == ("staff:max", "staff:cara")
    assert halt.standing() is None


@pytest.mark.django_db
def test_what_is_found_while_halted_makes_a_waiting_approval_outdated_and_the_same_again_does_not() -> None:
    maker, checker = staff("max", "finance_maker"), staff("cara", "finance_checker")
    one = [Finding("seal", "journal 1", "changed after it was sealed")]
    proving.stop(one, at=AT)
    standing = halt.standing()
    assert standing is not None
    waiting = proposal(standing, maker)
    proving.stop(one, at=AT)
    standing.refresh_from_db()
    assert standing.findings_hash == waiting.payload["findings"]
    proving.stop([*one, Finding("balance.sum_zero", "CNY", "all balances and pending legs sum to 1000000")], at=AT)
    with pytest.raises(halt.HaltChanged):
        approvals.approve(approval_id=waiting.pk, checker=checker, at=AT)
    must_stand(standing)
    standing.refresh_from_db()
    assert (standing.reason, standing.found) == ("seal: journal 1: changed after it was sealed", 2)
    assert standing.findings[0] == "balance.sum_zero: CNY: all balances and pending legs sum to 1000000"
    approvals.withdraw(approval_id=waiting.pk, maker=maker, at=AT)
    approvals.approve(approval_id=proposal(standing, maker).pk, checker=checker, at=AT)
    assert halt.standing() is None
