"""Every fault switch of the sandbox bank, on a top-up and on a withdrawal: after the jobs the books are whole and nothing is open."""

from datetime import timedelta
from typing import Any

from core.clock import queries as clock
from payments.channels.models import Break
from payments.wallet.models import TopUp, Withdrawal
from tests.payments.wallet.bank_world import Holder, assert_settled, card_holder, settle_wallet, top_up, withdraw
from tests.payments.world import Postbox, deliver
from tests.sandbox_bank import SandboxBank

SHORT = {"hold_ms": 50}
FAULTS: dict[str, dict[str, Any]] = {
    "delay": {"params": {"ms": 50}},
    "timeout_before_effect": {"params": SHORT},
    "timeout_after_effect": {"params": SHORT},
    "http_500_burst": {"params": {"n": 2}},
    "http_500_burst after the effect": {"params": {"n": 2, "after_effect": True}},
    "maintenance": {"times": 2},
    "system_busy": {"times": 2},
    "decline": {"params": {"code": "RISK_REFUSED"}},
    "processing_then_success": {"params": {"after_ms": 20}},
    "processing_then_failed": {"params": {"after_ms": 20}},
    "forged_response": {},
    "duplicate_notice": {"params": {"copies": 2}},
    "late_notice": {"params": {"delay_ms": 100}},
    "lost_notice": {},
    "reordered_notices": {},
    "forged_notice": {},
    "wrong_amount_notice": {},
    "stale_notice": {},
}
PAYOUT_ONLY: dict[str, dict[str, Any]] = {"payout_returned": {"params": {"after_ms": 20}}}
REFUSED = {"decline", "processing_then_failed", "maintenance"}
PAYOUT_REFUSED = REFUSED - {"maintenance"}


def switch_on(bank: SandboxBank, fault: str, operation: str, who: Holder) -> None:
    rule = {"times": 1} | (FAULTS | PAYOUT_ONLY)[fault]
    bank.fault(fault.split(" ")[0], operations=[operation], agreement_no=who.card.token, **rule)


def run_the_jobs(box: Postbox, bank: SandboxBank, client: Any) -> None:
    """Time goes on, notices arrive (believed or not), every sweeper runs, twice over."""
    at = clock.now()
    for _ in range(2):
        bank.flush()
        letters, box.letters = box.letters, []
        for letter in letters:
            assert deliver(client, letter) in (200, 204, 401)
        at = settle_wallet(at + timedelta(seconds=6), pause_s=0.03)


def test_a_top_up_ends_under_every_fault(postbox: Postbox, sandbox_bank: SandboxBank, client: Any) -> None:
    holders = {fault: card_holder(sandbox_bank) for fault in FAULTS}
    for fault, who in holders.items():
        switch_on(sandbox_bank, fault, "payment", who)
        assert top_up(who, 10_000).result in ("processing", "succeeded", "refused")
    run_the_jobs(postbox, sandbox_bank, client)
    ends = {fault: TopUp.objects.get(customer=who.customer).state for fault, who in holders.items()}
    assert ends == {fault: "failed" if fault in REFUSED else "succeeded" for fault in FAULTS}
    paid = {fault: 0 if fault in REFUSED else 10_000 for fault in FAULTS}
    left = {fault: sandbox_bank.card(who.number)["balance_fen"] for fault, who in holders.items()}
    assert left == {fault: 100_000_00 - paid[fault] for fault in FAULTS}
    assert set(Break.objects.values_list("kind", flat=True)) == {"amount"}
    assert_settled(expected={who.customer: paid[fault] for fault, who in holders.items()})


def test_a_withdrawal_ends_under_every_fault(postbox: Postbox, sandbox_bank: SandboxBank, client: Any) -> None:
    faults = FAULTS | PAYOUT_ONLY
    holders = {fault: card_holder(sandbox_bank, fen=50_000) for fault in faults}
    for fault, who in holders.items():
        switch_on(sandbox_bank, fault, "payout", who)
        assert withdraw(who, 10_000).result in ("processing", "succeeded", "refused", "returned")
    run_the_jobs(postbox, sandbox_bank, client)
    ends = {fault: Withdrawal.objects.get(customer=who.customer).state for fault, who in holders.items()}
    expected = {fault: "failed" if fault in PAYOUT_REFUSED else "returned" if fault in PAYOUT_ONLY else "paid" for fault in faults}
    assert ends == expected
    paid = {fault: 10_000 if end == "paid" else 0 for fault, end in expected.items()}
    arrived = {fault: sandbox_bank.card(who.number)["balance_fen"] for fault, who in holders.items()}
    assert arrived == {fault: 100_000_00 + paid[fault] for fault in faults}
    assert_settled(expected={who.customer: 50_000 - paid[fault] for fault, who in holders.items()})
