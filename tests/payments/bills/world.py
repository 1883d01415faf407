"""Billers, people who owe them, and every job run to the end."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from accounts.identity.models import Customer
from core.clock import queries as clock
from core.outbox import services as outbox
from payments.bills import outbound, queries, services, sweeps
from payments.bills.models import Biller, BillPayment
from payments.bills.sandbox import NAME, SandboxBillers
from payments.bills.sockets import BILLERS
from payments.cashier import queries as cashier
from tests.factories import plugged
from tests.payments.cashier.world import BALANCE, pay, settle_cashier
from tests.payments.merchants.world import Program, program
from tests.payments.settle import once

HINT = {"account_hint_en": "8 to 12 digits.", "account_hint_zh": "8 至 12 位数字。"}


def a_biller(caller: Program | None = None, *, code: str = "") -> Biller:
    """The sandbox's water works, or one nobody knows."""
    caller = caller or program()
    return Biller.objects.create(
        merchant=caller.merchant, app=caller.app, category="water", name_en="Hangzhou Water", name_zh="杭州水务", system=NAME,
        code=code or uuid.uuid4().hex[:12], account_format="[0-9]{8,12}", **HINT,
    )  # fmt: skip


@contextmanager
def sandbox_billers() -> Iterator[None]:
    with plugged(BILLERS, SandboxBillers(), name=NAME):
        yield


def an_account(ending: str = "030") -> str:
    """An account nobody used in another test: what a biller was paid stays paid."""
    return f"{uuid.uuid4().int % 10**8:08d}{ending}"


def begun(who: Customer, biller: Biller, account_no: str) -> BillPayment:
    owed = outbound.owed(biller=biller, account_no=account_no)
    return services.begin(customer_id=who.id, biller=biller, account_no=account_no, owed=owed[0], at=clock.now())


def paid(who: Customer, bill: BillPayment) -> BillPayment:
    """Paid from the balance, and the news of it heard."""
    pay(who, cashier.order(bill.order_id), BALANCE, pin=True)
    outbox.run_pending(at=clock.now())
    return queries.payment(bill.id)


def go_on(at: datetime, *, rounds: int = 8) -> datetime:
    """Every job of bills, refunds and channels until nothing is due."""
    for _ in range(rounds):
        at = settle_cashier(at)
        once(at)
        moved = sum(sweeps.go_on(shard=shard, at=at) for shard in queries.due_shards(at))
        due = BillPayment.objects.filter(due_at__isnull=False).order_by("due_at").values_list("due_at", flat=True).first()
        if not moved and due is None:
            return at
        at = max(at + timedelta(seconds=1), due or at)
    return at
