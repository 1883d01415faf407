"""The way out: asking the channel about an order that is written down already. Outside any transaction."""

import uuid
from datetime import datetime

from payments.channels import sending
from payments.channels import services as channels
from payments.wallet import queries
from payments.wallet.models import TopUp, Withdrawal
from payments.wallet.services import top_ups, withdrawals


def ask_top_up(*, top_up_id: uuid.UUID, at: datetime) -> TopUp:
    """Send the payment, once, at the next channel too while there is time, and return the order as it then stands: the answer may still
    be owed, and so may the call itself while too many of this process hang (the worker makes it)."""
    sending.send_on(current=lambda: queries.waiting_top_up(top_up_id), at=at)
    return top_ups.note_processing(top_up_id=top_up_id, at=at)


def send_withdrawal(*, withdrawal_id: uuid.UUID, at: datetime) -> Withdrawal:
    """Capture and place what is held, send the payout (or leave it to the worker while too many calls of this process hang), once, at
    the next channel too while there is time, and return the withdrawal as it then stands."""
    withdrawal = withdrawals.dispatch(withdrawal_id=withdrawal_id, at=at)
    asked = sending.send_on(current=lambda: queries.waiting_payout(withdrawal_id), at=at)
    return queries.withdrawal(withdrawal_id) if asked else withdrawal


def give_up_top_up(*, top_up_id: uuid.UUID, at: datetime) -> TopUp:
    """End an order that waited long enough: close it at the channel first; whatever that says, it is over here after."""
    request_id = queries.top_up(top_up_id).request_id
    channels.close(request_id=request_id, at=at)
    return top_ups.give_up(top_up_id=top_up_id, closed_id=request_id, at=at)
