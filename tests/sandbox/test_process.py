"""The process: killed at any moment it loses nothing it acknowledged, and it stops when told."""

import random
import signal
import stat
import threading
import time
from collections.abc import Iterator
from functools import partial

import httpx
import pytest

from sandbox.identifiers import id_check_digit
from tests.sandbox.test_faults import wait_until
from tests.sandbox_bank import BankClient, SandboxBank, fresh, run_bank


@pytest.fixture(scope="module")
def killable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxBank]:
    yield from run_bank(tmp_path_factory.mktemp("killable") / "bank", "--hold-ms", "50", "--notice-backoff", "0.05,0.1")


@pytest.fixture
def own_bank(killable: SandboxBank) -> SandboxBank:
    """A bank for this file alone, empty before each test."""
    killable.reset()
    return killable


def pay_until_killed(client: BankClient, agreement_no: str, acknowledged: list[str], tried: list[str], stop: threading.Event) -> None:
    while not stop.is_set():
        number = fresh("PY")
        tried.append(number)
        try:
            assert client.pay(agreement_no, 1, number)["status"] == "SUCCESS"
        except httpx.HTTPError:
            return
        acknowledged.append(number)


def test_kill_9_loses_nothing_acknowledged_and_does_nothing_twice(own_bank: SandboxBank) -> None:
    person = own_bank.people(1, balance_fen=1_000_000)[0]
    card = person["cards"][0]["card_number"]
    client = own_bank.client("kill")
    agreement_no = client.bind(person)
    acknowledged: list[str] = []
    tried: list[str] = []
    dice = random.Random(7)
    for _ in range(4):
        before, stop = len(acknowledged), threading.Event()
        threads = [threading.Thread(target=pay_until_killed, args=(client, agreement_no, acknowledged, tried, stop)) for _ in range(4)]
        for thread in threads:
            thread.start()
        wait_until(partial(len, acknowledged), before.__lt__)
        time.sleep(dice.uniform(0.0, 0.3))
        own_bank.kill()
        stop.set()
        for thread in threads:
            thread.join()
        own_bank.start()
        own_bank.assert_books_balance()
    assert len(acknowledged) >= 4
    for number in acknowledged:
        assert client.get(f"/v1/payments/{number}")["status"] == "SUCCESS"
    for number in tried:
        assert client.pay(agreement_no, 1, number)["status"] == "SUCCESS"
    assert own_bank.card(card)["balance_fen"] == 1_000_000 - len(tried)
    own_bank.assert_books_balance()


def test_keys_merchants_clock_settings_faults_and_plans_outlive_a_kill(own_bank: SandboxBank) -> None:
    client = own_bank.client("outlive")
    agreement_no = client.bind(own_bank.people(1)[0])
    before = own_bank.control("GET", "merchants/outlive")
    own_bank.clock(offset_seconds=86_400 * 30)
    own_bank.settings(hold_ms=7, notice_backoff_s=[1, 2])
    own_bank.fault("decline", operations=["payout"], times=2)
    waiting = client.pay(agreement_no, 1_00, faults="processing_then_success;after_ms=300")["request_no"]
    own_bank.restart()
    assert own_bank.control("GET", "merchants/outlive") == before
    assert own_bank.clock()["offset_seconds"] == 86_400 * 30
    assert own_bank.control("GET", "settings") == {
        "notice_mode": "auto", "notice_backoff_s": [1.0, 2.0], "hold_ms": 7, "magic_amounts": True, "plan_mode": "auto",
    }  # fmt: skip
    assert client.payout(agreement_no, 100)["code"] == "RISK_REFUSED"
    assert own_bank.control("GET", "faults")["faults"][0]["times_left"] == 1
    decided = wait_until(lambda: client.get(f"/v1/payments/{waiting}"), lambda order: order["status"] != "PROCESSING")
    assert decided["status"] == "SUCCESS"


def test_planned_things_wait_to_be_asked_for_where_plans_are_manual(own_bank: SandboxBank) -> None:
    client = own_bank.client("planner")
    agreement_no = client.bind(own_bank.people(1, balance_fen=100_00)[0])
    own_bank.settings(plan_mode="manual")
    payment = client.pay(agreement_no, 10_00, faults="processing_then_success;after_ms=1")["request_no"]
    payout = client.payout(agreement_no, 5_00, faults="payout_returned;after_ms=60000")["request_no"]
    time.sleep(0.3)

    def states() -> list[str]:
        return [client.get(f"/v1/payments/{payment}")["status"], client.get(f"/v1/payouts/{payout}")["status"]]

    assert states() == ["PROCESSING", "SUCCESS"]
    assert own_bank.control("POST", "plans/carry-out", {}) == {"carried_out": 2}
    assert states() == ["SUCCESS", "RETURNED"]
    assert own_bank.control("POST", "plans/carry-out", {}) == {"carried_out": 0}
    own_bank.settings(plan_mode="auto")
    late = client.pay(agreement_no, 1_00, faults="processing_then_success;after_ms=1")["request_no"]
    assert wait_until(lambda: client.get(f"/v1/payments/{late}"), lambda order: order["status"] == "SUCCESS")
    own_bank.assert_books_balance()


