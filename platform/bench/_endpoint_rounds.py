"""The measurements behind `platform/bench/endpoint.py`."""

import asyncio
import itertools
import statistics
import uuid
from collections.abc import Iterator

from accounts.ledger import services as ledger
from accounts.ledger.accounts import customer_account
from accounts.ledger.legs import credit, debit
from bench._keyed_client import Measured, load, post, together
from bench._ledger_ground import MERCHANT, MOVED, fill, pgbench
from bench._processes import web
from bench._rows import Row, against
from core.clock import queries as clock
from core.embedded.instance import free_port
from core.ids import new_id
from tests.factories import customer, login

CONNECTIONS = 4
PATH = "/bench/moves"
MONEY = 10_000_000


def people(count: int) -> list[tuple[str, uuid.UUID]]:
    """So many customers with money: access token and id."""
    made = []
    for _ in range(count):
        who = customer(verified_class=None)
        legs = [debit(MERCHANT, MONEY), credit(customer_account(who.id), MONEY)]
        ledger.post(journal_id=new_id(), event=MOVED, legs=legs, at=clock.now())
        made.append((login(who), who.id))
    return made


def moves(port: int, payers: list[tuple[str, uuid.UUID]]) -> Iterator[bytes]:
    """Each pays one fen to the one half a circle away, for ever: requests on their way together share no balance."""
    half = len(payers) // 2
    payees = [customer_id for _, customer_id in [*payers[half:], *payers[:half]]]
    for (token, _), payee in itertools.cycle(zip(payers, payees, strict=True)):
        yield post(port, PATH, token, uuid.uuid4().hex, f'{{"to":"{payee}","amount":1}}'.encode())


def once(port: int, requests: Iterator[bytes], seconds: float) -> Measured:
    done = asyncio.run(load(port, CONNECTIONS, seconds, lambda: next(requests, None)))
    assert set(done.statuses) == {201}, done.statuses
    return done


def run(seconds: float, rounds: int, *, customers: int) -> list[Row]:
    """The rows: requests a second against (a), and how long a request takes."""
    fill()
    port = free_port()
    requests = moves(port, people(customers))
    base: list[float] = []
    taken: list[Measured] = []
    with web(port):
        once(port, requests, seconds / 4)
        for _ in range(rounds):
            before, few = once(port, requests, seconds / 2), pgbench(4, seconds)
            after, many = once(port, requests, seconds / 2), pgbench(8, seconds)
            base.append(max(few, many))
            taken.append(together([before, after]))
    return [
        Row("(a) the posting function under pgbench, best of 4, 8 clients", statistics.median(base), "journals/s"),
        against("a DRF write endpoint / (a)", [one.per_second for one in taken], "requests/s", base, (">=", 0.2)),
        Row("its median time", statistics.median(one.percentile(0.5) for one in taken) * 1000, "ms"),
        Row("its 99th percentile", statistics.median(one.percentile(0.99) for one in taken) * 1000, "ms"),
    ]
