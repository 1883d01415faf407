"""The ground floor of the books, and writing all plugged books into their tables."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from accounts.ledger.models import AccountRole, EventType, GLCode, GLRule, LedgerAsset
from accounts.ledger.sockets import BOOKS, AssetLine, EventLine, GLLine, Lines, RoleLine

BEGINNING = date(1970, 1, 1)

GROUND = Lines(
    assets=[AssetLine("CNY", 2, "Renminbi", "人民币"), AssetLine("POINTS", 0, "Points", "积分")],
    gl_codes=[
        GLLine("1001", "asset", "Bank deposits", "银行存款"),
        GLLine("1122", "asset", "Channel clearing", "渠道待清算"),
        GLLine("2201", "liability", "Customer balances", "客户备付金"),
        GLLine("2202", "liability", "Money in transit", "在途资金"),
        GLLine("2241", "liability", "Unapplied receipts", "待处理款项"),
        GLLine("3001", "equity", "Capital", "实收资本"),
        GLLine("6021", "income", "Fees and commissions", "手续费及佣金收入"),
        GLLine("6421", "expense", "Channel fees", "渠道手续费支出"),
    ],
    roles=[
        RoleLine("user:balance", "liability", "2201", "Customer balance", "客户余额", floor=0),
        RoleLine("clearing:channel", "asset", "1122", "Channel clearing", "渠道清算", mode="buffered", clearing=True),
        RoleLine("asset:bank", "asset", "1001", "Bank deposit", "银行存款", mode="buffered"),
        RoleLine("transit:withdraw", "liability", "2202", "Withdrawals in transit", "提现在途", mode="buffered", clearing=True),
        RoleLine("transit:transfer", "liability", "2202", "Transfers in transit", "转账在途", mode="buffered", clearing=True),
        RoleLine("payable:unapplied", "liability", "2241", "Unapplied receipts", "待处理款项", mode="buffered", clearing=True),
        RoleLine("income:fee", "income", "6021", "Fee income", "手续费收入", mode="buffered"),
        RoleLine("expense:channel_fee", "expense", "6421", "Channel fees", "渠道手续费", mode="buffered"),
        RoleLine("equity:capital", "equity", "3001", "Capital", "实收资本", mode="buffered"),
    ],
    events=[
        EventLine("ledger.adjusted", "Adjustment", "调账"),
        EventLine("ledger.reversed", "Reversal", "冲正"),
        EventLine("ledger.reversed_by_force", "Forced reversal", "强制冲正", forced=True),
    ],
)


SEEN_EVENTS: set[str] = set()


def knows_event(event: str) -> bool:
    """Whether any plugged book declares this event type; what was found once is not looked for again."""
    if event not in SEEN_EVENTS:
        SEEN_EVENTS.update(line.event for book in BOOKS for line in book.events)
    return event in SEEN_EVENTS


@transaction.atomic
def install() -> None:
    """Write the lines of every plugged book that have no row yet; rows that exist are the operators' and stay as they are."""
    books = list(BOOKS)
    LedgerAsset.objects.bulk_create(
        [LedgerAsset(code=a.code, scale=a.scale, name_en=a.en, name_zh=a.zh) for book in books for a in book.assets], ignore_conflicts=True
    )
    GLCode.objects.bulk_create(
        [GLCode(code=g.code, kind=g.kind, name_en=g.en, name_zh=g.zh) for book in books for g in book.gl_codes], ignore_conflicts=True
    )
    install_roles([line for book in books for line in book.roles])
    install_events([line for book in books for line in book.events])


def install_roles(lines: list[RoleLine]) -> None:
    AccountRole.objects.bulk_create(
        [
            AccountRole(
                role=line.role, kind=line.kind, name_en=line.en, name_zh=line.zh, mode=line.mode, subs=line.subs, floor=line.floor,
                ceiling=line.ceiling, hold_overdraft=line.hold_overdraft, clearing=line.clearing,
            )
            for line in lines
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    install_rules([(line.role, "", line.gl_code) for line in lines])


def install_events(lines: list[EventLine]) -> None:
    EventType.objects.bulk_create(
        [
            EventType(event=line.event, name_en=line.en, name_zh=line.zh, forced=line.forced, passes_freeze=line.passes_freeze)
            for line in lines
        ],
        ignore_conflicts=True,
    )
    install_rules([(role, line.event, code) for line in lines for role, code in line.gl.items()])


def install_rules(rules: Iterable[tuple[str, str, str]]) -> None:
    """First versions only: a (role, event) that has any rule keeps its own."""
    written = set(GLRule.objects.values_list("role_id", "event"))
    GLRule.objects.bulk_create(
        [
            GLRule(role_id=role, event=event, gl_code_id=code, valid_from=BEGINNING)
            for role, event, code in rules
            if (role, event) not in written
        ],
        ignore_conflicts=True,
    )
