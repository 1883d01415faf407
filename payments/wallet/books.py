"""The wallet's event types. Money that comes back, or was taken from a card already, also reaches a frozen account."""

from accounts.ledger.sockets import EventLine, Lines
from payments.wallet import journals

LINES = Lines(
    events=[
        EventLine(journals.TOP_UP, "Top-up from a card", "充值", passes_freeze=True),
        EventLine(journals.TOP_UP_LATE, "Late top-up, to be refunded", "超时充值待退款"),
        EventLine(journals.TOP_UP_REFUND, "Late top-up refunded", "超时充值退款"),
        EventLine(journals.TOP_UP_CREDITED, "Late top-up credited", "超时充值入账", passes_freeze=True),
        EventLine(journals.WITHDRAWAL_SENT, "Withdrawal to a card", "提现"),
        EventLine(journals.WITHDRAWAL_PAID, "Withdrawal paid by the channel", "提现出款成功"),
        EventLine(journals.WITHDRAWAL_BACK, "Withdrawal given back", "提现退回", passes_freeze=True),
        EventLine(journals.WITHDRAWAL_UNCLAIMED, "Withdrawal came back to a closed account", "提现退回(账户已注销)"),
        EventLine(journals.PAID_BY_HAND, "Unapplied money paid out by hand", "待处理款项人工付款"),
        EventLine(journals.WITHDRAWAL_UNPAID, "Withdrawal returned by the bank", "提现退票"),
        EventLine(journals.TRANSFER, "Transfer", "转账"),
        EventLine(journals.TRANSFER_OUT, "Transfer, waiting for acceptance", "转账(待接收)"),
        EventLine(journals.TRANSFER_IN, "Transfer accepted", "转账已接收"),
        EventLine(journals.TRANSFER_BACK, "Transfer given back", "转账退回", passes_freeze=True),
    ],
)
