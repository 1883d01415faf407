"""Every fault switch of the sandbox bank on a payment of balance and card: after the jobs the books are whole and nothing is open."""

from datetime import timedelta
from typing import Any

from core.clock import queries as clock
from payments.cashier.models import PaymentOrder
from payments.cashier.services.funding import Pick
from payments.channels.models import Break
from tests.payments.cashier.world import assert_settled, card, card_holder, new_order, pay, pending, settle_cashier, shop
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
        at = settle_cashier(at + timedelta(seconds=6), pause_s=0.03)


def test_a_payment_ends_under_every_fault(postbox: Postbox, sandbox_bank: SandboxBank, client: Any) -> None:
    where = shop()
    holders = {fault: card_holder(sandbox_bank, fen=3_000) for fault in FAULTS}
    orders = {fault: new_order(where, FEN) for fault in FAULTS}
    for fault, who in holders.items():
        switch_on(sandbox_bank, fault, "payment", who)
        assert pay(who.customer, orders[fault], [Pick("balance"), card(who)]).result in ("pending", "paid", "refused")
    run_the_jobs(postbox, sandbox_bank, client)
    ends = {fault: PaymentOrder.objects.get(pk=order.pk).state for fault, order in orders.items()}
    assert ends == {fault: "created" if fault in REFUSED else "paid" for fault in FAULTS}
    taken = {fault: 0 if fault in REFUSED else CARD_FEN for fault in FAULTS}
    left = {fault: sandbox_bank.card(who.number)["balance_fen"] for fault, who in holders.items()}
    assert left == {fault: 100_000_00 - taken[fault] for fault in FAULTS}
    assert set(Break.objects.values_list("kind", flat=True)) == {"amount"}
    assert pending(where) == 9_940 * sum(1 for fault in FAULTS if fault not in REFUSED)
    assert_settled(expected={who.customer: 3_000 if fault in REFUSED else 0 for fault, who in holders.items()})
    last = max(order.expires_at for order in orders.values())
    settle_cashier(last)
    assert set(PaymentOrder.objects.values_list("state", flat=True)) == {"paid", "closed"}
