"""The lists of faults that the rooms go through, against the switches the bank has: a new switch is in a list, or fails here."""

from sandbox.fault_kinds import FAULT_KINDS
from tests.payments import test_binding_faults as binding
from tests.payments.reconciliation import test_days as statements
from tests.payments.wallet import test_faults as money

# Only a signing can meet them: a text message, and the bank's own end of an agreement just made.
OF_A_SIGNING = {"lost_sms", "bank_cancels_agreement"}
# A signing is done or refused where it is asked, and no notice tells of it but the bank's cancellation (test_notices).
NOT_OF_A_SIGNING = {"processing_then_success", "processing_then_failed", "payout_returned"}

# A file that must not be believed, and lines that are a day late: each with a test of its own in test_days.
STATEMENTS_OF_THEIR_OWN = {"bad_digest", "cut_off_shift"}


def switches(*families: str) -> set[str]:
    return {name for name, kind in FAULT_KINDS.items() if kind.family in families}


def test_every_family_is_looked_at() -> None:
    assert {kind.family for kind in FAULT_KINDS.values()} == {"request", "outcome", "notice", "statement"}


def test_top_ups_and_withdrawals_payments_refunds_and_payouts_meet_every_switch_that_money_can_meet() -> None:
    tried = {fault.split(" ")[0] for fault in money.FAULTS | money.PAYOUT_ONLY}
    assert tried == switches("request", "outcome", "notice") - OF_A_SIGNING


def test_a_signing_meets_every_switch_that_it_can_meet() -> None:
    tried = {fault for fault, *_ in binding.FAULTS} | OF_A_SIGNING
    assert tried == switches("request", "outcome") - NOT_OF_A_SIGNING


def test_statements_meet_every_switch_of_a_statement() -> None:
    tried = {fault.split(" ")[0] for fault in statements.FAULTS}
    assert tried == switches("statement") - STATEMENTS_OF_THEIR_OWN
