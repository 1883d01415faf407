"""What `ledger_check` proves of payment orders: each is booked by the journals it names, and these are of an order."""

from accounts.ledger.booked import Booked, Named
from accounts.ledger.sockets import CHECKS
from payments.cashier import journals
from payments.cashier.models import PaymentOrder

CHECKS.plug(
    "payments.cashier",
    Booked(
        "cashier",
        Named(PaymentOrder, PaymentOrder.PREFIX, "journal_id", (journals.PAID,)),
        Named(PaymentOrder, PaymentOrder.PREFIX, "late_journal_id", (journals.LATE,)),
        Named(PaymentOrder, PaymentOrder.PREFIX, "hand_journal_id", (journals.BY_HAND,)),
    ),
)