def test_sigterm_stops_it_cleanly_and_the_store_is_private(own_bank: SandboxBank) -> None:
    assert stat.S_IMODE(own_bank.data_dir.stat().st_mode) == 0o700
    for name in ("bank_key.pem", "bank.sqlite3"):
        assert stat.S_IMODE((own_bank.data_dir / name).stat().st_mode) == 0o600
    process = own_bank.process
    assert process is not None
    own_bank.kill(signal.SIGTERM)
    assert process.returncode == 0
    own_bank.start()


def test_a_reset_wipes_the_store_and_plants_the_documented_people_again(own_bank: SandboxBank) -> None:
    client = own_bank.client("keep")
    agreement_no = client.bind(own_bank.people(1)[0])
    client.pay(agreement_no, 1_00)
    own_bank.clock(offset_seconds=86_400)
    own_bank.reset(keep_merchants=True)
    assert own_bank.clock()["offset_seconds"] == 0
    assert client.call("GET", f"/v1/agreements/{agreement_no}").status_code == 404
    assert own_bank.control("GET", "merchants/keep")["balance_fen"] == 0
    assert own_bank.card("9901100000000000017")["balance_fen"] == 100_000_000_00
    own_bank.reset()
    assert client.call("GET", "/v1/payments/X", check=False).json()["code"] == "MERCHANT_UNKNOWN"
    own_bank.assert_books_balance()


def test_the_clock_does_not_go_back_behind_what_is_booked(own_bank: SandboxBank) -> None:
    client = own_bank.client("clock")
    agreement_no = client.bind(own_bank.people(1)[0])
    own_bank.clock(now="2026-03-05T12:00:00+08:00")
    client.pay(agreement_no, 1_00)
    own_bank.clock(now="2026-03-05T00:00:01+08:00")
    refused = own_bank.http.put(f"{own_bank.base_url}/control/clock", json={"now": "2026-03-04T23:59:59+08:00"})
    assert (refused.status_code, refused.json()["code"]) == (409, "CLOCK_BEHIND_BOOKS")
    assert own_bank.clock()["business_date"] == "2026-03-05"


def test_a_seed_gives_the_same_people_on_any_bank(own_bank: SandboxBank, sandbox_bank: SandboxBank) -> None:
    here, there = (bank.people(20, seed="demo", debit_cards=2, credit_cards=1) for bank in (own_bank, sandbox_bank))
    assert here == there
    assert own_bank.people(10, seed="demo", debit_cards=2, credit_cards=1) == here[:10]
    assert len({person["id_number"] for person in here}) == 20
    assert own_bank.people(1, seed="other")[0] != here[0]


def test_the_same_run_gives_the_same_numbers(own_bank: SandboxBank, sandbox_bank: SandboxBank) -> None:
    def run(bank: SandboxBank) -> list[str]:
        client = bank.client("same-run")
        person = bank.people(1, seed="same-run")[0]
        body = {
            "request_no": "SAME-SG", "name": person["name"], "id_number": person["id_number"], "mobile": person["mobile"],
            "card_number": person["cards"][0]["card_number"],
        }  # fmt: skip
        sign_id = client.post("/v1/agreements/sign-start", body)["sign_id"]
        confirm = {"request_no": "SAME-SC", "sign_id": sign_id, "code": bank.last_code(person["mobile"])}
        agreement_no = client.post("/v1/agreements/sign-confirm", confirm)["agreement_no"]
        event_id = bank.notices(client.pay(agreement_no, 100, "SAME-PY")["request_no"])[0]["event_id"]
        return [sign_id, agreement_no, event_id]

    assert run(own_bank) == run(sandbox_bank)


def test_a_refused_call_undoes_what_it_had_begun(sandbox_bank: SandboxBank) -> None:
    born = sandbox_bank.control("GET", "magic")["people"][0]["id_number"]
    id_number = "11000019700101301" + id_check_digit("11000019700101301")
    people = [
        {"name": "新人", "id_number": id_number, "mobile": "13800000001"},
        {"name": "别人", "id_number": born, "mobile": "13800000002"},
    ]
    answer = sandbox_bank.http.post(f"{sandbox_bank.base_url}/control/people", json={"people": people})
    assert (answer.status_code, answer.json()["code"]) == (409, "PERSON_EXISTS")
    cards = sandbox_bank.http.post(f"{sandbox_bank.base_url}/control/cards", json={"id_number": id_number})
    assert cards.status_code == 404
