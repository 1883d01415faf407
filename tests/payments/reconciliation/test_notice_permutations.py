"""500 orders in which the letters of a payment, a refund, a payout and its return come, with copies, losses, delays between the door
and the desk, and questions in between: each ends as if they had come in order, to the row, the journal and the fen."""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.ledger.models import Journal
from core.clock import queries as clock
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from payments.cashier.services.funding import Pick
from payments.channels import notices, outcomes, services
from payments.channels.models import Break, ChannelNotice, ChannelRequest
from payments.channels.port import Notice, Result
from payments.refunds.models import Refund
from payments.wallet.models import Withdrawal
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import card, card_holder, new_order, pay, pending, shop
from tests.payments.refunds.world import by_card, refund, settle_refunds
from tests.payments.settle import assert_nothing_open
from tests.payments.wallet.bank_world import withdraw
from tests.payments.wallet.world import posted
from tests.payments.world import Postbox, deliver
from tests.sandbox_bank import SandboxBank

CHANNEL, TIMES, SEED = "sandbox_bank", 500, 20261122
LOST = {"hold_ms": 5}
Step = tuple[str, Any]


def state() -> dict[str, Any]:
    """What is left of the calls, their rooms' rows and the money (every journal there is), without when."""
    return {
        "requests": sorted(ChannelRequest.objects.values_list("id", "state", "code", "fee_fen")),
        "orders": sorted(PaymentOrder.objects.values_list("id", "state", "refunded_fen", "refunding_fen", "fee_fen")),
        "attempts": sorted(PaymentAttempt.objects.values_list("id", "state")),
        "legs": sorted(FundingLeg.objects.values_list("id", "state", "refunded_fen")),
        "refunds": sorted(Refund.objects.values_list("id", "state", "fee_back_fen")),
        "withdrawals": sorted(Withdrawal.objects.values_list("id", "state")),
        "journals": Counter((event, *sorted(amounts)) for event, amounts in Journal.objects.values_list("event", "amounts")),
        "breaks": Break.objects.count(),
    }


def played(steps: list[Step], answers: dict[Any, Result]) -> dict[str, Any]:
    """The state some steps and the last questions lead to, undone afterwards."""
    with transaction.atomic():
        take(steps, answers)
        found = state()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    return found


def take(steps: list[Step], answers: dict[Any, Result]) -> None:
    at = clock.now()
    for what, which in [*steps, *(("ask", request_id) for request_id in answers)]:
        at += timedelta(seconds=1)
        if what == "keep":
            raw, notice = which
            notices.keep(CHANNEL, notice, raw, at)
        elif what == "take":
            row = ChannelNotice.objects.get(event_id=which)
            notices.take_in(notice_id=row.id, at=at)
        else:
            outcomes.conclude(request_id=which, result=answers[which], source="query", at=at)


def shuffled(chance: random.Random, letters: list[tuple[bytes, Notice]], answers: dict[Any, Result]) -> list[Step]:
    """An order of arrivals, each letter lost, once, or up to three times; each copy is taken in at some time after the first has come."""
    arrivals = [letter for letter in letters for _ in range(chance.choice([0, 1, 1, 1, 2, 3]))]
    chance.shuffle(arrivals)
    steps: list[Step] = [("keep", letter) for letter in arrivals]
    for _, notice in arrivals:
        first = next(place for place, (what, which) in enumerate(steps) if what == "keep" and which[1].event_id == notice.event_id)
        steps.insert(chance.randint(first + 1, len(steps)), ("take", notice.event_id))
    for request_id in answers:
        if chance.random() < 0.3:
            steps.insert(chance.randint(0, len(steps)), ("ask", request_id))
    return steps


@pytest.mark.timeout(600)
def test_500_orders_of_letters_agree(postbox: Postbox, sandbox_bank: SandboxBank, client: Any) -> None:
    where, who = shop(), card_holder(sandbox_bank, fen=13_000)
    back = by_card(where, who, 10_000)
    postbox.wait(1)
    before = len(postbox.letters)
    for operation in ("payment", "refund", "payout"):
        sandbox_bank.fault("timeout_after_effect", operations=[operation], params=LOST)
    pay(who.customer, new_order(where, 10_000), [Pick("balance", fen=3_000), card(who)])
    refund(back, 5_000)
    withdraw(who, 10_000)
    open_calls = ChannelRequest.objects.filter(operation__in=["pay", "refund", "payout"], settled_at=None)
    merchant = services.ChannelCredential.objects.get(retired_at=None).merchant
    payout = open_calls.get(operation="payout")
    sandbox_bank.return_payout(merchant, payout.request_no)
    postbox.wait(before + 4)
    sandbox_bank.clear_faults()
    port = services.open_port(CHANNEL)
    letters = [(raw, port.read_notice(raw_body=raw)) for _, _, raw in postbox.letters[before:]]
    letters.sort(key=lambda letter: b"payout.returned" in letter[0])
    assert (len(letters), open_calls.count()) == (4, 3)
    answers = {request.id: services.question(port, request) for request in open_calls}
    in_order = [step for raw, notice in letters for step in (("keep", (raw, notice)), ("take", notice.event_id))]
    expected, untouched = played(in_order, {}), state()
    assert {row[1] for row in expected["requests"]} >= {"success", "returned"}
    assert [row[1] for row in expected["withdrawals"]] == ["returned"]
    assert expected["breaks"] == 0
    chance = random.Random(SEED)
    seen = set()
    for number in range(TIMES):
        steps = shuffled(chance, letters, answers)
        seen.add(tuple((what, which if what != "keep" else which[1].event_id) for what, which in steps))
        assert played(steps, answers) == expected, f"order {number} of seed {SEED}: {steps}"
    assert len(seen) > 0.95 * TIMES
    assert state() == untouched
    for letter in reversed(postbox.letters[before:]):
        assert deliver(client, letter) == 200
    settle_refunds(clock.now() + timedelta(seconds=6))
    assert state() == expected
    assert (posted(who.customer), pending(where)) == (10_000, 4_970 + 9_940)
    assert_nothing_open()
    assert_books_balance()
