"""What the ledger's tests stand on: an open business day and a book with roles made for tests."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from accounts.ledger import books
from accounts.ledger.accounts import AccountRef, owned_account, platform_account
from accounts.ledger.sockets import BOOKS, AssetLine, EventLine, GLLine, Lines, RoleLine
from core.business_day import services as business_day
from core.ids import new_id

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
BOOK = Lines(
    assets=[AssetLine("CAD", 2, "Canadian dollar", "加元"), AssetLine("USD", 2, "US dollar", "美元")],
    gl_codes=[GLLine("9001", "asset", "Test asset", "测试资产"), GLLine("9002", "liability", "Test liability", "测试负债"),
              GLLine("9003", "income", "Test income", "测试收入"), GLLine("9004", "income", "Test fee", "测试费用收入")],
    roles=[
        RoleLine("test:world", "asset", "9001", "World", "外部"),
        RoleLine("test:user", "liability", "9002", "User", "用户", floor=0),
        RoleLine("test:limit10", "liability", "9002", "Limit 10", "透支十", floor=-10),
        RoleLine("test:credit", "liability", "9002", "Credit", "授信", floor=-1000, hold_overdraft=True),
        RoleLine("test:capped", "liability", "9002", "Capped", "封顶", ceiling=0),
        RoleLine("test:free", "liability", "9002", "Free", "不限", ),
        RoleLine("test:hot", "income", "9003", "Hot", "热点", mode="buffered"),
        RoleLine("test:clearing", "asset", "9001", "Clearing", "清算", mode="buffered", clearing=True),
        RoleLine("test:wide", "liability", "9002", "Wide", "分片", mode="sharded", subs=8),
    ],
    events=[
        EventLine("test.moved", "Moved", "移动"),
        EventLine("test.charged", "Charged", "收费", gl={"test:hot": "9004"}),
        EventLine("test.reversed", "Reversed", "冲正"),
        EventLine("test.seized", "Seized", "扣划", passes_freeze=True),
        EventLine("test.forced", "Forced back", "强制冲正", forced=True),
    ],
)  # fmt: skip

BOOKS.plug("tests.ledger", BOOK)


@pytest.fixture
def ledger(db: None) -> None:
    """A database with an open business day."""
    books.install()
    business_day.open_first_day(at=AT)


def user(owner: UUID | None = None, role: str = "test:user", asset: str = "CNY") -> AccountRef:
    return owned_account(owner or new_id(), role, asset)


def world(asset: str = "CNY") -> AccountRef:
    return platform_account("test:world", asset)
