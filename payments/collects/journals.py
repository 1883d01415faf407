"""The legs of the one journal of a collect, with the share's id as reference.

1 a share paid: user:balance of the payer -> user:balance of the organiser. It passes through no transit: it is paid, or it is not.
"""

import uuid

from accounts.ledger.accounts import customer_account
from accounts.ledger.legs import Leg, credit, debit

PAID = "collect.paid"


def paid(*, payer_id: uuid.UUID, organiser_id: uuid.UUID, share_fen: int) -> list[Leg]:
    """Journal 1."""
    return [debit(customer_account(payer_id), share_fen), credit(customer_account(organiser_id), share_fen)]
