"""The demo's insured: quotes, policies, one given up within its cooling-off, and a claim that two people of the desk decide."""

from datetime import datetime, timedelta
from typing import Any

from accounts.verification.id_numbers import read_id_number
from config.demo.acts import Intention, NotReady
from config.demo.cast import FINANCE, second_look
from config.demo.lives import Life, customer_of, ordered
from config.demo.products import product_of
from core.clock.queries import local_day
from wealth.insurance import queries, sweeps
from wealth.insurance.queries import InsurancePolicy
from wealth.insurance.services import applying, claiming, collecting, giving_back
from wealth.insurance.states import ApplicationState

DECIDED_AFTER = timedelta(days=1)
BILL = b"%PDF-1.4\n% the hospital's bill of the demo\n"


def insure(life: Life, wanted: Intention, at: datetime) -> None:
    """Quote, apply as oneself, and pay the first premium; what the rules refer waits for a person."""
    customer, product, said = customer_of(life), product_of(wanted), life.person
    born_on = read_id_number(said.id_number, today=local_day(at)).born_on
    facts: dict[str, Any] = {"cover_fen": wanted.amount_fen, "born_on": born_on, "answers": {"smoker": wanted.scene}}
    row = applying.quote(customer_id=customer.id, product_id=product.id, at=at, **facts)
    row = applying.apply(customer_id=customer.id, application_id=row.id, name=said.name, id_number=said.id_number, at=at)
    if row.state == ApplicationState.ACCEPTED:
        ordered(life, product.id, row.premium_fen, {"application_id": row.public_id}, at)


def policy_of(life: Life, wanted: Intention) -> InsurancePolicy:
    product = product_of(wanted)
    found = queries.own_policies(customer_of(life).id).filter(product_id=product.id).order_by("created_at", "id").first()
    if found is None:
        raise NotReady("has no such policy")
    return found


def auto_debit(life: Life, wanted: Intention, at: datetime) -> None:
    """Let the later premiums be taken from the balance."""
    collecting.set_auto_debit(customer_id=customer_of(life).id, policy_id=policy_of(life, wanted).id, on=True, at=at)


def cool_off(life: Life, wanted: Intention, at: datetime) -> None:
    """Give a policy up for what its page shows."""
    policy = policy_of(life, wanted)
    shown = giving_back.endable(policy, at)
    giving_back.end(customer_id=customer_of(life).id, policy_id=policy.id, shown_fen=shown.amount_fen, at=at)


def claim(life: Life, wanted: Intention, at: datetime) -> None:
    """Of what happened yesterday, with a bill."""
    customer, policy = customer_of(life), policy_of(life, wanted)
    happened = local_day(at) - timedelta(days=1)
    facts: dict[str, Any] = {"event_on": happened, "words": "骑车摔伤,门诊治疗。", "asked_fen": wanted.amount_fen}
    made = claiming.open_claim(customer_id=customer.id, policy_id=policy.id, at=at, **facts)
    claiming.hand_in(customer_id=customer.id, claim_id=made.id, name="bill.pdf", content=BILL, at=at)


def go_on(at: datetime) -> None:
    """What policies do by themselves, in every shard that has something due."""
    for shard in queries.due_shards(at):
        sweeps.go_on(shard=shard, at=at)


def decide(at: datetime) -> None:
    """The finance people approve what was claimed a day ago, in full."""
    for waiting in queries.open_claims().filter(created_at__lte=at - DECIDED_AFTER).order_by("created_at", "id"):
        payload = {"target": waiting.public_id, "why": "The bill was seen", "amount": waiting.asked_fen, "last": True}
        second_look(claiming.APPROVE, payload, "Bill and policy compared", at, people=FINANCE)
