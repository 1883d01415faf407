"""A platform connected to the real sandbox issuer, and a room that hears what became of its requests."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.ledger import books
from accounts.ledger.models import AccountRole, GLCode
from accounts.ledger.queries import balance
from accounts.ledger.sockets import RoleLine
from core.clock import queries as clock
from core.errors import DomainError
from core.work.models import WorkItem
from tests.sandbox_issuer import SandboxIssuer
from wealth.issuers import journals, services
from wealth.issuers.models import IssuerFile, IssuerRequest
from wealth.issuers.sandbox_issuer.connect import ISSUER, connect
from wealth.issuers.services import receiving, sending, settling
from wealth.issuers.sockets import QUOTES, TOLD

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
PRODUCT = "BYCASH01"
BUSINESS = "test.order"
SHARD = 7


class NotNow(DomainError):
    code = "test_not_now"
    en = "Not now."
    zh = "暂不可用。"


@dataclass
class Listener:
    """What it was told, in order; `refuses` makes it refuse that often."""

    heard: list[tuple[str, uuid.UUID]] = field(default_factory=list)
    refuses: int = 0

    def confirmed(self, *, request: IssuerRequest, at: datetime) -> None:
        self.hear("confirmed", request)

    def rejected(self, *, request: IssuerRequest, at: datetime) -> None:
        self.hear("rejected", request)

    def hear(self, word: str, request: IssuerRequest) -> None:
        if self.refuses:
            self.refuses -= 1
            raise NotNow()
        self.heard.append((word, request.id))


@dataclass
class Taker:
    """The quotes it was told; `refuses` makes it refuse that often."""

    told: list[tuple[str, date, Decimal, int]] = field(default_factory=list)
    refuses: int = 0

    def quoted(self, *, product_code: str, day: date, income_per_10k: Decimal, revision: int, at: datetime) -> None:
        if self.refuses:
            self.refuses -= 1
            raise NotNow()
        self.told.append((product_code, day, income_per_10k, revision))


@contextmanager
def listening() -> Iterator[tuple[Listener, Taker]]:
    """A room of requests and a taker of quotes, alone, for the time of a block."""
    listener, taker = Listener(), Taker()
    kept, takers = dict(TOLD.plugs), dict(QUOTES.plugs)
    QUOTES.plugs.clear()
    TOLD.plugs[BUSINESS], QUOTES.plugs["test"] = listener, taker
    try:
        yield listener, taker
    finally:
        TOLD.plugs.clear()
        TOLD.plugs.update(kept)
        QUOTES.plugs.clear()
        QUOTES.plugs.update(takers)


def connect_platform(issuer: SandboxIssuer, settings: Any) -> str:
    """Register the platform under a party of its own, on a Monday morning; the party."""
    settings.SANDBOX_ISSUER_URL = issuer.base_url
    party = f"banyan-{uuid.uuid4().hex[:12]}"
    connect(party=party, at=on(MONDAY))
    issuer.now(f"{MONDAY}T09:00:00")
    return party


def open_books() -> None:
    """The product's account at its issuer, where no catalogue has brought it."""
    if not AccountRole.objects.filter(role=journals.ISSUER_ROLE).exists():
        GLCode.objects.get_or_create(code="1123", defaults={"kind": "asset", "name_en": "Money at issuers", "name_zh": "存放发行机构款项"})
        books.install_roles([RoleLine(journals.ISSUER_ROLE, "asset", "1123", "At its issuer", "存放发行机构", mode="buffered")])


def on(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """An instant of a day in Shanghai."""
    return clock.start_of_day(day) + timedelta(hours=hour, minutes=minute)


def submit(
    operation: str = "subscribe", fen: int = 100_00, *, product: uuid.UUID | None = None, at: datetime | None = None, **facts: Any
) -> IssuerRequest:
    """One request of a new row."""
    asked: dict[str, Any] = {"amount_fen": None, "units_fen": None}
    asked |= {"subscribe": {"amount_fen": fen}, "redeem": {"units_fen": fen}, "cancel": {}}[operation]
    values: dict[str, Any] = {
        "business": BUSINESS,
        "business_id": uuid.uuid4(),
        "issuer_code": ISSUER,
        "operation": operation,
        "product_id": product or uuid.uuid4(),
        "product_code": PRODUCT,
        "trade_on": MONDAY,
        "shard": SHARD,
        "at": at or on(MONDAY),
    }
    return services.submit(**asked | values | facts)


def sent(operation: str = "subscribe", fen: int = 100_00, **facts: Any) -> IssuerRequest:
    """A request that left; as it then stands."""
    request = submit(operation, fen, **facts)
    return sending.send(request_id=request.id, at=request.created_at)


def fetched(issuer: SandboxIssuer, day: date = TUESDAY, hour: int = 1) -> IssuerFile:
    """The file of a day, fetched on its morning and its lines and money settled as far as they are."""
    issuer.now(f"{day}T{hour:02}:00:00")
    receive(day, hour)
    while settling.settle_due(at=on(day, hour)):
        """One call deals with a file's lines up to a number."""
    return IssuerFile.objects.get(issuer_id=ISSUER, day=day)


def receive(day: date = TUESDAY, hour: int = 1, minute: int = 0) -> int:
    receiving.expect(at=on(day, hour, minute))
    return receiving.fetch_due(at=on(day, hour, minute))


def again(request: IssuerRequest) -> IssuerRequest:
    request.refresh_from_db()
    return request


def at_issuer(product: uuid.UUID) -> int:
    """A product's money at its issuer, as assets are read: positive is ours."""
    return -balance(journals.at_issuer(product)).posted


def items() -> list[str]:
    """The kinds of work that wait."""
    return sorted(WorkItem.objects.filter(finished_at=None).values_list("kind", flat=True))
