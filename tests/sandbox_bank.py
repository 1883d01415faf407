"""The sandbox bank for tests: starts the real process on a free loopback port and talks to it.

Use it from any test by importing the fixture in a conftest.py (or the test module):

    from tests.sandbox_bank import sandbox_bank  # noqa: F401

    def test_x(sandbox_bank):
        bank = sandbox_bank.client("banyan")                        # registers the merchant, a signing HTTP client
        person = sandbox_bank.people(1, seed="x")[0]                # name, id_number, mobile, cards
        agreement_no = bank.bind(person, person["cards"][0]["card_number"])
        sandbox_bank.fault("timeout_after_effect", request_no="PY1", params={"hold_ms": 50})

`sandbox_bank` is session-scoped (per xdist worker): one process with a data folder of its own. What a test needs for
itself alone it gets by using its own merchant, people and request numbers; `sandbox_bank.reset()` wipes everything and
puts the clock back. The clock never goes back behind what is booked without a reset.

SandboxBank: `base_url`, `register(merchant, public_key_pem, notify_url)` -> dict with `bank_public_key_pem`,
`control(method, path, body)`, `people`, `messages(mobile)`, `last_code(mobile)`, `clock(...)`, `next_day()`, `fault(...)`,
`clear_faults()`, `settings(**values)`, `flush()`, `notices(...)`, `card(number)`, `resolve(...)`, `return_payout(...)`,
`assert_books_balance()`, `silent()`, `kill()`, `restart()`.
BankClient (a merchant): `post(path, body)`, `get(path)`, `call(...)` -> httpx.Response whose signature was checked,
`bind(person, card_number)`, `pay(...)`, `payout(...)`, `refund(...)`.
NoticeBox: a loopback HTTP server that records notices and answers what it is told to.
"""

import base64
import itertools
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

PLATFORM = Path(__file__).resolve().parent.parent / "platform"
_START_S = 120.0  # only guards against waiting for ever
_numbers = itertools.count(1)


def _two_keys() -> Iterator[RSAPrivateKey]:
    yield from itertools.cycle([generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)])


_keys = _two_keys()


