"""The merchants' account roles. None may fall below zero: what a merchant owes beyond what it has is an operator's case, not a balance."""

from accounts.ledger.sockets import GLLine, Lines, RoleLine
from payments.merchants import accounts

LINES = Lines(
    gl_codes=[
        GLLine("2203", "liability", "Payable to merchants", "应付商户款"),
        GLLine("2204", "liability", "Merchants' money kept back", "商户保证金及冻结款"),
    ],
    roles=[
        RoleLine(accounts.PENDING, "liability", "2203", "Merchant: to be settled", "商户待结算", floor=0),
        RoleLine(accounts.AVAILABLE, "liability", "2203", "Merchant: to be paid out", "商户可提现", floor=0),
        RoleLine(accounts.RESERVE, "liability", "2204", "Merchant: reserve", "商户保证金", floor=0),
        RoleLine(accounts.FROZEN, "liability", "2204", "Merchant: frozen in disputes", "商户争议冻结", floor=0),
    ],
)
