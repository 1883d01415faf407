"""WeChat Pay, Alipay and Stripe reconciled: a day of everything, a day of nothing, and each way a list can disagree."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from accounts.ledger import queries as ledger
from accounts.ledger.accounts import platform_account
from core.clock import queries as clock
from core.work.models import WorkItem
from payments.channels.empty_days import nothing
from payments.channels.models import Break
from payments.channels.port import StatementNotReady
from payments.channels.sockets import OUTCOMES
from payments.reconciliation import journals, services, tasks
from payments.reconciliation.models import ReconLine, ReconRun, ReconTerms
from tests.ledger_proof import assert_books_balance
from tests.payments.ledgerless import BUSINESS
from tests.payments.reconciliation.sides import Alipay, Booked, Side, Stripe, Wechat, refunded, sent, tomorrow
from tests.payments.reconciliation.test_days import breaks
from tests.payments.reconciliation.test_fixing import fixed, offered

pytestmark = pytest.mark.django_db(transaction=True)
SIDES = {"wechat_v3": ("pay", Wechat), "alipay": ("gateway", Alipay), "stripe": ("local", Stripe)}


@pytest.fixture(params=SIDES)
def side(request: Any) -> Iterator[Side]:
    peer, made = SIDES[request.param]
    OUTCOMES.plug(BUSINESS, Booked())
    yield made(request.getfixturevalue(peer))
    OUTCOMES.unplug(BUSINESS)


def reconciled(side: Side, day: date) -> ReconRun:
    return services.reconcile(channel=side.channel, day=day, at=clock.now())


def clearing(side: Side) -> int:
    return -ledger.balance(journals.clearing(side.channel)).posted


def test_a_day_of_everything_closes_to_the_channels_own_balance_and_a_day_of_nothing_after_it_too(side: Side, time_machine: Any) -> None:
    first, second = side.paid(10_000), side.paid(4_000)
    assert refunded(first, 5_000).state == "success"
    fee = side.fee_fen(10_000) + side.fee_fen(4_000)
    back = 0 if side.channel == "stripe" else 30
    out = 0
    if side.pays_out:
        assert side.payout(3_000).state == "success"
        out = 3_000
    assert second.state == "success"
    run = reconciled(side, tomorrow(time_machine))
    closing = 10_000 + 4_000 - 5_000 - fee + back - out
    assert breaks() == []
    assert (run.state, run.opening_fen, run.closing_fen, run.books_fen) == ("closed", 0, closing, closing)
    assert clearing(side) == 0
    assert -ledger.balance(platform_account("expense:channel_fee")).posted == fee - back
    kinds = sorted(ReconLine.objects.filter(run=run, state="booked").values_list("kind", flat=True))
    assert kinds == ["payment", "payment", *(["payout"] if out else []), "refund"]
    nothing = reconciled(side, tomorrow(time_machine))
    assert (nothing.state, nothing.opening_fen, nothing.closing_fen, nothing.books_fen) == ("closed", closing, closing, closing)
    assert ReconLine.objects.filter(run=nothing).count() == 0
    assert_books_balance()


def test_terms_of_each_channel_are_dated_rows(db: None) -> None:
    rows = ReconTerms.objects.values_list("channel_id", "fee_bp", "fee_fixed_fen", "fee_back_bp")
    assert set(rows) == {("sandbox_bank", 20, 0, 0), ("wechat_v3", 60, 0, 60), ("alipay", 60, 0, 60), ("stripe", 290, 30, 0)}


@pytest.mark.parametrize("kind", ["amount", "fee", "theirs_only", "duplicate"])
def test_a_list_that_disagrees_has_a_break_of_its_kind_and_where_there_is_an_account_it_says_who_is_right(
    side: Side, time_machine: Any, kind: str
) -> None:
    side.paid(10_000)
    second = side.paid(4_000)
    day = tomorrow(time_machine)
    side.bends()[kind](second.request_no)
    run = reconciled(side, day)
    assert [(found, source.split(" ", maxsplit=1)[0]) for found, source in breaks()] == [(kind, "statement")], breaks()
    assert run.state == "matched"
    if side.has_account:
        assert offered(Break.objects.get()).code == ("book_as_ours" if kind in ("amount", "fee") else "nothing_to_book")
    else:
        assert offered(Break.objects.get()).code == ("book_as_listed" if kind in ("amount", "fee") else "unapplied")
    fixed(Break.objects.get())
    run = reconciled(side, day)
    assert (run.state, run.closing_fen) == ("closed", run.books_fen)
    assert clearing(side) == 0
    assert_books_balance()


def test_an_order_no_list_has_is_carried_a_day_and_then_ours_alone(side: Side, time_machine: Any) -> None:
    side.paid(10_000)
    second = side.paid(4_000)
    day = tomorrow(time_machine)
    side.bends()["cut_off"](second.request_no)
    run = reconciled(side, day)
    assert (run.state, breaks()) == ("matched", [("cut_off", f"statement {day}")])
    following = tomorrow(time_machine)
    reconciled(side, following)
    assert breaks() == [("ours_only", f"statement {following}")]
    assert clearing(side) == 4_000
    assert_books_balance()


def test_what_the_list_calls_paid_and_we_do_not_know_yet_is_asked_about_and_settled(side: Side, time_machine: Any) -> None:
    if isinstance(side, Stripe):
        with side.peer.fault("timeout_after"):
            request = sent(side.channel, "pay", 4_000, party=side.peer.method())
    else:
        request = sent(side.channel, "pay", 4_000)
        peer = side.pay if isinstance(side, Wechat) else side.gateway  # type: ignore[attr-defined]
        peer.payer_acts(request.request_no)
    assert request.state != "success"
    run = reconciled(side, tomorrow(time_machine))
    request.refresh_from_db()
    assert (request.state, run.state) == ("success", "closed")
    assert breaks("closed") == [("status", f"statement {run.day} line 1")]
    assert clearing(side) == 0
    assert_books_balance()


def test_a_payout_that_came_back_is_listed_by_the_account_alone(gateway: Any, time_machine: Any) -> None:
    OUTCOMES.plug(BUSINESS, Booked())
    side = Alipay(gateway)
    side.paid(10_000)
    payout = side.payout(3_000)
    day = tomorrow(time_machine)
    assert reconciled(side, day).state == "closed"
    gateway.give_back(payout.request_no)
    services.channels.query(request_id=payout.id, at=clock.now())
    run = reconciled(side, tomorrow(time_machine))
    OUTCOMES.unplug(BUSINESS)
    assert (breaks(), run.state, run.closing_fen, clearing(side)) == ([], "closed", 10_000 - 60, 0)
    assert_books_balance()


def test_a_day_whose_lines_do_not_lead_from_opening_to_closing_stays_open(pay: Any, time_machine: Any) -> None:
    OUTCOMES.plug(BUSINESS, Booked())
    side = Wechat(pay)
    side.paid(10_000)
    day, written = tomorrow(time_machine), pay.flow_bill
    pay.flow_bill = lambda wanted: written(wanted).replace(b"`99.40", b"`99.41")
    run = reconciled(side, day)
    assert (run.state, run.why) == ("open", "broken: opening + lines is not the closing")
    assert WorkItem.objects.filter(target=run.public_id, finished_at=None).exists()
    assert (ReconLine.objects.count(), clearing(side)) == (0, 10_000)
    pay.flow_bill = written
    assert reconciled(side, day).state == "closed"
    OUTCOMES.unplug(BUSINESS)
    assert_books_balance()


def test_a_bill_that_does_not_come_is_asked_for_ever_more_seldom_and_then_an_operator_hears_of_it(pay: Any, time_machine: Any) -> None:
    OUTCOMES.plug(BUSINESS, Booked())
    side = Wechat(pay)
    side.paid(10_000)
    OUTCOMES.unplug(BUSINESS)
    day, flows = tomorrow(time_machine), pay.flows
    pay.flows = []
    run = reconciled(side, day)
    assert (run.state, run.why, run.looks) == ("open", "not_ready", 1), "no bill, though an order of ours is done"
    assert tasks.look_at(run, clock.now()) == 0, "its next look is in ten minutes"
    asked = [run.due_at]
    for _ in range(30):
        assert run.due_at is not None
        run = services.reconcile(channel=side.channel, day=day, at=run.due_at)
        asked.append(run.due_at)
    gaps = [(later - before) // timedelta(minutes=10) for before, later in pairwise(asked) if before and later]
    assert gaps == [1] * 5 + [6] * 24 + [36]
    assert [item.facts["why"] for item in WorkItem.objects.filter(target=run.public_id, finished_at=None)] == ["not_ready"]
    pay.flows = flows
    run = reconciled(side, day)
    assert (run.state, run.looks) == ("closed", 1)
    assert not WorkItem.objects.filter(target=run.public_id, finished_at=None).exists()


def test_no_bill_is_believed_on_the_fourth_day_though_an_order_of_ours_is_done(gateway: Any, time_machine: Any) -> None:
    OUTCOMES.plug(BUSINESS, Booked())
    side = Alipay(gateway)
    side.paid(10_000)
    OUTCOMES.unplug(BUSINESS)
    day = tomorrow(time_machine)
    gateway.flows = []
    assert reconciled(side, day).why == "not_ready"
    for _ in range(3):
        tomorrow(time_machine)
    assert (reconciled(side, day).state, breaks()) == ("matched", [("cut_off", f"statement {day}")])
    assert_books_balance()


def test_a_bill_that_may_only_be_late_is_no_day_of_nothing() -> None:
    day = date(2026, 11, 20)
    early, out = clock.start_of_day(day + timedelta(days=1)) + timedelta(hours=9, minutes=59), timedelta(minutes=1)
    with pytest.raises(StatementNotReady):
        nothing(day=day, kind="payments", wall=early)
    found = nothing(day=day, kind="payments", wall=early + out)
    assert (found.raw, found.lines, found.summary) == (b"", (), {})