def fresh(prefix: str) -> str:
    """A business number no other test has."""
    return f"{prefix}{next(_numbers)}{secrets.token_hex(3)}"


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def signed_text(first: str, second: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """The five lines under a signature, written down here a second time on purpose: the tests are the referee."""
    return "\n".join((first, second, timestamp, nonce)).encode() + b"\n" + body + b"\n"


@dataclass
class SandboxBank:
    """A running bank."""

    data_dir: Path
    port: int
    arguments: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, trust_env=False))

    @property
    def base_url(self) -> str:
        """http://127.0.0.1:<port>"""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the process and wait until it answers."""
        command = [sys.executable, "-m", "sandbox.bank", "--port", str(self.port), "--data", str(self.data_dir), *self.arguments]
        log = (self.data_dir.parent / f"{self.data_dir.name}.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                command, env=os.environ | {"PYTHONPATH": str(PLATFORM)}, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + _START_S
        while True:
            try:
                if self.http.get(f"{self.base_url}/healthz").status_code == 200:
                    return
            except httpx.HTTPError:
                assert self.process.poll() is None, "the sandbox bank died at its start; see its log"
                assert time.monotonic() < deadline, "the sandbox bank did not answer in time"
                time.sleep(0.05)

    def kill(self, with_signal: int = signal.SIGKILL) -> None:
        """End the process group at once (or as `with_signal` does) and wait for it."""
        assert self.process is not None
        os.killpg(self.process.pid, with_signal)
        self.process.wait(timeout=60)
        self.http.close()
        self.http = httpx.Client(timeout=30, trust_env=False)

    @contextmanager
    def silent(self) -> Iterator[Callable[[], None]]:
        """A bank that takes calls and says nothing, in a block or until what it gives is called; then it goes on where it stopped.

        No control call can be made meanwhile. It hangs for as long as a test needs, not for a time a busy machine may outlast.
        """
        assert self.process is not None
        speak = partial(os.killpg, self.process.pid, signal.SIGCONT)
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            yield speak
        finally:
            speak()

    def restart(self) -> None:
        """kill -9 and start again on the same data and port."""
        self.kill()
        self.start()

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call of the control plane; it must succeed."""
        answer = self.http.request(
            method, f"{self.base_url}/control/{path}", json=body if body is not None else {} if method != "GET" else None
        )
        assert answer.is_success, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def register(self, merchant: str, public_key_pem: str, notify_url: str = "", **settings: int) -> dict[str, Any]:
        """Register (or replace) a merchant."""
        body: dict[str, Any] = {"public_key_pem": public_key_pem, **settings}
        return self.control("PUT", f"merchants/{merchant}", body | ({"notify_url": notify_url} if notify_url else {}))

    def client(self, merchant: str = "", notify_url: str = "", **settings: int) -> "BankClient":
        """A registered merchant. Its key is not that of the merchant made before it; there are two in all, since making one is slow."""
        key = next(_keys)
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        name = merchant or fresh("m")
        shown = self.register(name, pem, notify_url, **settings)
        return BankClient(self, name, key, bank_key(shown))

    def people(self, count: int = 1, *, seed: str = "", **recipe: int) -> list[dict[str, Any]]:
        """Made-up people with cards."""
        made: list[dict[str, Any]] = self.control("POST", "people", {"count": count, "seed": seed or fresh("seed"), **recipe})["people"]
        return made

    def messages(self, mobile: str = "") -> list[dict[str, Any]]:
        """The inbox, latest first."""
        found: list[dict[str, Any]] = self.control("GET", f"messages?mobile={mobile}")["messages"]
        return found

    def last_code(self, mobile: str) -> str:
        """The code in the latest message to a mobile."""
        return str(self.messages(mobile)[0]["code"])

    def clock(self, **body: float | str) -> dict[str, Any]:
        """Move the clock (`offset_seconds=` or `now=`), or only read it."""
        return self.control("PUT", "clock", body) if body else self.control("GET", "clock")

    def next_day(self) -> str:
        """Go on to the next business day; the day that was left (ISO)."""
        before = self.clock()
        self.clock(offset_seconds=before["offset_seconds"] + 86_400)
        return str(before["business_date"])

    def fault(self, name: str, **rule: Any) -> str:
        """Switch a fault on; its id."""
        return str(self.control("POST", "faults", {"name": name, **rule})["id"])

    def clear_faults(self) -> None:
        """Switch all rules off."""
        self.control("DELETE", "faults")

    def settings(self, **values: Any) -> dict[str, Any]:
        """Change settings."""
        return self.control("PUT", "settings", values)

    def flush(self, timeout_s: float = 10) -> dict[str, Any]:
        """Send every waiting notice now."""
        return self.control("POST", "notices/flush", {"timeout_s": timeout_s})

    def notices(self, request_no: str = "", state: str = "") -> list[dict[str, Any]]:
        """Notices, latest first."""
        found: list[dict[str, Any]] = self.control("GET", f"notices?request_no={request_no}&state={state}")["notices"]
        return found

    def card(self, number: str) -> dict[str, Any]:
        """A card with its movements."""
        return self.control("GET", f"cards/{number}")

    def resolve(self, merchant: str, request_no: str, status: str = "SUCCESS", **code: str) -> dict[str, Any]:
        """Decide a PROCESSING order."""
        return self.control("POST", f"orders/{request_no}/resolve?merchant={merchant}", {"status": status, **code})

    def return_payout(self, merchant: str, request_no: str) -> dict[str, Any]:
        """Let a successful payout come back."""
        return self.control("POST", f"orders/{request_no}/return?merchant={merchant}", {})

    def reset(self, *, keep_merchants: bool = False) -> None:
        """Wipe everything."""
        self.control("POST", "reset", {"keep_merchants": keep_merchants})

    def assert_books_balance(self) -> None:
        """The bank's own proof finds nothing."""
        found = self.control("GET", "check")
        assert found["ok"], found["checks"]


def bank_key(merchant: dict[str, Any]) -> RSAPublicKey:
    """The bank's public key out of the answer to a registration."""
    key = load_pem_public_key(merchant["bank_public_key_pem"].encode())
    assert isinstance(key, RSAPublicKey)
    return key


