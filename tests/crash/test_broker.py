"""The broker stopped, hanging or come back empty, and the clock dead: money moves, and the news arrives when they are there again."""

import os
import shutil
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from accounts.identity.caps import CODES, TRIES
from tests.crash.people import AMOUNT_FEN
from tests.crash.stack import Stack
from tests.crash.transfers import TRANSFERS, balance, people, undelivered, wait_for_delivery

pytestmark = [pytest.mark.xdist_group("crash"), pytest.mark.timeout(600)]
LONGEST_ANSWER_S = 5.0


@contextmanager
def stopped(stack: Stack) -> Iterator[None]:
    stack.services.stop_server("valkey")
    try:
        yield
    finally:
        stack.services.start()


@contextmanager
def emptied(stack: Stack) -> Iterator[None]:
    """Stopped, and started again without anything it had: no message, no queue."""
    with stopped(stack):
        yield
        shutil.rmtree(stack.services.root / "valkey")


@contextmanager
def hanging(stack: Stack) -> Iterator[None]:
    """It takes connections and says nothing."""
    pid = stack.services.pid("valkey")
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def without_clock(stack: Stack) -> Iterator[None]:
    """Nobody sweeps, and the broker comes back before the clock does: what was not said to a worker stays unsaid until then."""
    with stopped(stack):
        stack.kill("clock")
        yield
    time.sleep(1)
    stack.start("clock")


def test_login_limits_hold_while_the_broker_is_stopped(stack: Stack) -> None:
    """They are counted in the database: nobody gets more codes or tries because something else is down, and nobody a fault."""
    device = {"installation_id": uuid.uuid4().hex, "name": "A phone", "platform": "ios"}
    with stopped(stack):
        asked = [
            login_call(stack, "/codes", {"phone": f"199{place:08d}", "device": device}) for place in range(CODES["device"].times.usual + 2)
        ]
        tried = [
            login_call(stack, "", {"phone": "19900000001", "code": "000000", "device": device})
            for _ in range(TRIES["device"].times.usual + 2)
        ]
    assert asked == [202] * CODES["device"].times.usual + [429] * 2
    assert tried[-2:] == [429, 429]
    assert set(tried[:-2]) <= {401, 403, 409, 422, 429}, "a wrong code is refused, and never a fault"


def login_call(stack: Stack, path: str, body: dict[str, Any]) -> int:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    return httpx.post(f"{stack.url}/v1/accounts/sessions{path}", json=body, headers=headers, timeout=10).status_code


@pytest.mark.parametrize("harm", [stopped, emptied, hanging, without_clock])
def test_money_moves_while_the_broker_is_gone_and_the_news_arrives_after(stack: Stack, harm: Any) -> None:
    facts = people(stack)
    with harm(stack):
        for prepared in facts["proofs"]:
            begun = time.monotonic()
            assert transfer(stack, facts, prepared) == 201
            assert time.monotonic() - begun < LONGEST_ANSWER_S
        ready = httpx.get(f"{stack.url}/readyz", timeout=10)
        assert (ready.status_code, "broker" in ready.json()["degraded"]) == (200, True)
        assert httpx.get(f"{stack.url}/healthz", timeout=10).status_code == 200
        assert undelivered(stack) > 0
    wait_for_delivery(stack)
    assert balance(stack, facts["payee_token"]) == TRANSFERS * AMOUNT_FEN


def transfer(stack: Stack, facts: dict[str, Any], prepared: dict[str, str]) -> int:
    headers = {"Authorization": f"Bearer {facts['payer_token']}", "Idempotency-Key": prepared["key"]}
    body = {"to": {"customer_id": facts["payee"]}, "amount": AMOUNT_FEN, "proof": prepared["proof"]}
    return httpx.post(f"{stack.url}/v1/payments/wallet/transfers", json=body, headers=headers, timeout=10).status_code
