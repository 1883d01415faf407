"""Settlement's account roles and event types."""

from accounts.ledger.sockets import EventLine, GLLine, Lines, RoleLine
from payments.settlement import journals

LINES = Lines(
    gl_codes=[
        GLLine("6051", "income", "Corrections with merchants, income", "商户调账收入"),
        GLLine("6712", "expense", "Corrections with merchants, expense", "商户调账支出"),
    ],
    roles=[
        RoleLine("transit:payout", "liability", "2202", "Merchant payouts in transit", "商户出款在途", mode="buffered", clearing=True),
        RoleLine("income:merchant", "income", "6051", "Taken from merchants by correction", "商户调账收入", mode="buffered"),
        RoleLine("expense:merchant", "expense", "6712", "Given to merchants by correction", "商户调账支出", mode="buffered"),
    ],
    events=[
        EventLine(journals.CLOSED, "Settlement of a business day", "商户日结算"),
        EventLine(journals.SENT, "Merchant payout", "商户出款"),
        EventLine(journals.BACK, "Merchant payout given back", "商户出款退回", passes_freeze=True),
        EventLine(journals.PAID, "Merchant payout paid by the channel", "商户出款成功"),
        EventLine(journals.UNPAID, "Merchant payout returned by the bank", "商户出款退票"),
        EventLine(journals.ADJUSTED, "Correction with a merchant", "商户调账"),
    ],
)
