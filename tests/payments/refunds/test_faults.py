"""Every fault switch of the sandbox bank on a refund to balance and card: after the jobs the books are whole and nothing is open."""

from datetime import timedelta
from typing import Any

from core.clock import queries as clock
from payments.cashier.services.funding import Pick
from payments.channels.models import Break
from payments.refunds import queries
from payments.refunds.models import Refund
from payments.refunds.services import by_hand
from tests.payments.cashier.world import card_holder, pending, shop
from tests.payments.refunds.world import assert_all_over, by_card, by_operators, refund, settle_refunds
from tests.payments.wallet.test_faults import FAULTS, REFUSED, switch_on
from tests.payments.world import Postbox, deliver
from tests.sandbox_bank import SandboxBank

FEN, CARD_FEN = 10_000, 7_000


def run_the_jobs(box: Postbox, bank: SandboxBank, client: Any) -> None:
    """Time goes on, notices arrive (believed or not), every sweeper runs, twice over."""
    at = clock.now()
    for _ in range(2):
        bank.flush()
        letters, box.letters = box.letters, []
        for letter in letters:
            assert deliver(client, letter) in (200, 204, 401)
        at = settle_refunds(at + timedelta(seconds=6), pause_s=0.03)


def test_a_refund_ends_under_every_fault(postbox: Postbox, sandbox_bank: SandboxBank, client: Any) -> None:
    where = shop()
    holders = {fault: card_holder(sandbox_bank, fen=3_000) for fault in FAULTS}
    orders = {fault: by_card(where, who, FEN, [Pick("balance")]) for fault, who in holders.items()}
    for fault, who in holders.items():
        switch_on(sandbox_bank, fault, "refund", who)
        assert refund(orders[fault], 5_000).state in ("processing", "succeeded", "to_manual")
    run_the_jobs(postbox, sandbox_bank, client)
    ends = {fault: queries.of_order(order.id).get().state for fault, order in orders.items()}
    assert {fault for fault, state in ends.items() if state == "to_manual"} <= REFUSED
    assert set(ends.values()) == {"succeeded", "to_manual"}
    gave_back = {fault: 3_500 if state == "succeeded" else 0 for fault, state in ends.items()}
    left = {fault: sandbox_bank.card(who.number)["balance_fen"] for fault, who in holders.items()}
    assert left == {fault: 100_000_00 - CARD_FEN + gave_back[fault] for fault in FAULTS}
    assert set(Break.objects.values_list("kind", flat=True)) <= {"amount"}
    for made in Refund.objects.filter(state="to_manual"):
        by_operators(by_hand.GIVEN_UP, refund_id=made.id)
    assert pending(where) == sum(4_970 if state == "succeeded" else 9_940 for state in ends.values())
    assert_all_over(expected={who.customer: 1_500 if gave_back[fault] else 0 for fault, who in holders.items()})
