"""Notices of the real sandbox bank, handed to the platform in the order, number and shape each test says."""

import itertools
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client

from core.outbox import services as outbox
from payments.cards.models import Card
from payments.channels import notices, services
from payments.channels.models import Break, ChannelNotice, ChannelRequest, RefusedNotices
from tests.payments.ledgerless import Counter, counting, placed, sent
from tests.payments.settle import assert_nothing_open, settle
from tests.payments.world import AT, WORKS, Postbox, bind, deliver, payer
from tests.sandbox_bank import SandboxBank
from tests.together import together

TRIES = 3  # one answer may meet a machine that stands still


@pytest.fixture
def counter() -> Iterator[Counter]:
    with counting() as made:
        yield made


@pytest.fixture
def card(postbox: Postbox, sandbox_bank: SandboxBank) -> Card:
    return bind(sandbox_bank, payer(sandbox_bank), WORKS)


def merchant() -> str:
    account = services.open_port("sandbox_bank").account  # type: ignore[attr-defined]
    return str(account.merchant)


def run_one(acts: dict[int, Callable[[], object]], place: int) -> object:
    return acts[place % 2]()


def relay() -> None:
    outbox.run_pending(at=AT + timedelta(days=400))


def seconds_to_deliver(letter: tuple[str, dict[str, str], bytes]) -> float:
    began = time.monotonic()
    assert deliver(Client(), letter) == 200
    return time.monotonic() - began


def pending_payment(bank: SandboxBank, card: Card) -> ChannelRequest:
    bank.fault("processing_then_success", operations=["payment", "payout"], params={"after_ms": 0})
    request = sent(card)
    assert request.state == "pending"
    return request


def test_a_notice_ends_a_pending_payment_and_is_answered_before_it_is_taken_in(
    postbox: Postbox, sandbox_bank: SandboxBank, card: Card, counter: Counter
) -> None:
    request = pending_payment(sandbox_bank, card)
    sandbox_bank.resolve(merchant(), request.request_no)
    postbox.wait(1)
    assert any(seconds_to_deliver(postbox.letters[0]) < 1 for _ in range(TRIES))
    assert counter.told == []
    relay()
    request.refresh_from_db()
    assert (request.state, request.fee_fen, request.due_at) == ("success", 20, None)
    assert counter.told == [("success", "")]
    assert ChannelNotice.objects.get().outcome == "success"
    assert_nothing_open()


def test_copies_of_a_notice_change_nothing(postbox: Postbox, sandbox_bank: SandboxBank, card: Card, counter: Counter) -> None:
    request = pending_payment(sandbox_bank, card)
    sandbox_bank.resolve(merchant(), request.request_no)
    postbox.wait(1)
    assert [deliver(Client(), postbox.letters[0]) for _ in range(3)] == [200, 200, 200]
    relay()
    assert deliver(Client(), postbox.letters[0]) == 200
    relay()
    assert counter.told == [("success", "")]
    assert ChannelNotice.objects.count() == 1


def test_a_payouts_notices_end_the_same_in_every_order(postbox: Postbox, sandbox_bank: SandboxBank, card: Card, counter: Counter) -> None:
    for order in itertools.permutations(range(2)):
        before = len(postbox.letters)
        counter.told.clear()
        sandbox_bank.clear_faults()
        sandbox_bank.fault("timeout_after_effect", operations=["payout"], params={"hold_ms": 5})
        request = sent(card, "payout")
        sandbox_bank.return_payout(merchant(), request.request_no)
        postbox.wait(before + 2)
        letters = sorted(postbox.letters[before:], key=lambda letter: b"payout.returned" in letter[2])
        for place in order:
            deliver(Client(), letters[place])
            relay()
        request.refresh_from_db()
        assert request.state == "returned"
        assert counter.told == [("success", ""), ("returned", "PAYEE_ACCOUNT_CLOSED")]
    assert Break.objects.count() == 0


def test_a_notice_with_a_wrong_amount_moves_nothing_and_leaves_a_break(
    postbox: Postbox, sandbox_bank: SandboxBank, card: Card, counter: Counter
) -> None:
    sandbox_bank.fault("timeout_after_effect", operations=["payment"], params={"hold_ms": 5})
    sandbox_bank.fault("wrong_amount_notice", operations=["payment"], params={"delta_fen": 1})
    request = sent(card)
    postbox.wait(1)
    assert deliver(Client(), postbox.letters[0]) == 200
    relay()
    request.refresh_from_db()
    assert request.state == "unknown"
    assert counter.told == []
    found = Break.objects.get()
    assert (found.kind, found.ours, found.theirs, found.state) == ("amount", "10000 CNY", "10001 CNY", "open")
    settle(AT)
    assert counter.told == [("success", "")]


