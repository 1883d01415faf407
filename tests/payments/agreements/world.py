"""Agreements proposed, signed with a PIN, and deductions of them tried at their time."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from accounts.identity.models import Customer
from core.clock import queries as clock
from core.clock.queries import local_day
from core.outbox import services as outbox
from payments.agreements import outbound
from payments.agreements.models import Agreement, AgreementTerms, Deduction
from payments.agreements.periods import Plan
from payments.agreements.services import deducting, signing
from payments.agreements.services.signing import NewAgreement
from payments.cashier.services.orders import NewOrder
from payments.merchants.states import Scene
from tests.payments.cashier.world import Shop
from tests.payments.wallet.world import proven
from tests.rules import newer


def today() -> date:
    return local_day(clock.now())


def weekly(first_on: date | None = None) -> Plan:
    return Plan("day", first_on or today(), 7)


def proposed(where: Shop, *, cap: int = 5_000, total: int | None = None, plan: Plan | None = None, number: str = "") -> Agreement:
    wanted = NewAgreement(number or uuid.uuid4().hex, "Tea of the week", cap, total, plan or weekly())
    return signing.propose(app=where.app, wanted=wanted, at=clock.now())


def sign(who: Customer, row: Agreement, methods: tuple[tuple[str, str], ...] = (("balance", ""),)) -> Agreement:
    given = proven(who, amount_fen=row.cap_fen, payee=row.public_id, purpose=signing.PURPOSE)
    return signing.sign(intent=given, agreement_id=row.id, methods=list(methods), at=clock.now())


def signed(where: Shop, who: Customer, methods: tuple[tuple[str, str], ...] = (("balance", ""),), **facts: Any) -> Agreement:
    return sign(who, proposed(where, **facts), methods)


def wanted(fen: int, number: str = "") -> NewOrder:
    return NewOrder(out_trade_no=number or uuid.uuid4().hex, amount_fen=fen, subject="Tea", scene=Scene.DEDUCTION)


def ask(where: Shop, row: Agreement, fen: int, *, number: str = "", at: datetime | None = None) -> Deduction:
    return deducting.ask(app=where.app, agreement_id=row.id, wanted=wanted(fen, number), at=at or clock.now())


def debit(deduction: Deduction, *, at: datetime | None = None) -> Deduction:
    """Try it when it is due, and let its news be heard."""
    deduction.refresh_from_db()
    found = outbound.debit(deduction_id=deduction.id, at=at or deduction.next_at + timedelta(seconds=1))
    hear()
    found.refresh_from_db()
    return found


def hear() -> None:
    outbox.run_pending(at=clock.now() + timedelta(days=8))


def terms(**changes: int) -> AgreementTerms:
    return newer(AgreementTerms.objects.latest("starts_at"), **changes)
