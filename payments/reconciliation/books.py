"""Reconciliation's part of the books."""

from accounts.ledger.sockets import EventLine, GLLine, Lines, RoleLine
from payments.reconciliation import journals

LINES = Lines(
    gl_codes=[
        GLLine("1012", "asset", "Money between own accounts", "自有账户间在途资金"),
        GLLine("6711", "expense", "Reconciliation variance", "对账差异"),
    ],
    roles=[
        RoleLine("variance:reconciliation", "expense", "6711", "Reconciliation variance", "对账差异", mode="buffered"),
        RoleLine("transit:sent_on", "asset", "1012", "Sent on to our bank", "渠道提现在途", mode="buffered", clearing=True),
    ],
    events=[
        EventLine(journals.SETTLED, "Payment settled by the channel", "渠道清算收款"),
        EventLine(journals.REFUNDED, "Refund settled by the channel", "渠道清算退款"),
        EventLine(journals.PAID_OUT, "Payout settled by the channel", "渠道清算付款"),
        EventLine(journals.FIXED, "Statement put right", "对账差异修正"),
        EventLine(journals.SENT_ON, "Sent on by the channel to our bank", "渠道提现转出"),
        EventLine(journals.ARRIVED, "Come in at our bank", "渠道提现到账"),
        EventLine(journals.CAME_BACK, "Returned payout settled by the channel", "渠道清算退票"),
    ],
)
