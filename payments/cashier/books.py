"""The cashier's event types."""

from accounts.ledger.sockets import EventLine, Lines
from payments.cashier import journals

LINES = Lines(
    events=[
        EventLine(journals.PAID, "Payment to a merchant", "付款给商户"),
        EventLine(journals.LATE, "Payment after its order was closed, to be refunded", "订单关闭后付款待退款"),
        EventLine(journals.LATE_BACK, "Payment after its order was closed, refunded", "订单关闭后付款已退款"),
        EventLine(journals.BY_HAND, "Payment after its order was closed, paid out by hand", "订单关闭后付款人工退款"),
    ],
)
