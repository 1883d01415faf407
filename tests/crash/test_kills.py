"""Killed processes: what was acknowledged stays, nothing happens twice, and what was not acknowledged can be asked for again."""

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import psycopg
import pytest

from accounts.identity.caps import CODES, TRIES
from tests.crash.people import AMOUNT_FEN, FUNDS_FEN
from tests.crash.stack import ROOT, Stack, entries

pytestmark = [pytest.mark.xdist_group("crash"), pytest.mark.timeout(600)]
TRANSFERS = 24
KEPT_BY_TOOLS = {"var", "__pycache__", ".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".coverage", "staticfiles"}
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
    deadline = time.monotonic() + PATIENCE_S
    while undelivered(stack):
        assert time.monotonic() < deadline, f"{undelivered(stack)} events are still on their way"
        time.sleep(0.5)


def test_a_web_process_killed_ten_times_loses_and_repeats_nothing(stack: Stack) -> None:
    facts = people(stack)

    def harm(answers: list[httpx.Response]) -> None:
        for number in range(9):
            wait_for_answers(answers, 2 * number + 1)
            stack.kill_children("web")
        stack.kill("web")
        stack.start("web")

    assert_each_happened_once(stack, facts, send_all_while(stack, facts, harm))


def test_postgresql_killed_five_times_loses_and_repeats_nothing(stack: Stack) -> None:
    facts = people(stack)

    def harm(answers: list[httpx.Response]) -> None:
        for number in range(5):
            wait_for_answers(answers, 4 * number + 1)
            stack.kill_postgres()

    assert_each_happened_once(stack, facts, send_all_while(stack, facts, harm))


def test_news_arrives_although_the_worker_is_killed(stack: Stack) -> None:
    facts = people(stack)

    def harm(answers: list[httpx.Response]) -> None:
        for number in range(3):
            wait_for_answers(answers, 6 * number + 1)
            stack.kill("worker")
            stack.start("worker")

    assert_each_happened_once(stack, facts, send_all_while(stack, facts, harm))
    wait_for_delivery(stack)


def test_news_arrives_although_the_workers_child_is_killed_in_the_middle_of_its_tasks(stack: Stack) -> None:
    """The worker goes on with a new child; what the dead one had taken is handed out again."""
    facts = people(stack)
    worker = stack.processes["worker"].pid

    def harm(answers: list[httpx.Response]) -> None:
        for number in range(3):
            wait_for_answers(answers, 6 * number + 1)
            stack.kill_children("worker")

    assert_each_happened_once(stack, facts, send_all_while(stack, facts, harm))
    wait_for_delivery(stack)
    assert (stack.processes["worker"].pid, stack.processes["worker"].poll()) == (worker, None), "the worker itself lived on"


def test_login_limits_hold_while_the_broker_is_stopped(stack: Stack) -> None:
    """They are counted in the database: nobody gets more codes or tries because something else is down, and nobody a fault."""
    device = {"installation_id": uuid.uuid4().hex, "name": "A phone", "platform": "ios"}
    stack.services.stop_server("valkey")
    try:
        asked = [login_call(stack, "/codes", {"phone": f"199{place:08d}", "device": device}) for place in range(CODES["device"].times + 2)]
        tried = [
            login_call(stack, "", {"phone": "19900000001", "code": "000000", "device": device}) for _ in range(TRIES["device"].times + 2)
        ]
    finally:
        stack.services.start()
    assert asked == [202] * CODES["device"].times + [429] * 2
    assert tried[-2:] == [429, 429]
    assert set(tried[:-2]) <= {401, 403, 409, 422, 429}, "a wrong code is refused, and never a fault"


def login_call(stack: Stack, path: str, body: dict[str, Any]) -> int:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    return httpx.post(f"{stack.url}/v1/accounts/sessions{path}", json=body, headers=headers, timeout=10).status_code


def test_money_moves_while_the_broker_is_stopped_and_the_news_arrives_after(stack: Stack) -> None:
    facts = people(stack)
    statuses: list[int] = []
    stack.services.stop_server("valkey")
    try:
        for prepared in facts["proofs"]:
            headers = {"Authorization": f"Bearer {facts['payer_token']}", "Idempotency-Key": prepared["key"]}
            body = {"to": {"customer_id": facts["payee"]}, "amount": AMOUNT_FEN, "proof": prepared["proof"]}
            answer = httpx.post(f"{stack.url}/v1/payments/wallet/transfers", json=body, headers=headers, timeout=10)
            statuses.append(answer.status_code)
        assert statuses == [201] * TRANSFERS
        ready = httpx.get(f"{stack.url}/readyz", timeout=10)
        assert (ready.status_code, "broker" in ready.json()["degraded"]) == (200, True)
        assert httpx.get(f"{stack.url}/healthz", timeout=10).status_code == 200
    finally:
        stack.services.start()
    wait_for_delivery(stack)
    assert balance(stack, facts["payee_token"]) == TRANSFERS * AMOUNT_FEN


def test_the_stack_left_nothing_in_the_checkout(stack: Stack) -> None:
    """Nothing that was not there before its first process, but for what other tests of this run may keep there."""
    assert entries() - stack.found - KEPT_BY_TOOLS == set()
