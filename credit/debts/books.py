"""The roles and event types of debts."""

from accounts.ledger.sockets import EventLine, GLLine, Lines, RoleLine
from credit.debts import accounts, journals
from credit.debts.states import Toward

CHARGES, INCOME = accounts.CHARGES, accounts.INCOME
LINES = Lines(
    gl_codes=[
        GLLine("1301", "asset", "Loans: principal", "贷款本金"),
        GLLine("1302", "asset", "Loans: interest, fees and penalties to come in", "应收贷款息费"),
        GLLine("6011", "income", "Interest of loans", "贷款利息收入"),
        GLLine("6012", "income", "Fees of loans", "贷款手续费收入"),
        GLLine("6013", "income", "Penalties of loans", "贷款罚息收入"),
    ],
    roles=[
        RoleLine(accounts.PRINCIPAL, "asset", "1301", "Loan: principal", "贷款本金", ceiling=0),
        RoleLine(CHARGES[Toward.INTEREST], "asset", "1302", "Loan: interest", "应收利息", mode="buffered"),
        RoleLine(CHARGES[Toward.FEE], "asset", "1302", "Loan: fees", "应收手续费", mode="buffered"),
        RoleLine(CHARGES[Toward.PENALTY], "asset", "1302", "Loan: penalties", "应收罚息", mode="buffered"),
        RoleLine(INCOME[Toward.INTEREST], "income", "6011", "Interest of loans", "贷款利息收入", mode="buffered"),
        RoleLine(INCOME[Toward.FEE], "income", "6012", "Fees of loans", "贷款手续费收入", mode="buffered"),
        RoleLine(INCOME[Toward.PENALTY], "income", "6013", "Penalties of loans", "贷款罚息收入", mode="buffered"),
    ],
    events=[
        EventLine(journals.DRAWN, "Money lent to a customer", "借款放款"),
        EventLine(journals.COME_UP, "Interest, fees and penalties of a day", "当日息费计提"),
        EventLine(journals.REPAID, "Debt repaid", "还款"),
    ],
)
