"""Payments as risk sees them (plugged into payments.risk): a scene of its rules, and nothing that ever waits for a person."""

from datetime import datetime
from uuid import UUID


class PaymentReviewed:
    """A payment is refused where another act would wait (`services.paying.admitted`), so no review of one is ever decided."""

    label, prefix = "payments.paymentorder", "ord"
    payee_label, payee_prefix = "payments.merchant", "mch"

    def released(self, *, business_id: UUID, at: datetime) -> None:
        raise AssertionError(f"{business_id}: no payment waits for a person")

    def refused(self, *, business_id: UUID, at: datetime) -> None:
        raise AssertionError(f"{business_id}: no payment waits for a person")