def test_forged_and_old_notices_are_refused_and_counted(postbox: Postbox, sandbox_bank: SandboxBank, card: Card, counter: Counter) -> None:
    sandbox_bank.fault("forged_notice", operations=["payment"])
    sandbox_bank.fault("stale_notice", operations=["payout"])
    sent(card)
    sent(card, "payout")
    postbox.wait(3)
    statuses = [deliver(Client(), letter) for letter in postbox.letters]
    assert sorted(statuses)[-2:] == [401, 401]
    assert {(row.reason, row.count) for row in RefusedNotices.objects.all()} == {("signature", 1), ("timestamp", 1)}
    assert ChannelNotice.objects.count() == statuses.count(200)


def test_a_changed_byte_is_refused_and_an_unknown_channel_is_not_found(postbox: Postbox, sandbox_bank: SandboxBank, card: Card) -> None:
    with counting():
        sent(card)
        path, headers, raw = postbox.wait(1) and postbox.letters[0]
        assert deliver(Client(), (path, headers, raw.replace(b"10000", b"99999"))) == 401
        assert deliver(Client(), (path.replace("sandbox_bank", "nobody"), headers, raw)) == 404
        assert ChannelNotice.objects.count() == 0


def test_a_notice_about_an_order_that_is_not_ours_leaves_a_break(postbox: Postbox, sandbox_bank: SandboxBank, card: Card) -> None:
    with counting():
        sent(card)
        postbox.wait(1)
        deliver(Client(), postbox.letters[0])
        ChannelRequest.objects.filter(operation="pay").delete()
        relay()
    found = Break.objects.get()
    assert (found.kind, found.theirs) == ("theirs_only", "payment.succeeded 10000 CNY")


def test_a_notice_and_a_question_at_the_same_moment_tell_once(
    postbox: Postbox, sandbox_bank: SandboxBank, card: Card, counter: Counter
) -> None:
    for _ in range(3):
        before, counter.told = len(postbox.letters), []
        sandbox_bank.clear_faults()
        sandbox_bank.fault("timeout_after_effect", operations=["payment"], params={"hold_ms": 5})
        request = sent(card)
        postbox.wait(before + 1)
        deliver(Client(), postbox.letters[before])
        notice = ChannelNotice.objects.get(state="received")
        acts = {
            0: partial(notices.take_in, notice_id=notice.id, at=AT),
            1: partial(services.query, request_id=request.id, at=AT),
        }
        together(partial(run_one, acts), 4)
        relay()
        assert counter.told == [("success", "")]


def test_a_late_success_of_what_had_failed_changes_nothing_and_leaves_a_break(
    postbox: Postbox, sandbox_bank: SandboxBank, card: Card, counter: Counter
) -> None:
    request = placed(card)
    notices.conclude(request_id=request.id, result=services.Failed("channel_off"), source="switch", at=AT)
    paid = services.open_port("sandbox_bank").pay(
        request_no=request.request_no, token=card.token, amount_fen=10_000, currency="CNY", subject="late"
    )
    notices.conclude(request_id=request.id, result=paid, source="notice EV", at=AT)
    request.refresh_from_db()
    assert (request.state, counter.told) == ("failed", [("failed", "channel_off")])
    assert Break.objects.get().kind == "status"


def test_the_banks_own_cancellation_unbinds_the_card_also_when_it_comes_before_the_card(
    postbox: Postbox, sandbox_bank: SandboxBank, card: Card
) -> None:
    sandbox_bank.control("POST", f"agreements/{card.token}/cancel", {})
    postbox.wait(1)
    deliver(Client(), postbox.letters[0])
    relay()
    card.refresh_from_db()
    assert (card.state, card.unbound_by, card.is_default) == ("unbound", "bank", False)
    sandbox_bank.fault("timeout_after_effect", operations=["sign_confirm"], params={"hold_ms": 5})
    sandbox_bank.fault("bank_cancels_agreement", operations=["sign_confirm"], params={"after_ms": 1})
    who = payer(sandbox_bank)
    from_start = Card.objects.count()
    with pytest.raises(AssertionError, match="verifying"):
        bind(sandbox_bank, who)
    postbox.wait(2)
    deliver(Client(), postbox.letters[1])
    relay()
    assert Card.objects.count() == from_start
    settle(AT)
    second = Card.objects.get(customer=who.customer)
    assert (second.state, second.unbound_by) == ("unbound", "bank")
