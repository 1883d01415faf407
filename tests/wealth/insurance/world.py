"""Insurance on sale, the insured, and every job of insurance run to the end of a day."""

import base64
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from accounts.identity.models import Customer
from core.approvals import services as approvals
from core.clock import queries as clock
from core.clock import services as moving
from core.clock.queries import start_of_day
from core.ids import new_id, parse_public_id
from core.moves import advance
from core.outbox import services as outbox
from payments.cashier import queries as cashier
from tests.factories import id_number
from tests.payments.cashier.world import BALANCE, assert_settled, pay, settle_cashier
from tests.wealth.catalog.products import on_sale
from tests.wealth.catalog.products import staff as operator
from tests.wealth.orders.world import FEN, api, confirm_all, order_of, paid, reject_all, saver
from tests.wealth.orders.world import go_on as orders_go_on
from wealth.catalog.models import Product
from wealth.insurance import queries, sweeps
from wealth.insurance.held import Policies
from wealth.insurance.models import ClaimFile, InsuranceClaim, InsurancePolicy, PolicyBeneficiaries, PolicyDocument, PolicyPremium
from wealth.insurance.services import applying, claiming
from wealth.insurance.states import APPLICATION_MOVES, CLAIM_MOVES, POLICY_MOVES
from wealth.orders.services import asking, buying

BORN_ON = date(1990, 3, 7)
COVER = 1_000_000
PREMIUM = 10_000
QUESTIONS = [
    {
        "code": "smoker",
        "en": "Do you smoke?",
        "zh": "您是否吸烟?",
        "answers": [
            {"code": "no", "en": "No", "zh": "否", "decision": "accept"},
            {"code": "yes", "en": "Yes", "zh": "是", "decision": "load", "bp": 2500},
            {"code": "heavily", "en": "Heavily", "zh": "大量", "decision": "refer"},
            {"code": "always", "en": "Always", "zh": "一直", "decision": "decline"},
        ],
    }
]
TERMS: dict[str, Any] = {
    "cover": {"least_fen": 100_000, "most_fen": 10_000_000, "step_fen": 100_000},
    "ages": [{"from": 18, "below": 40, "rate_bp": 100}, {"from": 40, "below": 66, "rate_bp": 250}],
    "payments": 12,
    "every_months": 1,
    "cooling_off_days": 15,
    "kept_fee_fen": 1_000,
    "grace_days": 10,
    "reinstatement_days": 30,
    "quote_days": 7,
    "refund": {"rule": "pro_rata", "loading_bp": 0},
    "questions": QUESTIONS,
}
VALUES: dict[str, Any] = {
    "name_en": "Term life",
    "name_zh": "定期寿险",
    "yield_kind": "none",
    "carry": "",
    "t0_cap_fen": 0,
    "term_days": 365,
}
PDF = base64.b64encode(b"%PDF-1.4 a bill").decode()


def insurance(**terms: Any) -> Product:
    return on_sale(kind="insurance", **VALUES, terms=TERMS | terms)


def quoted(who: Customer, product: Product, answer: str = "no", **facts: Any) -> dict[str, Any]:
    asked = {"product_id": product.public_id, "cover": COVER, "born_on": BORN_ON.isoformat(), "answers": {"smoker": answer}}
    made = api(who, "post", "insurance/quotes", asked | facts)
    assert made.status_code == 201, made.json()
    found: dict[str, Any] = made.json()
    return found


def applied(who: Customer, quote: dict[str, Any]) -> dict[str, Any]:
    insured = {"quote_id": quote["id"], "insured_name": "林小满", "insured_id_number": id_number(7, BORN_ON)}
    made = api(who, "post", "insurance/applications", insured)
    assert made.status_code == 201, made.json()
    found: dict[str, Any] = made.json()
    return found


def order(who: Customer, product: Product, application: dict[str, Any]) -> Any:
    asked = {"product_id": product.public_id, "amount": application["premium"], "details": {"application_id": application["id"]}}
    return api(who, "post", "orders", asked)


def insured(product: Product, fen: int = FEN, *, auto_debit: bool = False) -> tuple[Customer, InsurancePolicy]:
    """A customer with `fen` who bought a policy, confirmed today."""
    who = saver(fen)
    made = order(who, product, applied(who, quoted(who, product)))
    assert made.status_code == 201, made.json()
    row = paid(who, order_of(made.json()))
    be_at(row.cut_at)
    orders_go_on(row.cut_at)
    confirm_all(row.cut_at)
    policy = queries.own_policies(who.id).get()
    if auto_debit:
        done = api(who, "post", f"insurance/policies/{policy.public_id}/auto-debit", {"on": True})
        assert done.status_code == 200, done.json()
    return who, policy


