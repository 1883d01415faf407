"""What becomes of transfers and withdrawals that waited for a person (plugged into payments.risk)."""

from datetime import datetime
from uuid import UUID

from payments.wallet.services import transfers, withdrawals


class TransferReviewed:
    """Released, a transfer goes on as if sent now; refused, it goes back to its payer."""

    label, prefix = "payments.transfer", "trf"
    payee_label, payee_prefix = "accounts.customer", "cus"

    def released(self, *, business_id: UUID, at: datetime) -> None:
        transfers.release(transfer_id=business_id, at=at)

    def refused(self, *, business_id: UUID, at: datetime) -> None:
        transfers.refuse(transfer_id=business_id, at=at)


class WithdrawalReviewed:
    """Released, a withdrawal is held as any other and sent; refused, its hold is freed."""

    label, prefix = "payments.withdrawal", "wdr"
    payee_label, payee_prefix = "payments.card", "crd"

    def released(self, *, business_id: UUID, at: datetime) -> None:
        withdrawals.let_go(withdrawal_id=business_id, at=at)

    def refused(self, *, business_id: UUID, at: datetime) -> None:
        withdrawals.refuse(withdrawal_id=business_id, at=at)
