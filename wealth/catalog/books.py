"""The account roles of products, and the journals that move them.

| no | event | debit -> credit |
| --- | --- | --- |
| W2 | wealth.confirmed | product:payments -> product:holdings, and income:product_fee |
| W3 | wealth.income | product:issuer -> product:holdings; the other way for a loss |
| W4 | wealth.redeemed | product:holdings -> product:payouts, and income:product_fee |
| W7 | wealth.fast_settled | product:holdings -> product:advance |
| W8 | wealth.sent | product:issuer -> asset:bank, or back: what a day's orders come to |
"""

from accounts.ledger.sockets import GLLine, Lines, RoleLine
from wealth.catalog import accounts

LINES = Lines(
    gl_codes=[
        GLLine("1123", "asset", "Money at issuers", "存放发行机构款项"),
        GLLine("1124", "asset", "Advanced for fast redemptions", "快速赎回垫资"),
        GLLine("2205", "liability", "Paid for products, not confirmed", "申购待确认款"),
        GLLine("2206", "liability", "Customers' money at products", "客户理财资金"),
        GLLine("2207", "liability", "Redeemed, not paid out", "赎回待付款"),
        GLLine("6022", "income", "Product fees", "理财手续费收入"),
    ],
    roles=[
        RoleLine(accounts.PAYMENTS, "liability", "2205", "Product: to be confirmed", "产品待确认", floor=0),
        RoleLine(accounts.HOLDINGS, "liability", "2206", "Product: holdings", "产品持有", mode="buffered"),
        RoleLine(accounts.PAYOUTS, "liability", "2207", "Product: to be paid out", "产品待付款", mode="buffered"),
        RoleLine(accounts.ISSUER, "asset", "1123", "Product: at its issuer", "产品存放发行机构", mode="buffered"),
        RoleLine(accounts.ADVANCE, "asset", "1124", "Product: advanced", "产品垫资", mode="buffered"),
        RoleLine(accounts.FEES, "income", "6022", "Product fees", "理财手续费", mode="buffered"),
    ],
)