def once_insured(who: Customer, product: Product) -> ClaimFile:
    """Rows of a policy that is over, with all that is personal in them; no money moved."""
    at, today = clock.now(), clock.local_day(clock.now())
    row = applying.quote(customer_id=who.id, product_id=product.id, cover_fen=COVER, born_on=BORN_ON, answers={"smoker": "no"}, at=at)
    row = applying.apply(customer_id=who.id, application_id=row.id, name="林小满", id_number=id_number(7, BORN_ON), at=at)
    advance(row, "ordered", moves=APPLICATION_MOVES, at=at, order_id=new_id())
    advance(row, "issued", moves=APPLICATION_MOVES, at=at)
    days = {"starts_on": today, "ends_on": today + timedelta(days=365), "receipt_on": today, "cooling_until": today, "due_on": today}
    of = {"customer_id": who.id, "shard": row.shard, "created_at": at}
    policy = InsurancePolicy(
        id=new_id(), application=row, product=product, version=row.version, number=row.public_id[4:], order_id=row.order_id, changed_at=at,
        cover_fen=COVER, premium_fen=PREMIUM, documented=True, **of, **days,
    )  # fmt: skip
    policy.save(force_insert=True)
    advance(policy, "ending", moves=POLICY_MOVES, at=at, due_on=None, resumes="cooling_off")
    advance(policy, "withdrawn", moves=POLICY_MOVES, at=at, ended_on=today, resumes="")
    PolicyBeneficiaries(id=new_id(), policy=policy, number=1, shares_bp=10_000, people="[]", **of).save(force_insert=True)
    PolicyDocument(policy=policy, sha256="a" * 64, size=1, content_base64=PDF, **of).save(force_insert=True)
    claim = InsuranceClaim(id=new_id(), policy=policy, event_on=today, words="It broke.", asked_fen=1, changed_at=at, **of)
    claim.save(force_insert=True)
    advance(claim, "withdrawn", moves=CLAIM_MOVES, at=at)
    facts = {"content_type": "application/pdf", "sha256": "a" * 64, "size": 1}
    file = ClaimFile(id=new_id(), claim=claim, number=1, name="bill.pdf", content_base64=PDF, **facts, **of)
    file.save(force_insert=True)
    return file


def has_all(who: Customer, product: Product) -> dict[str, str]:
    """A quote, a policy, its next premium and a claim of somebody's who has money, by the names their ids have in the API."""
    at, cover = clock.now(), {"product_id": product.id, "cover_fen": COVER, "born_on": BORN_ON, "answers": {"smoker": "no"}}
    free, used = (applying.quote(customer_id=who.id, at=at, **cover) for _ in range(2))
    applying.apply(customer_id=who.id, application_id=used.id, name="林小满", id_number=id_number(7, BORN_ON), at=at)
    details = {"application_id": used.public_id}
    made = buying.buy(customer_id=who.id, product_id=product.id, amount_fen=used.premium_fen, details=details, at=at)
    assert made.cashier_order_id is not None
    pay(who, cashier.order(made.cashier_order_id), BALANCE)
    asking.submit(order_id=made.id, at=made.cut_at)
    confirm_all(at)
    policy = queries.own_policies(who.id).get()
    claim = InsuranceClaim(id=new_id(), policy=policy, customer_id=who.id, shard=policy.shard, event_on=policy.starts_on)
    claim.words, claim.asked_fen, claim.created_at, claim.changed_at = "It broke.", 100, at, at
    claim.save(force_insert=True)
    return {
        "quote_id": free.public_id,
        "application_id": free.public_id,
        "policy_id": policy.public_id,
        "premium_id": premium(policy, 2).public_id,
        "claim_id": claim.public_id,
    }


def day(on: date, hours: int = 9) -> datetime:
    return start_of_day(on) + timedelta(hours=hours)


def be_at(at: datetime) -> None:
    """The clock of the installation, moved on."""
    moving.move_to(at=at)


def sweep(at: datetime) -> None:
    """Everything that insurance does by itself until nothing is due."""
    for _ in range(5):
        if not sum(sweeps.go_on(shard=shard, at=at) for shard in queries.due_shards(at)):
            break
    settle_cashier(at)
    outbox.run_pending(at=at)


def answered(at: datetime, *, fee_fen: int = 0) -> None:
    """The sweep, the insurer's yes to all it was asked, and what follows."""
    sweep(at)
    confirm_all(at, fee_fen=fee_fen)
    sweep(at)


def refused(at: datetime, code: str = "NOT_AGREED") -> None:
    sweep(at)
    reject_all(at, code=code)
    sweep(at)


def fresh(policy: InsurancePolicy) -> InsurancePolicy:
    return queries.policy(policy.id)


def of_day(on: Any) -> list[tuple[int, int, int, int]]:
    """What is kept of every customer's policies of a day: value, paid in, paid out, income."""
    with connection.cursor() as cursor:
        cursor.execute(Policies().day_sql(), {"day": on, "low": 0, "high": 100_000})
        return [row[3:] for row in cursor.fetchall()]


def premium(policy: InsurancePolicy, number: int) -> PolicyPremium:
    return PolicyPremium.objects.get(policy=policy, number=number)


def by_hand(who: Customer, row: PolicyPremium, *, at: datetime | None = None) -> None:
    """Paid at the cashier from the balance."""
    made = api(who, "post", f"insurance/premiums/{row.public_id}/pay")
    assert made.status_code == 201, made.json()
    pay(who, cashier.order(parse_public_id("ord", made.json()["pay_order_id"])), BALANCE, pin=True, at=at)


def decided(act: str, claim: str, **payload: Any) -> Any:
    """Proposed by one person, approved by another."""
    maker, checker = (operator(name, role) for name, role in (("mo", "finance_maker"), ("cy", "finance_checker")))
    at = clock.now()
    facts = {"target": claim, "why": "as the bill says"} | payload
    asked = approvals.propose(act=act, payload=facts, maker=maker, reason="seen by us", at=at)
    return approvals.approve(approval_id=asked.id, checker=checker, at=at)


def approved(claim: str, amount: int, *, last: bool = True) -> Any:
    return decided(claiming.APPROVE, claim, amount=amount, last=last)


def assert_whole() -> None:
    """The books balance, every proof finds nothing, and nothing is under way at the cashier."""
    assert_settled()