@dataclass
class BankClient:
    """A merchant's signed calls. Every answer's signature is verified, unless `check=False`."""

    bank: SandboxBank
    merchant: str
    key: RSAPrivateKey
    bank_public_key: RSAPublicKey
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, limits=httpx.Limits(max_connections=200)))

    def headers(self, method: str, path: str, body: bytes = b"", *, age_s: int = 0, nonce: str = "") -> dict[str, str]:
        """The four signature headers of a request."""
        timestamp, nonce = str(int(time.time()) - age_s), nonce or secrets.token_hex(12)
        signature = self.key.sign(signed_text(method, path, timestamp, nonce, body), PKCS1v15(), SHA256())
        return {
            "Bank-Merchant": self.merchant,
            "Bank-Timestamp": timestamp,
            "Bank-Nonce": nonce,
            "Bank-Signature": base64.b64encode(signature).decode(),
        }

    def call(
        self, method: str, path: str, body: object = None, *, faults: str = "", timeout: float = 30, check: bool = True
    ) -> httpx.Response:
        """One signed request; `faults` goes into the Sandbox-Fault header."""
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = self.headers(method, path, raw) | {"Content-Type": "application/json"}
        if faults:
            headers["Sandbox-Fault"] = faults
        answer = self.http.request(method, self.bank.base_url + path, content=raw, headers=headers, timeout=timeout)
        if check:
            self.verify(answer, headers["Bank-Nonce"])
        return answer

    def verify(self, answer: httpx.Response, nonce: str) -> None:
        """Raises InvalidSignature unless the bank signed this answer to the request with this nonce."""
        message = signed_text(
            str(answer.status_code), nonce, answer.headers["Bank-Timestamp"], answer.headers["Bank-Nonce"], answer.content
        )
        self.bank_public_key.verify(base64.b64decode(answer.headers["Bank-Signature"]), message, PKCS1v15(), SHA256())

    def post(self, path: str, body: dict[str, Any], **options: Any) -> dict[str, Any]:
        """A POST that must be answered with 200."""
        answer = self.call("POST", path, body, **options)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def get(self, path: str, **options: Any) -> dict[str, Any]:
        """A GET that must be answered with 200."""
        answer = self.call("GET", path, **options)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def start_binding(self, person: dict[str, Any], card_number: str, **options: Any) -> dict[str, Any]:
        """sign-start with a person's true data."""
        elements = {"name": person["name"], "id_number": person["id_number"], "mobile": person["mobile"], "card_number": card_number}
        return self.post("/v1/agreements/sign-start", {"request_no": fresh("SG"), **elements}, **options)

    def bind(self, person: dict[str, Any], card_number: str = "") -> str:
        """Sign a card through and through (the person's first unless told); the agreement_no."""
        started = self.start_binding(person, card_number or person["cards"][0]["card_number"])
        code = self.bank.last_code(person["mobile"])
        confirmed = self.post("/v1/agreements/sign-confirm", {"request_no": fresh("SC"), "sign_id": started["sign_id"], "code": code})
        assert confirmed["status"] == "SUCCESS", confirmed
        return str(confirmed["agreement_no"])

    def pay(self, agreement_no: str, amount_fen: int, request_no: str = "", **options: Any) -> dict[str, Any]:
        """A payment."""
        body = {"request_no": request_no or fresh("PY"), "agreement_no": agreement_no, "amount_fen": amount_fen, "currency": "CNY"}
        return self.post("/v1/payments", body, **options)

    def payout(self, agreement_no: str, amount_fen: int, request_no: str = "", **options: Any) -> dict[str, Any]:
        """A payout."""
        body = {"request_no": request_no or fresh("PO"), "agreement_no": agreement_no, "amount_fen": amount_fen, "currency": "CNY"}
        return self.post("/v1/payouts", body, **options)

    def refund(self, payment_no: str, amount_fen: int, request_no: str = "", **options: Any) -> dict[str, Any]:
        """A refund."""
        body = {"request_no": request_no or fresh("RF"), "payment_request_no": payment_no, "amount_fen": amount_fen, "currency": "CNY"}
        return self.post("/v1/refunds", body, **options)


@dataclass(frozen=True)
class Received:
    """One delivery as it came in. `genuine`: signed by the bank over exactly these bytes, and fresh."""

    headers: dict[str, str]
    body: dict[str, Any]
    signed: bool
    age_s: float

    @property
    def genuine(self) -> bool:
        """What a merchant may act on."""
        return self.signed and abs(self.age_s) <= 300


class NoticeBox:
    """A merchant's notice endpoint on loopback. `statuses`: answers for the next deliveries; then 200."""

    def __init__(self) -> None:
        """Not listening before `start`."""
        self.received: list[Received] = []
        self.statuses: list[int] = []
        self.key: RSAPublicKey | None = None
        self._arrived = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/notices/bank?v=1"

    def start(self) -> None:
        """Listen in a thread."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def wait(self, count: int, timeout: float = 60) -> list[Received]:
        """Wait until `count` deliveries are in; all of them."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.received) >= count, timeout), f"{len(self.received)} of {count} notices came"
            return list(self.received)

    def events(self) -> list[str]:
        """The events in the order of arrival."""
        return [received.body["event"] for received in self.received]

    def _take(self, path: str, headers: dict[str, str], raw: bytes) -> int:
        message = signed_text("POST", path, headers["Bank-Timestamp"], headers["Bank-Nonce"], raw)
        signed = self.key is not None
        if self.key is not None:
            try:
                self.key.verify(base64.b64decode(headers["Bank-Signature"]), message, PKCS1v15(), SHA256())
            except InvalidSignature:
                signed = False
        with self._arrived:
            self.received.append(Received(headers, json.loads(raw), signed, time.time() - int(headers["Bank-Timestamp"])))
            self._arrived.notify_all()
            return self.statuses.pop(0) if self.statuses else 200

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        box = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status = box._take(self.path, {name.title(): value for name, value in self.headers.items()}, raw)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing to the terminal."""

        return Handler


def run_bank(data_dir: Path, *arguments: str) -> Iterator[SandboxBank]:
    """A bank of its own, ended afterwards."""
    bank = SandboxBank(data_dir, free_port(), arguments)
    bank.start()
    try:
        yield bank
    finally:
        bank.kill()


@pytest.fixture(scope="session")
def sandbox_bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxBank]:
    """The session's bank, with short holds and back-offs. It begins at nine in the morning: no test meets its midnight unawares."""
    for bank in run_bank(tmp_path_factory.mktemp("sandbox") / "bank", "--hold-ms", "100", "--notice-backoff", "0.05,0.05,0.1,0.2"):
        tomorrow = date.fromisoformat(bank.clock()["business_date"]) + timedelta(days=1)
        bank.clock(now=f"{tomorrow}T09:00:00+08:00")
        yield bank
