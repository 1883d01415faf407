"""Products on sale, made as operators make them: drafted, handed in, approved by a second person."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, User

from core.approvals import services as approvals
from core.approvals.register import Payload
from core.clock import queries as clock
from core.errors import Invalid
from wealth.catalog.models import Product, ProductVersion
from wealth.catalog.services import drafting, reviewing
from wealth.catalog.sockets import KINDS, Outcome, Told

NUMBERS = count(1)
VALUES: dict[str, Any] = {
    "name_en": "Morning Dew money fund",
    "name_zh": "晨露货币",
    "risk": "R1",
    "yield_kind": "seven_day",
    "carry": "daily",
    "t0_cap_fen": 1_000_000,
    "minimum_fen": 1,
    "risk_text_en": "A money fund may lose value. Past income says nothing of income to come.",
    "risk_text_zh": "货币基金可能亏损,过往收益不代表未来表现。",
    "custodian": "Sandbox Bank",
    "licence": "SBX-0001",
}


class Plain:
    """A kind that the floor has never seen: 3 % a year, simple, to the fen."""

    RATE = Decimal("3.000")

    def refuse_terms(self, *, version: ProductVersion) -> None:
        if "forbidden" in version.terms:
            raise Invalid("terms", "This kind has no such term.", "该类型没有此条款。")

    def outcome(self, *, version: ProductVersion, amount_fen: int, days: int, at: datetime) -> Outcome | None:
        days = days if version.term_days is None else min(days, version.term_days)
        fee = amount_fen * version.buy_fee_bp // 10_000
        income = (amount_fen - fee) * 3 * days // 36_500
        return Outcome(amount_fen, days, income, fee, amount_fen - fee + income, self.RATE, None, certain=True)

    def way_out(self, *, version: ProductVersion) -> Told:
        return Told("At any time.", "随时可取。")

    def details(self, *, version: ProductVersion, at: datetime) -> Mapping[str, Any]:
        return {}


@contextmanager
def plugged(kind: str = "current") -> Iterator[None]:
    """The plain kind in the place of `kind`, for as long as the block runs; one that is plugged already stays."""
    if KINDS.get(kind) is not None:
        yield
        return
    KINDS.plug(kind, Plain())
    try:
        yield
    finally:
        KINDS.unplug(kind)


def staff(username: str, role: str) -> User:
    user, made = User.objects.get_or_create(username=username, defaults={"is_staff": True})
    if made:
        user.groups.set([Group.objects.get_or_create(name=role)[0]])
    return user


def by_two(act: str, payload: Payload, at: datetime) -> None:
    """A sensitive act on a product, proposed by one person and approved by another."""
    asked = approvals.propose(act=act, payload=payload, maker=staff("prod_maker", "marketing"), reason="as agreed", at=at)
    approvals.approve(approval_id=asked.id, checker=staff("prod_checker", "finance_checker"), at=at)


def draft(*, kind: str = "current", at: datetime | None = None, code: str = "", **values: Any) -> ProductVersion:
    at = at or clock.now()
    with plugged(kind):
        return drafting.draft(code=code or f"T{next(NUMBERS):06d}", kind=kind, issuer_code="sandbox_issuer", values=VALUES | values, at=at)


def publish(product: Product, at: datetime | None = None) -> Product:
    """Handed in by one person, approved by another."""
    at = at or clock.now()
    with plugged(product.kind):
        version = reviewing.hand_in(product_id=product.pk, at=at)
    by_two(reviewing.PUBLISH, {"target": product.public_id, "seen": reviewing.fingerprint(version)}, at)
    return Product.objects.select_related("current").get(pk=product.pk)


def on_sale(*, kind: str = "current", at: datetime | None = None, **values: Any) -> Product:
    """A product that customers can buy now."""
    return publish(draft(kind=kind, at=at, **values).product, at)
