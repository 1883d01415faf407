"""A transfer between two customers over HTTP, against a trivial authenticated endpoint in the same run.

gunicorn as in production on loopback, the database with fsync on, a client with kept connections and a fresh
Idempotency-Key for each transfer. Rounds are interleaved; a figure is the median of its rounds. Printed: requests/s, p50,
p99 and the ratio to the trivial endpoint (goal: at least 0.5), for small transfers and for those with a step-up proof.
"""

import asyncio
import itertools
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ |= {"BANYAN_INSTANCE": "bench", "DJANGO_SETTINGS_MODULE": "bench._transfer_settings", "LOG_LEVEL": "WARNING"}
os.environ["PYTHONPATH"] = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"

import django  # noqa: E402  (the instance is chosen first)

django.setup()

from django.core.management import call_command  # noqa: E402  (Django is set up first)
from django.db import connection  # noqa: E402

from accounts.identity.models import Customer, DeviceSession  # noqa: E402
from accounts.ledger import services as ledger  # noqa: E402
from accounts.security import services as security  # noqa: E402
from bench._keyed_client import Measured, load, post  # noqa: E402
from core.business_day import services as business_day  # noqa: E402
from core.clock import queries as clock  # noqa: E402
from core.embedded import Services, current_instance  # noqa: E402
from core.embedded.instance import free_port  # noqa: E402
from core.ids import new_id  # noqa: E402
from payments.wallet import journals  # noqa: E402
from tests.factories import customer, open_session  # noqa: E402

ROUNDS, SECONDS, CONNECTIONS = 5, 2.0, 8
PAYERS, SMALL_EACH, PROVEN_EACH = 240, 10, 8
AMOUNT = 101
TRANSFER, TRIVIAL = "/v1/payments/wallet/transfers", "/bench/trivial"
START_SECONDS = 30


@dataclass
class Payer:
    """Somebody who pays: their session, its token, and whom they pay."""

    customer: Customer
    session: DeviceSession
    token: str
    payee: str = ""
    keys: Iterator[str] = field(default_factory=lambda: iter(lambda: uuid.uuid4().hex, ""))


def payers() -> list[Payer]:
    """Customers with money and an access token, each paying the next; made by the platform's own services."""
    made = []
    for _ in range(PAYERS):
        who = customer(verified_class=2)
        opened = open_session(who)
        legs = journals.top_up(channel="bench", customer_id=who.id, amount_fen=10_000_000)
        ledger.post(journal_id=new_id(), event=journals.TOP_UP, legs=legs, at=clock.now())
        made.append(Payer(who, opened.session, opened.access_token))
    for payer, payee in zip(made, [*made[1:], made[0]], strict=True):
        payer.payee = payee.customer.public_id
    return made


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


def trivial(port: int, people: list[Payer]) -> Iterator[bytes]:
    for payer in itertools.cycle(people):
        yield post(port, TRIVIAL, payer.token, uuid.uuid4().hex, b'{"amount":101}')


@contextmanager
def web(port: int) -> Iterator[None]:
    """gunicorn with the product's configuration."""
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "platform/config/gunicorn.py"), "-b", f"127.0.0.1:{port}", "config.wsgi"]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ, start_new_session=True)
    try:
        wait(f"http://127.0.0.1:{port}/healthz", server)
        yield
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def wait(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  # nosec B310  # our own loopback
                return
        except (urllib.error.URLError, OSError):
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def once(port: int, requests: Iterator[bytes]) -> Measured:
    return asyncio.run(load(port, CONNECTIONS, SECONDS, lambda: next(requests, None)))


def report(name: str, runs: list[Measured], base: list[Measured]) -> None:
    per_second = statistics.median(run.per_second for run in runs)
    ratio = statistics.median(run.per_second / other.per_second for run, other in zip(runs, base, strict=True))
    half, most = (statistics.median(run.percentile(share) for run in runs) * 1000 for share in (0.5, 0.99))
    statuses = {status: sum(run.statuses.get(status, 0) for run in runs) for run in runs for status in run.statuses}
    sys.stdout.write(f"{name:<28} {per_second:8.0f} /s   p50 {half:6.1f} ms   p99 {most:6.1f} ms   ratio {ratio:5.2f}   {statuses}\n")


def measure(port: int) -> None:
    business_day.open_first_day(at=clock.now())
    people = payers()
    runs: dict[str, list[Measured]] = {"trivial": [], "small": [], "proven": []}
    streams = {"trivial": trivial(port, people), "small": small(port, people), "proven": proven(port, people)}
    with web(port):
        for name in runs:
            once(port, itertools.islice(streams[name], 60))
        for _ in range(ROUNDS):
            for name, measured in runs.items():
                measured.append(once(port, streams[name]))
    report("trivial authenticated POST", runs["trivial"], runs["trivial"])
    report("transfer", runs["small"], runs["trivial"])
    report("transfer with a proof", runs["proven"], runs["trivial"])


def main() -> None:
    services = Services(current_instance("bench"), durable=True)
    started = services.start()
    try:
        call_command("migrate", verbosity=0)
        measure(free_port())
    finally:
        connection.close()
        if started:
            services.stop()


if __name__ == "__main__":
    main()
