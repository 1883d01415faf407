"""The authorisation matrix, the ids that a body names: another's card, shop, order or agreement is as unknown as one that is not.

Every id of an operation's example is walked, however deep it stands; a prefix that is in no list below fails here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from core.clock import queries as clock
from core.ids import new_id, public_id
from payments.agreements.periods import Plan
from payments.agreements.services import signing
from payments.agreements.services.signing import NewAgreement
from payments.cashier.models import PaymentOrder
from payments.cashier.services import orders, paying
from payments.cashier.services.funding import Pick
from payments.cashier.services.orders import NewOrder
from payments.qr.services import showing
from tests import factories
from tests.api.operations import Operation, operations
from tests.api.test_authorisation import call, client_of
from tests.api.test_signed_authorisation import Programs
from tests.api.world import PREFIXES, Place, World, build_world, foreign_ids, ids_in, put
from tests.payments.merchants.world import program
from tests.payments.wallet.world import intent
from tests.sandbox_bank import SandboxBank
from tests.wealth.catalog import products

pytestmark = pytest.mark.django_db(transaction=True)

# Named by anybody on purpose: whom to pay, whose code to scan, which biller to look a bill up at, which product to buy,
# which offer of a holding, which questionnaire to answer. A proof is no
# id but a secret.
ANYBODYS = {"cus", "mch", "qrc", "blr", "prf", "prd", "crp", "sqn", "fxo"}
CARD = [{"method": "card", "ref": public_id("crd", new_id())}]
# What an operation may name beyond its first example.
MORE = {
    "payments_cashier_orders_pay": {"methods": CARD, "proof": ""},
    "payments_agreements_sign": {"methods": CARD, "proof": "prf_06a1m5x9q0e7z8r2k4w6t1y3v5"},
}
Answer = tuple[int, str]
Ask = Callable[[Operation, Any], Any]


def example(operation: Operation) -> Any:
    return MORE.get(operation.name) or operation.example()


def named(operation: Operation) -> list[tuple[Place, str]]:
    """The ids of somebody's own things in an operation's example."""
    return [(place, prefix) for place, prefix in ids_in(example(operation)) if prefix not in ANYBODYS]


NAMING = [operation for operation in operations() if operation.takes_body and not operation.open and named(operation)]


@dataclass
class Bodies:
    """Bodies that get as far as their ids: `ids` by prefix are the caller's own, and a number given once is never given again."""

    ids: dict[str, str]
    numbers: Iterator[int] = field(default_factory=count)

    def of(self, operation: Operation) -> Any:
        body = {**example(operation)}
        for place, prefix in ids_in(body):
            body = put(body, place, self.ids.get(prefix, public_id(prefix, new_id())))
        given_once = {name for name in body if name.startswith("out_")}
        return body | {name: f"N_{next(self.numbers)}" for name in given_once}


def told(ask: Ask, operation: Operation, body: Any, identity: str) -> Answer:
    """What is answered, but for the id that was asked for and the trace id."""
    answer = ask(operation, body)
    said = {name: value for name, value in answer.json().items() if name != "trace_id"}
    return answer.status_code, str(said).replace(identity, "ID")


def wrongs(chosen: list[Operation], ask: Ask, bodies: Bodies, foreign: dict[str, str]) -> list[str]:
    """Every place where another's id is answered otherwise than an unknown one, or either is taken.

    Then those where the caller's own id is answered the same: the walk never came as far as the id.
    """
    found, refusals = [], []
    for operation in chosen:
        for place, prefix in named(operation):
            unknown = public_id(prefix, new_id())
            answers = [told(ask, operation, put(bodies.of(operation), place, value), value) for value in (unknown, foreign[prefix])]
            taken = answers[0][0] not in (404, 422)
            found += [f"{operation} {place}: {answers}"] if taken or answers[0] != answers[1] else []
            refusals.append((operation, place, answers[0]))
    for operation, place, refusal in refusals:
        own = told(ask, operation, bodies.of(operation), "-")
        found += [f"{operation} {place} is not read: {refusal}"] if own == refusal else []
    return found


def order(world: World, number: str, *, to_split: bool = False) -> PaymentOrder:
    """An order of the owner's merchant that nobody has paid."""
    wanted = NewOrder(out_trade_no=number, amount_fen=100, subject="A pot of tea", to_split=to_split)
    return orders.create(app=world.program.app, wanted=wanted, at=clock.now())


def own_ids(world: World) -> dict[str, str]:
    """By prefix, what the owner has."""
    return {PREFIXES[name]: value for name, value in world.samples.items()} | {"ord": world.samples["order_id"]}


def test_anothers_id_in_a_customers_body_answers_exactly_as_an_unknown_one(connected: SandboxBank) -> None:
    world = build_world(connected)
    client, bodies = client_of(world.owner_token), Bodies(own_ids(world))
    plan = NewAgreement("A_0100", "Tea", 100, None, Plan("day", clock.local_day(clock.now()), 30))
    unsigned = signing.propose(app=world.program.app, wanted=plan, at=clock.now())
    fresh = {"order_id": order(world, "T_0100").public_id, "agreement_id": unsigned.public_id}

    def ask(operation: Operation, body: Any) -> Any:
        values = {name: fresh.get(name, value) for name, value in world.owned_ids(operation).items()}
        return call(client, operation, values, body)

    assert wrongs([operation for operation in NAMING if not operation.signed], ask, bodies, foreign_ids(connected)) == []


def test_anothers_id_in_a_programs_body_answers_exactly_as_an_unknown_one(connected: SandboxBank) -> None:
    world = build_world(connected)
    programs, split = Programs(world, world.program, program()), order(world, "T_0100", to_split=True)
    paying.pay(intent=intent(world.owner), order_id=split.id, picks=[Pick("balance")], at=clock.now())
    bodies = Bodies(own_ids(world) | {"ord": split.public_id})
    session = factories.open_session(world.owner, installation="shows-codes").session

    def ask(operation: Operation, body: Any) -> Any:
        if "auth_code" in body:
            body = body | {"auth_code": showing.show(customer_id=world.owner.id, session_id=session.id, at=clock.now())[1]}
        return programs.call(programs.owner, operation, programs.owned(operation), body=body)

    assert wrongs([operation for operation in NAMING if operation.signed], ask, bodies, foreign_ids(connected)) == []


def test_no_query_takes_an_id() -> None:
    """One that does needs its walk above, or the one below where what it names is nobody's."""
    asked = {
        f"{operation} {parameter['name']}"
        for operation in operations()
        for parameter in operation.spec.get("parameters", [])
        if parameter["in"] == "query" and (parameter["name"].endswith(("_id", "_ids")) or parameter["name"] in ("id", "ids", "ref"))
    }
    assert asked == {"GET /v1/wealth/products/compare ids"}


def test_products_are_compared_by_everybody_alike(connected: SandboxBank) -> None:
    world = build_world(connected)
    ids = ",".join([world.samples["product_id"], products.on_sale().public_id])
    told = [client_of(token).get("/v1/wealth/products/compare", {"ids": ids}) for token in (world.owner_token, world.stranger_token)]
    assert [answer.status_code for answer in told] == [200, 200]
    assert told[0].json() == told[1].json()
