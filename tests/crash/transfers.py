"""Transfers sent by careful clients while something is killed or stopped, and what must be so afterwards."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import psycopg

from core.observe.probes import OUTBOX_SECONDS
from tests.crash.people import AMOUNT_FEN, FUNDS_FEN
from tests.crash.stack import ROOT, Stack

TRANSFERS = 24
PATIENCE_S = 200  # only guards against waiting for ever


def people(stack: Stack) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.crash.people", str(TRANSFERS)]
    environment = stack.environment() | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def send_until_answered(stack: Stack, facts: dict[str, Any], prepared: dict[str, str]) -> httpx.Response:
    """One transfer as a careful client sends it: the same key again until there is an answer that is one."""
    headers = {"Authorization": f"Bearer {facts['payer_token']}", "Idempotency-Key": prepared["key"]}
    body = {"to": {"customer_id": facts["payee"]}, "amount": AMOUNT_FEN, "proof": prepared["proof"]}
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            answer = httpx.post(f"{stack.url}/v1/payments/wallet/transfers", json=body, headers=headers, timeout=5)
            if answer.status_code not in {409, 500, 502, 503}:
                return answer
            complaint = f"{answer.status_code} {answer.text}"
        except httpx.TransportError as problem:
            complaint = repr(problem)
        assert time.monotonic() < deadline, complaint
        time.sleep(0.1)


def send_all_while(stack: Stack, facts: dict[str, Any], harm: Callable[[list[httpx.Response]], None]) -> list[httpx.Response]:
    """Every prepared transfer from four threads, with `harm` done meanwhile; it is given the answers there are so far."""
    answers: list[httpx.Response] = []
    waiting = list(facts["proofs"])

    def client() -> None:
        while True:
            try:
                prepared = waiting.pop()
            except IndexError:
                return
            answers.append(send_until_answered(stack, facts, prepared))

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    harm(answers)
    for thread in threads:
        thread.join(timeout=PATIENCE_S)
    return answers


def wait_for_answers(answers: list[httpx.Response], count: int) -> None:
    """Until so many transfers are done: harm comes between them, however fast they are."""
    deadline = time.monotonic() + PATIENCE_S
    while len(answers) < count:
        assert time.monotonic() < deadline, f"{len(answers)} of {count} transfers were answered"
        time.sleep(0.01)


def balance(stack: Stack, token: str) -> int:
    answer = httpx.get(f"{stack.url}/v1/payments/wallet/balance", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["posted"])


def assert_each_happened_once(stack: Stack, facts: dict[str, Any], answers: list[httpx.Response]) -> None:
    assert [answer.status_code for answer in answers] == [201] * TRANSFERS, [answer.text for answer in answers if answer.status_code != 201]
    assert len({answer.json()["id"] for answer in answers}) == TRANSFERS
    assert balance(stack, facts["payer_token"]) == FUNDS_FEN - TRANSFERS * AMOUNT_FEN
    assert balance(stack, facts["payee_token"]) == TRANSFERS * AMOUNT_FEN
    assert "The books balance." in stack.manage("ledger_check")


def undelivered(stack: Stack) -> int:
    with psycopg.connect(stack.services.instance.database_url()) as connection:
        row = connection.execute("SELECT count(*) FROM core_outboxevent WHERE state <> 'done'").fetchone()
        assert row is not None
        return int(row[0])


def wait_for_delivery(stack: Stack) -> None:
    """Everything runs again: within OUTBOX_SECONDS every event is delivered, as docs/processes.md says."""
    begun = time.monotonic()
    while left := undelivered(stack):
        assert time.monotonic() - begun < OUTBOX_SECONDS, f"{left} events are still on their way"
        time.sleep(0.5)
