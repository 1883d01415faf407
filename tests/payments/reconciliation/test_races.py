"""Two at once on one day: each ends as if one had come after the other, and the books are the bank's."""

from collections.abc import Callable
from datetime import date
from typing import Any

from accounts.ledger.models import Journal
from core.approvals import services as approvals
from core.clock import queries as clock
from core.errors import DomainError
from payments.channels import services as channels
from payments.channels.models import Break, ChannelRequest
from payments.reconciliation import journals, services
from payments.reconciliation.models import ReconFile, ReconLine, ReconRun
from tests.desk.people import staff
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import card_holder, new_order, shop
from tests.payments.reconciliation.test_days import a_day, breaks
from tests.payments.reconciliation.test_fixing import proposed
from tests.payments.reconciliation.test_late_word import expired, refused, the_break
from tests.payments.reconciliation.world import at_the_bank, clearing, end_of, reconciled
from tests.payments.wallet.bank_world import top_up
from tests.sandbox_bank import SandboxBank
from tests.together import together


def unbroken(results: list[Any]) -> list[Any]:
    """What several threads gave back, none of which fell over anything but a refusal."""
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, DomainError)], results
    return results


def test_one_day_reconciled_by_four_at_once_is_booked_once(connected: SandboxBank) -> None:
    day = a_day(connected, 10_000, 4_000)
    unbroken(together(lambda _: reconciled(day), 4))
    run = reconciled(day)
    assert (ReconRun.objects.count(), ReconFile.objects.count(), ReconLine.objects.count()) == (1, 2, 2)
    assert Journal.objects.filter(event=journals.SETTLED).count() == 2
    assert (run.state, at_the_bank(), clearing(), breaks()) == ("closed", 14_000 - 28, 0, [])
    assert_books_balance()


def test_a_line_judged_again_while_the_banks_word_on_its_request_comes_is_booked_once(connected: SandboxBank) -> None:
    who = card_holder(connected)
    connected.fault("timeout_after_effect", operations=["payment"], times=1, params={"hold_ms": 5})
    order = top_up(who, 10_000)
    connected.clear_faults()
    day = end_of(connected)
    run = services.begin(channel="sandbox_bank", day=day, at=clock.now())
    services.take(run_id=run.id, got=services.files.fetch(channel="sandbox_bank", day=day), at=clock.now())
    assert [kind for kind, _ in breaks()] == ["status"]

    def act(number: int) -> object:
        at = clock.now()
        return services.go_on(run_id=run.id, at=at) if number % 2 else channels.query(request_id=order.request_id, at=at)

    unbroken(together(act, 6))
    run = reconciled(day)
    order.refresh_from_db()
    assert (order.state, run.state, breaks()) == ("succeeded", "closed", [])
    assert Journal.objects.filter(event=journals.SETTLED).count() == 1
    assert (at_the_bank(), clearing()) == (9_980, 0)
    assert_books_balance()


def wrong_fee(bank: SandboxBank) -> tuple[date, Break]:
    bank.fault("changed_line", params={"field": "fee_fen", "delta_fen": 30})
    day = a_day(bank, 10_000)
    reconciled(day)
    bank.clear_faults()
    return day, Break.objects.get(state="open")


def approved_twice(found: Break, meanwhile: Callable[[], object]) -> None:
    """Two people approve the one proposal there can be at once, while the day goes on; one of them is told that it is over."""
    waiting = proposed(found).id
    people = [staff("cara", "finance_checker"), staff("carl", "finance_checker")]

    def act(number: int) -> object:
        if number >= len(people):
            return meanwhile()
        return approvals.approve(approval_id=waiting, checker=people[number], at=clock.now())

    results = unbroken(together(act, 4))
    assert len([one for one in results[:2] if isinstance(one, DomainError)]) == 1
    assert [one for one in results[2:] if isinstance(one, DomainError)] == []


def test_a_fix_approved_twice_at_once_while_its_day_goes_on_is_booked_once(connected: SandboxBank) -> None:
    day, found = wrong_fee(connected)
    run = ReconRun.objects.get(day=day)
    approved_twice(found, lambda: services.go_on(run_id=run.id, at=clock.now()))
    assert Journal.objects.filter(event=journals.FIXED).count() == 1
    assert (reconciled(day).state, at_the_bank(), clearing(), breaks()) == ("closed", 9_980, 0, [])
    assert_books_balance()


def test_a_late_success_taken_in_twice_at_once_while_its_day_goes_on_is_booked_once(connected: SandboxBank) -> None:
    who = card_holder(connected)
    order = new_order(shop(), 10_000)
    _, request = refused(connected, who, order)
    expired(order)
    day = end_of(connected)
    run = reconciled(day)
    approved_twice(the_break(), lambda: reconciled(day))
    order.refresh_from_db()
    assert (order.state, ChannelRequest.objects.get(pk=request.pk).state) == ("paid_late", "success")
    assert Journal.objects.filter(event="cashier.late").count() == 1
    assert (reconciled(day).id, reconciled(day).state, at_the_bank(), clearing()) == (run.id, "closed", 9_980, 0)
    assert_books_balance()


def test_a_day_and_the_next_one_that_has_its_late_line_may_be_reconciled_at_once(connected: SandboxBank) -> None:
    connected.fault("cut_off_shift", params={"count": 1})
    first = a_day(connected, 10_000)
    reconciled(first)
    assert [kind for kind, _ in breaks()] == ["cut_off"]
    second = end_of(connected)
    unbroken(together(lambda number: reconciled([first, second][number % 2]), 4))
    assert (reconciled(first).state, reconciled(second).state, breaks()) == ("closed", "closed", [])
    assert Journal.objects.filter(event=journals.SETTLED).count() == 1
    assert (at_the_bank(), clearing()) == (9_980, 0)
    assert_books_balance()
