"""What `ledger_check` proves of settlements and payouts: each is booked by the journals it names, and these are of one."""

from accounts.ledger.booked import Booked, Named
from accounts.ledger.sockets import CHECKS
from payments.settlement import journals
from payments.settlement.models import MerchantPayout, Settlement

CHECKS.plug(
    "payments.settlement",
    Booked(
        "settlement",
        Named(Settlement, Settlement.PREFIX, "journal_id", (journals.CLOSED,)),
        Named(MerchantPayout, MerchantPayout.PREFIX, "sent_journal_id", (journals.SENT,)),
        Named(MerchantPayout, MerchantPayout.PREFIX, "paid_journal_id", (journals.PAID,)),
        Named(MerchantPayout, MerchantPayout.PREFIX, "back_journal_id", (journals.BACK,)),
    ),
)
