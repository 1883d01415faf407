"""The measurements behind `platform/bench/http_transfer.py`."""

import asyncio
import itertools
import statistics
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.identity.models import Customer, DeviceSession
from accounts.ledger import services as ledger
from accounts.security import services as security
from bench._keyed_client import Measured, load, post, together
from bench._processes import web
from bench._rows import Row, against
from core.business_day import services as business_day
from core.clock import queries as clock
from core.embedded.instance import free_port
from core.ids import new_id
from payments.wallet import journals
from tests.factories import customer, open_session

CONNECTIONS = 8
SMALL_EACH, PROVEN_EACH = 10, 8
AMOUNT, MONEY = 101, 10_000_000
TRANSFER, TRIVIAL = "/v1/payments/wallet/transfers", "/bench/trivial"
GOAL = 0.5


@dataclass
class Payer:
    """Somebody who pays: their session, its token, and whom they pay."""

    customer: Customer
    session: DeviceSession
    token: str
    payee: str = ""


def made(count: int) -> list[Payer]:
    """Customers with money and an access token, made by the platform's own services. Each pays one half a circle away, so that
    requests on their way together do not wait for each other's balances."""
    found = []
    for _ in range(count):
        who = customer(verified_class=2)
        opened = open_session(who)
        legs = journals.top_up(channel="bench", customer_id=who.id, amount_fen=MONEY)
        ledger.post(journal_id=new_id(), event=journals.TOP_UP, legs=legs, at=clock.now())
        found.append(Payer(who, opened.session, opened.access_token))
    for payer, payee in zip(found, [*found[count // 2 :], *found[: count // 2]], strict=True):
        payer.payee = payee.customer.public_id
    return found


def trivial(port: int, people: list[Payer]) -> Iterator[bytes]:
    for payer in itertools.cycle(people):
        yield post(port, TRIVIAL, payer.token, uuid.uuid4().hex, b'{"amount":101}')


def small(port: int, people: list[Payer]) -> Iterator[bytes]:
    """Transfers that need no proof: ten a day and payer."""
    for payer in people * SMALL_EACH:
        body = f'{{"to":{{"customer_id":"{payer.payee}"}},"amount":{AMOUNT},"remark":"bench"}}'
        yield post(port, TRANSFER, payer.token, uuid.uuid4().hex, body.encode())


def proven(port: int, people: list[Payer]) -> Iterator[bytes]:
    """Transfers with a step-up proof, made beforehand: checking the PIN is another request, and 30 ms of hashing on purpose."""
    requests = []
    for payer in people * PROVEN_EACH:
        key = uuid.uuid4().hex
        _, token = security.keep_proof(
            customer_id=payer.customer.id, session_id=payer.session.id, method="pin", purpose="transfer", amount_fen=AMOUNT,
            payee=payer.payee, nonce=key, at=clock.now(),
        )  # fmt: skip
        body = f'{{"to":{{"customer_id":"{payer.payee}"}},"amount":{AMOUNT},"remark":"bench","proof":"{token}"}}'
        requests.append(post(port, TRANSFER, payer.token, key, body.encode()))
    return iter(requests)


def once(port: int, requests: Iterator[bytes], seconds: float, expected: int) -> Measured:
    done = asyncio.run(load(port, CONNECTIONS, seconds, lambda: next(requests, None)))
    assert done.statuses, "no request was left to send: make more of them for so many seconds"
    assert set(done.statuses) == {expected}, done.statuses
    return done


def rows(name: str, taken: list[Measured], base: list[Measured]) -> Iterator[Row]:
    figures, baselines = [one.per_second for one in taken], [one.per_second for one in base]
    yield against(f"{name} / a trivial authenticated POST", figures, "requests/s", baselines, (">=", GOAL))
    yield Row("its median time", statistics.median(one.percentile(0.5) for one in taken) * 1000, "ms")
    yield Row("its 99th percentile", statistics.median(one.percentile(0.99) for one in taken) * 1000, "ms")


def orders(kinds: Iterable[str]) -> Iterator[list[str]]:
    """As many orders as there are kinds, each kind once in each place: a round's slices, so that what the machine does meanwhile
    moves all of them."""
    names = list(kinds)
    for turn in range(len(names)):
        yield [*names[turn:], *names[:turn]]


def run(seconds: float, rounds: int, *, payers: int) -> list[Row]:
    """The rows: requests a second against the trivial endpoint, and how long a request takes."""
    business_day.open_first_day(at=clock.now())
    people, port = made(payers), free_port()
    kinds = {"plain": (trivial(port, people), 200), "free": (small(port, people), 201), "approved": (proven(port, people), 201)}
    taken: dict[str, list[Measured]] = {kind: [] for kind in kinds}
    with web(port):
        for requests, expected in (kinds["plain"], kinds["free"]):
            once(port, itertools.islice(requests, payers), seconds, expected)
        for _ in range(rounds):
            slices: dict[str, list[Measured]] = {kind: [] for kind in kinds}
            for order in orders(kinds):
                for kind in order:
                    requests, expected = kinds[kind]
                    slices[kind].append(once(port, requests, seconds / len(kinds), expected))
            for kind, measured in slices.items():
                taken[kind].append(together(measured))
    return [*rows("a transfer", taken["free"], taken["plain"]), *rows("a transfer with a proof", taken["approved"], taken["plain"])]
