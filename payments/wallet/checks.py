"""What `ledger_check` proves of the wallet's orders: each is booked by the journals it names, and these are of an order."""

from accounts.ledger.booked import Booked, Named
from accounts.ledger.sockets import CHECKS
from payments.wallet import journals
from payments.wallet.models import TopUp, Transfer, Withdrawal

CHECKS.plug(
    "payments.wallet",
    Booked(
        "wallet",
        Named(TopUp, TopUp.PREFIX, "journal_id", (journals.TOP_UP, journals.TOP_UP_LATE)),
        Named(TopUp, TopUp.PREFIX, "credit_journal_id", (journals.TOP_UP_CREDITED,)),
        Named(TopUp, TopUp.PREFIX, "hand_journal_id", (journals.PAID_BY_HAND,)),
        Named(Withdrawal, Withdrawal.PREFIX, "sent_journal_id", (journals.WITHDRAWAL_SENT,)),
        Named(Withdrawal, Withdrawal.PREFIX, "paid_journal_id", (journals.WITHDRAWAL_PAID,)),
        Named(Withdrawal, Withdrawal.PREFIX, "back_journal_id", (journals.WITHDRAWAL_BACK, journals.WITHDRAWAL_UNCLAIMED)),
        Named(Withdrawal, Withdrawal.PREFIX, "hand_journal_id", (journals.PAID_BY_HAND,)),
        Named(Transfer, Transfer.PREFIX, "id", (journals.TRANSFER, journals.TRANSFER_OUT)),
        Named(Transfer, Transfer.PREFIX, "closing_journal_id", (journals.TRANSFER_IN, journals.TRANSFER_BACK)),
    ),
)
